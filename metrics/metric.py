"""Metrics: formulas over measures, declared as data. A metric names its date and its dimensions, never its slice."""

from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from django.utils.functional import Promise

from metrics.cells import Cell
from metrics.dimensions import ALL, TIME, Member
from metrics.measures import Measure
from metrics.numbers import quantile, ratio
from metrics.question import Question

Number = int | Fraction


@dataclass(frozen=True)
class Parts:
    """A figure before it is dressed: value and both parts in the metric's unit (money in minor units)."""

    value: Number | None
    numerator: Number | None
    denominator: Number | None
    n: int


@dataclass(frozen=True)
class Stream:
    """One population behind a figure, and what a row of it adds to the numerator and to the denominator."""

    rows: Any
    kind: str
    numerator: int | None = 1
    denominator: int | None = None


@dataclass(frozen=True, kw_only=True)
class Metric:
    """What every kind of metric declares.

    ``unit``: count, money, percent, ratio, days, minutes or money_per_day. ``better``: higher, lower, neutral or
    range. ``help`` is the definition for people, ``formula`` the arithmetic in words, ``date`` what puts a record in a
    period, ``example`` the worked example of the catalogue (METRICS.md) as text.
    """

    slug: str
    name: str | Promise
    version: int = 1
    unit: str
    better: str
    group: str
    timing: str
    dimensions: tuple[str, ...]
    help: str | Promise
    formula: str | Promise
    date: str | Promise
    example: str
    cohort: bool = False

    def measures(self) -> tuple[Measure, ...]:
        """The measures that the metric is made of."""
        raise NotImplementedError

    def parts(self, q: Question) -> dict[Member, Parts]:
        """The figure by member of ``q.by``; the member ``ALL`` alone when it is not sliced."""
        if q.by in TIME and not self.splits_by_time:
            return self._by_period(q)
        return self.sliced(q)

    splits_by_time = True

    def sliced(self, q: Question) -> dict[Member, Parts]:
        raise NotImplementedError

    def _by_period(self, q: Question) -> dict[Member, Parts]:
        """One question per calendar unit, for figures that are no sum over days."""
        found: dict[Member, Parts] = {}
        for period in q.period.split(q.by or "month"):
            if period.start > q.as_of:
                break
            parts = self.sliced(q.at(period)).get(ALL)
            if parts and (parts.n or parts.numerator):
                found[Member(period.name, period.name)] = parts
        return found

    def streams(self, q: Question) -> list[Stream]:
        """The populations behind the figure, for its record list."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class Total(Metric):
    """A count or a sum of events; or, on a fact of open deals, a level at the end of the period."""

    of: Measure
    scale: int = 1
    level: bool = False

    @property
    def splits_by_time(self) -> bool:  # type: ignore[override]
        return not self.level

    def measures(self) -> tuple[Measure, ...]:
        return (self.of,)

    def sliced(self, q: Question) -> dict[Member, Parts]:
        cells = self.of.cells(q)
        if not q.by and not cells.get(ALL, Cell()).n and not self.of.covered(q):
            return {ALL: Parts(None, None, None, 0)}
        return {member: self._parts(cell) for member, cell in cells.items()}

    def _parts(self, cell: Cell) -> Parts:
        total = Fraction(cell.total) / self.scale if self.scale > 1 else cell.total
        return Parts(total, total, None, cell.n)

    def streams(self, q: Question) -> list[Stream]:
        return [Stream(self.of.records(q), self.of.fact.kind)]


@dataclass(frozen=True, kw_only=True)
class Ratio(Metric):
    """Numerator and denominator are summed apart and divided last; None when there is nothing to divide by.

    ``n_of`` is the measure whose rows are counted as n (default: the denominator's).
    """

    top: Measure
    bottom: Measure
    n_of: Measure | None = None

    def measures(self) -> tuple[Measure, ...]:
        return (self.top, self.bottom, *([self.n_of] if self.n_of else []))

    def sliced(self, q: Question) -> dict[Member, Parts]:
        top, bottom = self.top.cells(q), self.bottom.cells(q)
        counted = self.n_of.cells(q) if self.n_of else bottom
        members = [*bottom, *(m for m in top if m not in bottom), *(m for m in counted if m not in {**bottom, **top})]
        found = {}
        for member in members:
            upper, lower = top.get(member, Cell()).total, bottom.get(member, Cell()).total
            found[member] = Parts(ratio(upper, lower), upper, lower, counted.get(member, Cell()).n)
        return found

    def streams(self, q: Question) -> list[Stream]:
        streams = [
            Stream(self.top.records(q), self.top.fact.kind, 1, None),
            Stream(self.bottom.records(q), self.bottom.fact.kind, None, 1),
        ]
        if self.n_of:
            streams.append(Stream(self.n_of.records(q), self.n_of.fact.kind, None, None))
        return streams


@dataclass(frozen=True, kw_only=True)
class Quantile(Metric):
    """A quantile, read off an exact histogram of whole units. Numerator = value; n = the rows with a known value."""

    of: Measure
    q: Fraction = Fraction(1, 2)

    def measures(self) -> tuple[Measure, ...]:
        return (self.of,)

    def sliced(self, q: Question) -> dict[Member, Parts]:
        cells = self.of.cells(q)
        if not cells:
            return {} if q.by else {ALL: Parts(None, None, None, 0)}
        found = {}
        for member, cell in cells.items():
            value = quantile(cell.histogram, self.q)
            found[member] = Parts(value, value, None, cell.n)
        return found

    def streams(self, q: Question) -> list[Stream]:
        return [Stream(self.of.records(q), self.of.fact.kind)]


@dataclass(frozen=True, kw_only=True)
class Growth(Metric):
    """(current - previous) / previous of a total; None unless the previous one is above 0."""

    of: Total
    splits_by_time: bool = field(default=False)

    def measures(self) -> tuple[Measure, ...]:
        return self.of.measures()

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
        measure = self.of.of
        return [
            Stream(measure.records(q), measure.fact.kind, 1, None),
            Stream(measure.records(self.previous(q)), measure.fact.kind, -1, 1),
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
