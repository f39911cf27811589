"""What forecasts are made of: money won by day, deals open at a day, how deals open then ended. Read once, asked often.

Everything is as it stood on the day that is looked from (``seen_on``), so that a forecast as of a day long ago knows
nothing that came later.
"""

import datetime
from bisect import bisect_left
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from django.db.models import Q, Sum

from metrics.forecasting.holt_winters import Path, fit
from metrics.periods import DAY, add_months
from pipeline.models import DealVersion, VersionCredit
from pipeline.models.history import DealVersionQuerySet

Cell = tuple[int, int]
"""Team and rep, 0 for none: the finest grain. Cells add up to teams, teams to the company."""
YEARS = 5
"""How far back the money is read."""
WINDOW_MONTHS = 24
"""How far back deals are watched: eight quarters."""
AGES = (30, 90, 180)
"""Days since the opening that part young deals from old ones."""
FEWEST_SEEN = 5
"""A chance is told from at least so many deals of the same stage and age, else of the stage, else of all."""


class OpenDeal(NamedTuple):
    """A deal open at the end of a day."""

    stage: int
    age: int
    cell: Cell
    amount: int


@dataclass
class Takings:
    """Money of one cell by day, as sums from the beginning."""

    days: list[datetime.date] = field(default_factory=list)
    sums: list[int] = field(default_factory=lambda: [0])

    def add(self, day: datetime.date, amount: int) -> None:
        self.days.append(day)
        self.sums.append(self.sums[-1] + amount)

    def between(self, start: datetime.date, end: datetime.date) -> int:
        """From ``start`` up to, not including, ``end``."""
        return self.sums[bisect_left(self.days, end)] - self.sums[bisect_left(self.days, start)]


def age_group(opened_on: datetime.date | None, day: datetime.date) -> int:
    """Which group of ages a deal is in; one whose opening nobody knows is among the oldest."""
    if opened_on is None:
        return len(AGES)
    return bisect_left(AGES, (day - opened_on).days)


class Past:
    """The past of a company as it stood on ``seen_on``, its end."""

    def __init__(self, seen_on: datetime.date) -> None:
        self.seen_on = seen_on
        self._open: dict[datetime.date, list[OpenDeal]] = {}
        self._seen: dict[datetime.date, Counter[tuple[int, int, int | None]]] = {}
        self._paths: dict[tuple[int, datetime.date], Path | None] = {}

    def _versions(self, day: datetime.date) -> DealVersionQuerySet:
        counted = Q(discounted_on=None) | Q(discounted_on__gt=self.seen_on)
        rows: DealVersionQuerySet = DealVersion.objects.known_on(None).valid_on(day).filter(counted)
        return rows

    @cached_property
    def _won(self) -> DealVersionQuerySet:
        since = add_months(self.seen_on, -12 * YEARS).replace(day=1)
        rows: DealVersionQuerySet = self._versions(self.seen_on).filter(
            outcome="won", closed_on__gte=since, closed_on__lte=self.seen_on
        )
        return rows

    @cached_property
    def takings(self) -> dict[Cell, Takings]:
        """Money won by cell: credited shares to reps and their teams, what nobody is credited with to neither."""
        found: dict[tuple[datetime.date, Cell], int] = defaultdict(int)
        wholes = self._won.order_by().values_list("closed_on").annotate(total=Sum("base_minor"))
        left = {day: total or 0 for day, total in wholes}
        credits = VersionCredit.objects.filter(version__in=self._won.values("pk")).order_by()
        rows = credits.values_list("version__closed_on", "team", "rep").annotate(total=Sum("base_minor"))
        for day, team, rep, total in rows:
            found[day, (team or 0, rep)] += total or 0
            left[day] -= total or 0
        for day, total in left.items():
            if total:
                found[day, (0, 0)] += total
        cells: dict[Cell, Takings] = defaultdict(Takings)
        for (day, cell), amount in sorted(found.items()):
            cells[cell].add(day, amount)
        return dict(cells)

    @cached_property
    def first_day(self) -> datetime.date | None:
        """The first of the month of the first deal known, opened or won; None when there is none."""
        days = [takings.days[0] for takings in self.takings.values()]
        opened = self._versions(self.seen_on).exclude(opened_on=None).order_by("opened_on")
        days += [day for day in opened.values_list("opened_on", flat=True)[:1] if day]
        return min(days).replace(day=1) if days else None

    def whole_months(self, before: datetime.date) -> list[datetime.date]:
        """First days of the months that are known from end to end and lie before a day."""
        if self.first_day is None:
            return []
        found, month = [], max(self.first_day, add_months(self.seen_on, -12 * YEARS).replace(day=1))
        while add_months(month, 1) <= before:
            found.append(month)
            month = add_months(month, 1)
        return found

    @cached_property
    def teams(self) -> list[int]:
        """Every team that ever won anything, 0 for none."""
        return sorted({team for team, _rep in self.takings})

    def path(self, team: int, before: datetime.date) -> Path | None:
        """The smoothing of a team's whole months before a day; None with less than 24 of them."""
        months = self.whole_months(before)
        key = (team, months[-1] if months else before)
        if key not in self._paths:
            cells = [takings for cell, takings in self.takings.items() if cell[0] == team]
            self._paths[key] = fit(
                [float(sum(each.between(month, add_months(month, 1)) for each in cells)) for month in months]
            )
        return self._paths[key]

    def open_on(self, day: datetime.date) -> list[OpenDeal]:
        """Deals open at the end of a day, the category omitted left out."""
        if day not in self._open:
            columns = ("stage", "opened_on", "team", "owner", "base_minor")
            self._open[day] = [
                OpenDeal(stage, age_group(opened_on, day), (team or 0, owner or 0), amount or 0)
                for stage, opened_on, team, owner, amount in self._standing(day).values_list(*columns)
            ]
        return self._open[day]

    def _standing(self, day: datetime.date) -> DealVersionQuerySet:
        rows: DealVersionQuerySet = self._versions(day).filter(outcome="open").exclude(category="omitted").order_by()
        return rows

    @cached_property
    def _wins(self) -> dict[int, datetime.date]:
        rows = self._won.order_by().values_list("deal", "closed_on")
        return {deal: closed_on for deal, closed_on in rows if closed_on}

    def seen_at(self, day: datetime.date) -> Counter[tuple[int, int, int | None]]:
        """Deals open at the end of a day, counted by stage, age and the days until they were won (None: not so far)."""
        if day not in self._seen:
            counts: Counter[tuple[int, int, int | None]] = Counter()
            for deal, stage, opened_on in self._standing(day).values_list("deal", "stage", "opened_on"):
                won = self._wins.get(deal)
                ahead = (won - day).days if won and won > day else None
                counts[stage, age_group(opened_on, day), ahead] += 1
            self._seen[day] = counts
        return self._seen[day]

    def watched(self, as_of: datetime.date, days: int) -> list[datetime.date]:
        """Ends of months in the eight quarters up to a day, after which that many days have passed by then."""
        found, first = [], add_months(as_of, -WINDOW_MONTHS)
        month = (as_of - days * DAY + DAY).replace(day=1)
        while month - DAY >= first:
            found.append(month - DAY)
            month = add_months(month, -1)
        return found
