"""Sizes of markets as a measure: what a source says of exactly the slice that is asked for, in the newest year."""

import datetime
from dataclasses import dataclass, replace
from typing import Any

from django.db import models

from metrics.cells import Cell, Cells
from metrics.dimensions import ALL, Member, find_values
from metrics.facts.fact import Fact
from metrics.formulas.standing import StandingRatio
from metrics.measures.measure import Measure
from metrics.metric import Parts
from metrics.models import MarketSize
from metrics.periods import DAY, Period, add_months, range_name
from metrics.question import Question
from metrics.records.listed import ListedRow

SLICES = ("segment", "industry", "region")
MARKET = "market"
USUAL = MarketSize.Kind.SAM.value


@dataclass(frozen=True)
class MarketFact(Fact):
    """Sizes of markets up to the year of the period's last day."""

    def everything(self, q: Question) -> models.QuerySet[Any]:
        return MarketSize.objects.filter(year__lte=q.level_day.year)

    def in_period(self, q: Question) -> models.QuerySet[Any]:
        return self.everything(q)

    def coverage(self, q: Question) -> datetime.date | None:
        year = self.everything(q).aggregate(first=models.Min("year"))["first"]
        return None if year is None else datetime.date(year, 1, 1)


@dataclass(frozen=True)
class MarketSizes(Measure):
    """A column of the sizes: the market that can be served (SAM) unless another is asked for.

    A size is of the whole company's market: of a team or a rep there is none. The parts that are entered of a market
    need not make up the whole, so nothing is added up: a slice without a size of its own has none.
    """

    live: bool = True

    def gaps(self, q: Question) -> list[str] | None:
        return []

    def covered(self, q: Question) -> bool:
        return bool(self.sizes(q))

    def live_cells(self, q: Question) -> Cells:
        found = {member: Cell(getattr(row, self.value), 1) for member, row in self.sizes(q).items()}
        return found or ({} if q.by else {ALL: Cell()})

    def sizes(self, q: Question) -> dict[Member, MarketSize]:
        """The newest size by member."""
        if q.scope.kind != "company" or q.period.start > q.as_of:
            return {}
        rows = self.fact.everything(q).exclude(**{self.value: None}).order_by("year", "pk")
        return {_member(q.by, row): row for row in rows if _is_asked(q, row)}

    def records(self, q: Question) -> Any:
        rows = [
            ListedRow(datetime.date(row.year, 1, 1), row.pk, f"{row}: {row.source}", "", getattr(row, self.value))
            for row in self.sizes(q).values()
        ]
        return sorted(rows)


def _is_asked(q: Question, row: MarketSize) -> bool:
    """Whether the row is of exactly the slice: what is not asked for is empty in it."""
    where = dict(q.where)
    if q.by != MARKET and row.kind != where.get(MARKET, USUAL):
        return False
    return all(_fits(q, where, name, getattr(row, name)) for name in SLICES)


def _fits(q: Question, where: dict[str, str], name: str, value: str) -> bool:
    if name in where:
        return bool(value) and value in find_values(name, where[name])
    return bool(value) if q.by == name else not value


def _member(by: str | None, row: MarketSize) -> Member:
    if by is None:
        return ALL
    if by == MARKET:
        return Member(row.kind, str(row.get_kind_display()))
    return Member(getattr(row, by), getattr(row, by))


@dataclass(frozen=True)
class YearOfSales(Measure):
    """Money of the twelve months that end with the period's last day."""

    live: bool = True
    adds_up = False

    def population(self, q: Question) -> models.QuerySet[Any]:
        return super().population(trailing_year(q))

    def covered(self, q: Question) -> bool:
        return super().covered(trailing_year(q))


def trailing_year(q: Question) -> Question:
    """The question about the twelve months that end with the period's last day; none of a period to come."""
    end = q.level_day + DAY
    start = add_months(end, -12) if q.period.start <= q.as_of else end
    return replace(q, period=Period(start, end, range_name(start, end), "range"))


@dataclass(frozen=True, kw_only=True)
class OfMarket(StandingRatio):
    """A part of a market: no sample of it, so it has no interval. None before the first record of that part."""

    @property
    def counts_cases(self) -> bool:
        return False

    def sliced(self, q: Question) -> dict[Member, Parts]:
        found = super().sliced(q)
        if any(parts.numerator for parts in found.values()) or self.top.covered(q):
            return found
        return {member: replace(parts, value=None, numerator=None) for member, parts in found.items()}


MARKETS = MarketFact("market", "year", {name: name for name in (*SLICES, MARKET)}, level=True)
