"""Readings of indicators: flows that add up, levels of which the last one holds, and visitors, who are neither."""

import datetime
from collections import defaultdict
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts import formats
from metrics.cells import Cell, Cells
from metrics.dimensions import ALL, TIME, name_members, time_member
from metrics.facts.fact import Fact
from metrics.measures.measure import Measure
from metrics.models import IndicatorReading
from metrics.question import Question
from metrics.records.listed import ListedRow

CARRIED = datetime.timedelta(days=35)
"""A level is known for so many days after its last reading (METRICS.md, entry 33)."""


@dataclass(frozen=True)
class ReadingFact(Fact):
    """Readings of one indicator. They are about the market, so they belong to no team and no rep."""

    indicator: str = ""

    def everything(self, q: Question) -> QuerySet[Any]:
        return IndicatorReading.objects.filter(indicator__slug=self.indicator)


_COLUMNS = {"channel": "channel_id"}
SESSIONS = ReadingFact("reading", "day", _COLUMNS, indicator="website_sessions")
VISITORS = ReadingFact("reading", "day", _COLUMNS, indicator="unique_visitors")
FOLLOWERS = ReadingFact("reading", "day", _COLUMNS, level=True, indicator="followers")


@dataclass(frozen=True)
class Flow(Measure):
    """The sum of the readings. A day without one is not known, so a period without any is null and not 0."""

    value: str = "value"
    live: bool = True

    def covered(self, q: Question) -> bool:
        return False

    def readings(self, q: Question) -> list[tuple[Any, ...]]:
        """Day, id, source, channel and value of the readings that count."""
        rows = self.population(q).order_by("day", "pk")
        return list(rows.values_list("day", "pk", "source", "channel_id", "value"))

    def live_cells(self, q: Question) -> Cells:
        found: dict[Any, Cell] = defaultdict(Cell)
        for day, _pk, _source, channel, value in self.readings(q):
            raw = "" if not q.by else channel if q.by == "channel" else day
            found[raw].add(_number(value), 1)  # type: ignore[arg-type]
        if not q.by:
            return {ALL: found.get("", Cell())}
        names = name_members(q.by, list(found))
        cells: Cells = {}
        for raw, cell in found.items():
            cells.setdefault(names[raw], Cell()).add(cell.total, cell.n)  # type: ignore[arg-type]
        return cells

    def records(self, q: Question) -> Any:
        return [
            ListedRow(day, pk, source or self.fact.kind, "", _number(value))  # type: ignore[arg-type]
            for day, pk, source, _channel, value in self.readings(q)
        ]

    def notes(self, q: Question) -> list[str]:
        """How many days of the period have a reading, where it is not each."""
        known, days = len({day for day, *_rest in self.readings(q)}), (q.level_day - q.period.start).days + 1
        words = _("readings on %(known)s of %(days)s days")
        return [words % {"known": formats.number(known), "days": formats.number(days)}] if 0 < known < days else []


@dataclass(frozen=True)
class Level(Flow):
    """The last reading of each source at the end of the period, as long as it is no older than 35 days."""

    def population(self, q: Question) -> QuerySet[Any]:
        span = (q.level_day - CARRIED, q.level_day)
        rows = self.fact.everything(q).filter(day__range=span)
        return self.fact.filtered(rows, q)

    def readings(self, q: Question) -> list[tuple[Any, ...]]:
        last = {row[2]: row for row in super().readings(q)}
        return sorted(last.values(), key=lambda row: row[:2])

    def notes(self, q: Question) -> list[str]:
        return []


@dataclass(frozen=True)
class Visitors(Flow):
    """Unique visitors where every source has one reading in the period; else sessions.

    Who comes twice is one visitor of the period and one of each day, so daily visitors are never added up, and each
    unit of time is asked by itself.
    """

    def chosen(self, q: Question) -> Flow:
        """What is counted in the period, by whatever it is sliced."""
        sources = [row[2] for row in super().readings(replace(q, by=None, where=()))]
        is_one = bool(sources) and len(sources) == len(set(sources))
        return Flow(self.key, VISITORS if is_one else SESSIONS)

    def population(self, q: Question) -> QuerySet[Any]:
        fact = self.fact
        return fact.filtered(fact.scoped(fact.in_period(q), q), q)

    adds_up = False

    def live_cells(self, q: Question) -> Cells:
        if q.by not in TIME:
            return self.chosen(q).live_cells(q)
        cells: Cells = {}
        for unit in q.period.split(q.by or TIME[0]):
            cell = self.live_cells(q.at(unit))[ALL]
            if cell.n:
                cells[time_member(q.by or TIME[0], unit.start)] = cell
        return cells

    def records(self, q: Question) -> Any:
        return self.chosen(q).records(q)

    def notes(self, q: Question) -> list[str]:
        chosen = self.chosen(q)
        per_session = [_("per session: unique visitors of several days can't be added up")]
        return [*chosen.notes(q), *(per_session if chosen.fact is SESSIONS and chosen.readings(q) else [])]


def _number(value: Any) -> int | Fraction:
    exact = Fraction(value)
    return int(exact) if exact.denominator == 1 else exact
