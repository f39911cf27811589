"""Attainment of a target, and pace towards it."""

from dataclasses import dataclass
from fractions import Fraction

from accounts.working_days import WorkingCalendar
from metrics.answers import asked_once
from metrics.dimensions import ALL, Member
from metrics.goals.target_values import MEMBERS, targets_of
from metrics.metric import Metric, Parts
from metrics.numbers import ratio
from metrics.operators.operator import Operator, with_time
from metrics.question import Question

EARLIEST_PACE = Fraction(1, 20)
"""Before so much of a period is over, nothing is projected from it."""


@dataclass(frozen=True, kw_only=True)
class Attainment(Operator):
    """Actual / target, not capped; where less is better target / actual. None without a target above 0."""

    def dimensions_on(self, metric: Metric) -> tuple[str, ...]:
        return with_time(*(dimension for dimension in MEMBERS if dimension in metric.dimensions))

    def sliced(self, q: Question) -> dict[Member, Parts]:
        actual, targets = self.of.parts(q), targets_of(self.of, q)
        members = [*actual, *(member for member in targets if member.key not in {known.key for known in actual})]
        by_key = {member.key: value for member, value in targets.items()}
        found = {}
        for member in members:
            parts, target = actual.get(member), by_key.get(member.key)
            if q.by and target is None:
                continue
            found[member] = self.held(q, parts.value if parts else None, target, parts.n if parts else 0)
        return found or ({} if q.by else {ALL: Parts(None, None, None, 0)})

    def held(self, q: Question, actual: int | Fraction | None, target: Fraction | None, n: int) -> Parts:
        """The actual value held against the target."""
        if actual is None and q.by and self.of.unit in ("count", "money"):
            actual = 0
        if target is None or target <= 0:
            return Parts(None, actual, target, n)
        if self.of.better == "lower":
            return Parts(ratio(target, actual), target, actual, n)
        return Parts(ratio(actual, target), actual, target, n)


@dataclass(frozen=True, kw_only=True)
class Pace(Attainment):
    """What the period comes to if it goes on like this, / target: actual / share of its working days that are over.

    None before a twentieth of the working days is over. For what does not add up over time it is the attainment.
    """

    def held(self, q: Question, actual: int | Fraction | None, target: Fraction | None, n: int) -> Parts:
        share = elapsed_share(q)
        parts = super().held(q, actual, target, n)
        if self.of.better == "lower" or parts.numerator is None or self.of.unit not in ("count", "money"):
            return parts
        if share is None or share < EARLIEST_PACE:
            return Parts(None, None, parts.denominator, n)
        projected = Fraction(parts.numerator) / share
        value = ratio(projected, parts.denominator) if target is not None and target > 0 else None
        return Parts(value, projected, parts.denominator, n)


def elapsed_share(q: Question) -> Fraction | None:
    """The share of the period's working days that are over at the end of the as-of day; None when it has none."""
    calendar = asked_once(q, "working days", lambda: WorkingCalendar.of(q.company))
    whole = calendar.count(q.period.start, q.period.last_day)
    return ratio(calendar.count(q.period.start, q.level_day), whole) if whole else None
