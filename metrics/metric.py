"""Metrics: formulas over measures, declared as data. A metric names its date and its dimensions, never its slice."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils.functional import Promise

from metrics.answers import asked_once
from metrics.cells import Cell
from metrics.dimensions import ALL, TIME, Member
from metrics.measures.measure import Measure
from metrics.measures.ripening import RIPE, Ripening, Unripe
from metrics.numbers import quantile, ratio
from metrics.question import Question

Number = int | Fraction
MONEY_UNITS = ("money", "money_per_day")


@dataclass(frozen=True)
class Parts:
    """A figure before it is dressed: value and both parts in the metric's unit (money in minor units).

    ``bounds``: its 95 % interval where that is no Wilson interval of its parts.
    """

    value: Number | None
    numerator: Number | None
    denominator: Number | None
    n: int
    bounds: tuple[Number, Number] | None = None


@dataclass(frozen=True)
class Stream:
    """One population behind a figure, and what a row of it adds to the numerator and to the denominator."""

    rows: Any
    kind: str
    numerator: int | None = 1
    denominator: int | None = None


def _streams(measure: Measure, q: Question, numerator: int | None, denominator: int | None) -> list[Stream]:
    """The populations of a measure, each of its rows adding its part to one side, to the other or to neither."""
    return [
        Stream(rows, kind, numerator and sign * numerator, denominator and sign * denominator)
        for rows, kind, sign in measure.sources(q)
    ]


@dataclass(frozen=True, kw_only=True)
class Metric:
    """What every kind of metric declares.

    ``unit``: count, money, percent, ratio, days, minutes or money_per_day. ``better``: higher, lower, neutral or
    range. ``overlaps`` are dimensions whose members do not add up to the figure. ``help`` is the definition for people,
    ``formula`` the arithmetic in words, ``date`` what puts a record in a period, ``example`` the worked example of the
    catalogue (METRICS.md) as text. ``ripens``: how long the outcomes of a cohort take.
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
    overlaps: tuple[str, ...] = ()
    ripens: Ripening | None = None

    def measures(self) -> tuple[Measure, ...]:
        """The measures that the metric is made of."""
        raise NotImplementedError

    @property
    def top_is_money(self) -> bool:
        """Whether the numerator is an amount of money, in minor units of the base currency."""
        return self.unit in MONEY_UNITS

    @property
    def bottom_is_money(self) -> bool:
        """The same of the denominator."""
        return False

    @property
    def counts_cases(self) -> bool:
        """Whether it is a share of cases: it has a Wilson interval, and few cases are told as such ("7 of 12")."""
        return False

    @property
    def is_live(self) -> bool:
        """Whether some of it is never stored by day: then pages that show many figures at once leave it to its own."""
        return any(measure.live for measure in self.measures())

    def reaches(self, q: Question) -> bool:
        """Whether all that it is made of is known of the scope; marketing spend, say, is the company's alone."""
        return all(measure.reaches(q) for measure in self.measures())

    def parts(self, q: Question) -> dict[Member, Parts]:
        """The figure by member of ``q.by``; the member ``ALL`` alone when it is not sliced."""
        if not self.reaches(q):
            return {} if q.by else {ALL: Parts(None, None, None, 0)}
        if q.by in TIME and not self.splits_by_time:
            return self._by_period(q)
        return self.sliced(q)

    splits_by_time = True
    looks_ahead = False
    """Whether a period to come has a figure."""

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

    def notes(self, q: Question) -> list[str]:
        """What a reader should know of the figure besides what its measures say of their rows."""
        return []

    def unripe(self, q: Question) -> Unripe:
        """What of the figure still matures; nothing of what was reported, which stays."""
        return RIPE

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
        return self.of.leaves()

    def sliced(self, q: Question) -> dict[Member, Parts]:
        if self.level and q.period.start > q.as_of:
            return {} if q.by else {ALL: Parts(None, None, None, 0)}  # nobody knows what will be open on a day to come
        cells = self.of.cells(q)
        if not q.by and not cells.get(ALL, Cell()).n and not self.of.covered(q):
            return {ALL: Parts(None, None, None, 0)}
        return {member: self._parts(cell) for member, cell in cells.items()}

    def _parts(self, cell: Cell) -> Parts:
        total = Fraction(cell.total) / self.scale if self.scale > 1 else cell.total
        return Parts(total, total, None, cell.n)

    def streams(self, q: Question) -> list[Stream]:
        return _streams(self.of, q, 1, None)


@dataclass(frozen=True, kw_only=True)
class Ratio(Metric):
    """Numerator and denominator are summed apart and divided last; None when there is nothing to divide by.

    ``n_of`` is the measure whose rows are counted as n (default: the denominator's).
    """

    top: Measure
    bottom: Measure
    n_of: Measure | None = None

    def measures(self) -> tuple[Measure, ...]:
        return (*self.top.leaves(), *self.bottom.leaves(), *(self.n_of.leaves() if self.n_of else ()))

    @property
    def top_is_money(self) -> bool:
        return self.top.money or super().top_is_money

    @property
    def bottom_is_money(self) -> bool:
        return self.bottom.money

    @property
    def counts_cases(self) -> bool:
        return self.unit == "percent" and not (self.top.money or self.bottom.money)

    def sliced(self, q: Question) -> dict[Member, Parts]:
        top, bottom = self.top.cells(q), self.bottom.cells(q)
        counted = self.n_of.cells(q) if self.n_of else bottom
        members = [*bottom, *(m for m in top if m not in bottom), *(m for m in counted if m not in {**bottom, **top})]
        found = {}
        for member in members:
            upper, lower = top.get(member, Cell()).total, bottom.get(member, Cell()).total
            found[member] = Parts(ratio(upper, lower), upper, lower, counted.get(member, Cell()).n)
        return found

    def unripe(self, q: Question) -> Unripe:
        ripens, whole = self.ripens, q.whole()
        if ripens is None or q.book is not None or q.period.start > q.as_of or not self.reaches(q):
            return RIPE
        return asked_once(q, ("unripe", self.slug, whole), lambda: ripens.unripe(whole, self.bottom))

    def streams(self, q: Question) -> list[Stream]:
        counted = _streams(self.n_of, q, None, None) if self.n_of else []
        return [*_streams(self.top, q, 1, None), *_streams(self.bottom, q, None, 1), *counted]


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
