"""How long something takes when some of it is not over yet: the product-limit estimate (Kaplan and Meier, 1958).

For deals that are still open, or reps who still learn: what is not over after so many days says as much about those
days as what is, and nothing about later ones. Leaving it out would make everything look faster than it is.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from metrics.numbers import ratio


@dataclass(frozen=True)
class Step:
    """On a day on which something ended: how many could have (``at_risk``), how many did, and the share still going on
    after it."""

    day: int
    at_risk: int
    ended: int
    share: Fraction


def curve(cases: Iterable[tuple[int, bool]]) -> list[Step]:
    """The estimate, exactly. ``cases``: whole days, and whether it was over then (else it was still going on).

    What goes on at the end of a day was at risk on it. Days without an end have no step; before the first step the
    share is 1. No cases: no steps.
    """
    ends: Counter[int] = Counter()
    leaves: Counter[int] = Counter()
    for day, is_over in cases:
        leaves[day] += 1
        ends[day] += is_over
    at_risk, share, steps = sum(leaves.values()), Fraction(1), []
    for day in sorted(leaves):
        if ends[day]:
            share *= ratio(at_risk - ends[day], at_risk) or 0
            steps.append(Step(day, at_risk, ends[day], share))
        at_risk -= leaves[day]
    return steps


def share_after(steps: list[Step], day: int) -> Fraction:
    """The share that still goes on after a day."""
    return next((step.share for step in reversed(steps) if step.day <= day), Fraction(1))


def quantile_day(steps: list[Step], q: Fraction = Fraction(1, 2)) -> int | None:
    """The first day by whose end the share ``q`` is over (a half: the median); None while so much is not over."""
    return next((step.day for step in steps if 1 - step.share >= q), None)
