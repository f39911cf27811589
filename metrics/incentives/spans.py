"""The days that count for a statement: accumulations, statement periods, and targets by days."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from metrics.incentives.facts import DealFact, Facts
from metrics.incentives.terms import Terms, Version
from metrics.incentives.units import unit_of, units_between
from metrics.periods import DAY, Period


@dataclass(frozen=True)
class Accumulation:
    """A stretch inside one month, quarter or year: what tiers, thresholds and caps add up over.

    ``first`` and ``last`` are its days, ``unit`` the whole month, quarter or year, ``period`` the statement's.
    """

    unit: Period
    first: datetime.date
    last: datetime.date
    period: Period

    @property
    def so_far(self) -> datetime.date:
        """The last day that counts by the end of the statement period."""
        return min(self.last, self.period.last_day)

    @property
    def day_before(self) -> datetime.date:
        """The last day of the statement periods before."""
        return self.period.start - DAY

    def deals(self, facts: Facts, until: datetime.date) -> list[DealFact]:
        """Deals that closed in it up to a day, in the order in which they count."""
        return [deal for deal in facts.in_order if self.first <= deal.closed_on <= until]


def accumulations(version: Version, facts: Facts, period: Period) -> Iterator[Accumulation]:
    """Those of a version that touch a statement period, in order."""
    unit = unit_of(period.start, version.terms.accumulate, facts.fiscal_start)
    for stretch in facts.stretches:
        if stretch.version == version.id and stretch.first <= period.last_day and period.start <= stretch.last:
            yield Accumulation(unit, max(stretch.first, unit.start), min(stretch.last, unit.last_day), period)


def statement_period(day: datetime.date, terms: Terms, fiscal_start: int) -> Period:
    """The statement period that holds a day."""
    return unit_of(day, terms.statement_every, fiscal_start)


def periods_before(accumulation: Accumulation, terms: Terms, fiscal_start: int) -> list[Period]:
    """Earlier statement periods of the accumulation."""
    last = accumulation.period.start - DAY
    return units_between(accumulation.first, last, terms.statement_every, fiscal_start)


def target_of(metric: str, scope: str, accumulation: Accumulation, facts: Facts, currency: str) -> Fraction | None:
    """What the metric should come to in the accumulation, in the plan's currency where it is money; None: no target.

    That of exactly the unit, else the sum of the longest shorter ones inside it; each with the share of its own days
    that lie in the accumulation.
    """
    unit = accumulation.unit
    inside = [
        one
        for one in facts.targets
        if one.metric == metric and one.scope == scope and one.first >= unit.start and one.last <= unit.last_day
    ]
    exact = [one for one in inside if (one.first, one.last) == (unit.start, unit.last_day)]
    longest = max((one.months for one in inside), default=0)
    total = Fraction(0)
    for one in exact[:1] or [one for one in inside if one.months == longest]:
        value = one.value_in(currency)
        if value is None:
            return None
        total += value * share_of_days(one.first, one.last, accumulation.first, accumulation.last)
    return total if total > 0 else None


def share_of_days(first: datetime.date, last: datetime.date, begins: datetime.date, ends: datetime.date) -> Fraction:
    """The share of the days from ``first`` to ``last`` that lie in those from ``begins`` to ``ends``."""
    days = (min(last, ends) - max(first, begins)).days + 1
    return Fraction(max(0, days), (last - first).days + 1)
