"""The engine: what a plan version pays a rep for one statement period. Pure, exact, the same for every caller."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from metrics.incentives.commissions import Earned, Settled, earn_commission
from metrics.incentives.facts import Facts
from metrics.incentives.lines import Line
from metrics.incentives.rewards import draw_lines, earn_bonus, earn_spiff
from metrics.incentives.spans import Accumulation, accumulations
from metrics.incentives.tallies import Tallies
from metrics.incentives.terms import Bonus, Commission, Component, Draw, Spiff, Terms, Version
from metrics.periods import Period


def _no_lines() -> tuple[Line, ...]:
    return ()


@dataclass(frozen=True)
class Calculation:
    """What a statement comes to in minor units of the plan's currency, doubts, and the balances of draws after it, by
    component in minor units. ``make``: its lines in their order, as words take longer than sums."""

    total: int = 0
    warnings: tuple[str, ...] = ()
    balances: Mapping[str, int] = field(default_factory=dict)
    make: Callable[[], tuple[Line, ...]] = field(default=_no_lines, compare=False, repr=False)

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        return self.make()


def calculate(
    version: Version, facts: Facts, period: Period, balances: Mapping[str, int] | None = None,
    kept: Tallies | None = None,
) -> Calculation:  # fmt: skip
    """The statement of a version for one of its statement periods, without corrections of earlier ones.

    ``balances``: what recoverable draws of the plan came to before. ``kept``: what other statements on the very same
    facts have worked out already; it changes nothing but the time. A version that does not hold in the period pays
    nothing. Raises SharesRefused for credits that do not add up to 1.
    """
    before = dict(balances or {})
    spans = list(accumulations(version, facts, period))
    if not spans:
        return Calculation(balances=before)
    terms, kept = version.terms, Tallies() if kept is None else kept
    parts = [
        Settled(one.name, terms.currency, [_earn(one, terms, span, facts, kept) for span in spans])
        for one in terms.components
        if not isinstance(one, Draw)
    ]
    warnings = dict.fromkeys(text for part in parts for one in part.earned for text in one.warnings)
    days = [(max(span.first, period.start), min(span.last, period.last_day)) for span in spans]
    earned = sum(part.amount for part in parts)
    draws, after = draw_lines(terms, period, days, earned, before)
    return Calculation(
        earned + sum(line.amount for line in draws), tuple(warnings), after,
        lambda: (*(line for part in parts for line in part.lines()), *draws),
    )  # fmt: skip


def _earn(component: Component, terms: Terms, span: Accumulation, facts: Facts, kept: Tallies) -> Earned:
    match component:
        case Commission():
            return earn_commission(component, terms, span, facts, kept)
        case Spiff():
            return earn_spiff(component, terms, span, facts, kept)
        case Bonus():
            return earn_bonus(component, terms, span, facts)
    return Earned()
