"""The engine: what a plan version pays a rep for one statement period. Pure, exact, the same for every caller."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from metrics.incentives.commissions import Earned, earn_commission, settled_lines
from metrics.incentives.facts import Facts
from metrics.incentives.lines import Line
from metrics.incentives.rewards import draw_lines, earn_bonus, earn_spiff
from metrics.incentives.spans import Accumulation, accumulations
from metrics.incentives.terms import Bonus, Commission, Component, Spiff, Terms, Version
from metrics.periods import Period

Earning = Callable[[Component, Terms, Accumulation, Facts], Earned]


@dataclass(frozen=True)
class Calculation:
    """Lines in their order, doubts, and the balances of draws after it, by component in minor units."""

    lines: tuple[Line, ...] = ()
    warnings: tuple[str, ...] = ()
    balances: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """In minor units of the plan's currency."""
        return sum(line.amount for line in self.lines)


def calculate(version: Version, facts: Facts, period: Period, balances: Mapping[str, int] | None = None) -> Calculation:
    """The statement of a version for one of its statement periods, without corrections of earlier ones.

    ``balances``: what recoverable draws of the plan came to before. A version that does not hold in the period pays
    nothing. Raises SharesRefused for credits that do not add up to 1.
    """
    before = dict(balances or {})
    spans = list(accumulations(version, facts, period))
    if not spans:
        return Calculation(balances=before)
    terms = version.terms
    lines: list[Line] = []
    warnings: list[str] = []
    for component in terms.components:
        earned = [_earn(component, terms, span, facts) for span in spans]
        lines += settled_lines(component.name, terms.currency, earned)
        warnings += [text for one in earned for text in one.warnings]
    days = [(max(span.first, period.start), min(span.last, period.last_day)) for span in spans]
    draws, after = draw_lines(terms, period, days, lines, before)
    return Calculation((*lines, *draws), tuple(dict.fromkeys(warnings)), after)


def _earn(component: Component, terms: Terms, span: Accumulation, facts: Facts) -> Earned:
    match component:
        case Commission():
            return earn_commission(component, terms, span, facts)
        case Spiff():
            return earn_spiff(component, terms, span, facts)
        case Bonus():
            return earn_bonus(component, terms, span, facts)
    return Earned()
