"""Metrics made of other metrics: growth of a total, and the velocity of a pipeline."""

from dataclasses import dataclass, field, replace
from fractions import Fraction

from metrics.cells import Cell
from metrics.dimensions import Member
from metrics.measures.measure import Measure
from metrics.metric import Metric, Parts, Ratio, Stream, Total
from metrics.numbers import ratio
from metrics.question import Question


@dataclass(frozen=True, kw_only=True)
class Growth(Metric):
    """(current - previous) / previous of a total; None unless the previous one is above 0."""

    of: Total
    splits_by_time: bool = field(default=False)

    def measures(self) -> tuple[Measure, ...]:
        return self.of.measures()

    @property
    def top_is_money(self) -> bool:
        return self.of.top_is_money

    @property
    def bottom_is_money(self) -> bool:
        return self.of.top_is_money

    def previous(self, q: Question) -> Question:
        """The question about the period before; a running period is compared with the same number of elapsed days."""
        before = q.period.previous()
        elapsed = (q.as_of - q.period.start).days + 1
        if q.period.last_day > q.as_of and elapsed > 0:
            before = before.clipped(elapsed)
        return replace(q, period=before)

    def sliced(self, q: Question) -> dict[Member, Parts]:
        now, before = self.of.parts(q), self.of.parts(self.previous(q))
        found = {}
        for member in {**now, **before}:
            current, previous = now.get(member), before.get(member)
            found[member] = self._grown(current, previous, sliced=bool(q.by))
        return found

    @staticmethod
    def _grown(current: Parts | None, previous: Parts | None, *, sliced: bool) -> Parts:
        n = current.n if current else 0
        upper = current.value if current else (0 if sliced else None)
        lower = previous.value if previous else (0 if sliced else None)
        if upper is None or lower is None:
            return Parts(None, None, lower, n)
        return Parts(ratio(upper - lower, lower) if lower > 0 else None, upper - lower, lower, n)

    def streams(self, q: Question) -> list[Stream]:
        now, before = self.of.streams(q), self.of.streams(self.previous(q))
        return [
            *(Stream(each.rows, each.kind, each.numerator, None) for each in now),
            *(Stream(each.rows, each.kind, -(each.numerator or 0), each.numerator) for each in before),
        ]


@dataclass(frozen=True, kw_only=True)
class Velocity(Metric):
    """Open deals x win rate x average deal size / mean cycle: money a day. n = deals closed."""

    open_deals: Measure
    win_rate: Ratio
    deal_size: Ratio
    cycle: Ratio
    splits_by_time: bool = field(default=False)

    def measures(self) -> tuple[Measure, ...]:
        return (
            self.open_deals,
            *self.win_rate.measures(),
            *self.deal_size.measures(),
            *self.cycle.measures(),
        )

    def sliced(self, q: Question) -> dict[Member, Parts]:
        open_deals = self.open_deals.cells(q)
        rates, sizes, cycles = self.win_rate.parts(q), self.deal_size.parts(q), self.cycle.parts(q)
        found = {}
        for member in {**open_deals, **rates}:
            rate, size, cycle = (parts[member].value if member in parts else None for parts in (rates, sizes, cycles))
            top = None
            if rate is not None and size is not None:
                top = open_deals.get(member, Cell()).total * Fraction(rate) * size
            n = rates[member].n if member in rates else 0
            found[member] = Parts(ratio(top, cycle), top, cycle, n)
        return found

    def streams(self, q: Question) -> list[Stream]:
        closed = self.win_rate.bottom
        return [Stream(closed.records(q), closed.fact.kind, None, None)]
