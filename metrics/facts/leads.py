"""Leads by other days than the one on which they came, and how fast they were answered and given to somebody."""

import datetime
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from accounts.business_dates import day_start
from metrics.cells import Cell, Cells
from metrics.dimensions import ALL, TIME, name_members
from metrics.facts.day_counts import DaysBetween
from metrics.facts.fact import CLOSED, LEADS, LeadFact
from metrics.measures.measure import Measure
from metrics.periods import DAY
from metrics.question import Question
from metrics.records.listed import ListedRow

ANSWER_WITHIN = 60
"""Minutes within which a lead should be answered (METRICS.md, entry 15); they elapse day and night."""


@dataclass(frozen=True)
class WonLeads(LeadFact):
    """Leads whose deal is won, by the day on which it was closed."""

    def everything(self, q: Question) -> QuerySet[Any]:
        won = CLOSED.everything(q).filter(deal=OuterRef("deal"), outcome="won").exclude(kind="credit")
        return super().everything(q).annotate(won_on=Subquery(won.values("closed_on")[:1])).exclude(won_on=None)

    def coverage(self, q: Question) -> datetime.date | None:
        return CLOSED.coverage(q)


@dataclass(frozen=True)
class RipeLeads(LeadFact):
    """Leads by the day on which they came to something, with ``ripe_days`` from their coming to it."""

    def everything(self, q: Question) -> QuerySet[Any]:
        rows = super().everything(q).annotate(ripe_days=DaysBetween(F(self.date), F("created_on")))
        return rows.filter(ripe_days__gte=0)


ANSWERED = LeadFact("lead", "responded_on", LEADS.columns)
WON_LEADS = WonLeads("lead", "won_on", LEADS.columns)


@dataclass(frozen=True)
class Due(Measure):
    """Leads that were answered, or whose time for an answer is over; those that can still make it are left out.

    On the running day nobody knows how late it is, so leads that wait since today are left out as well.
    """

    live: bool = True

    def condition(self, q: Question) -> Q:
        over = day_start(q.as_of if q.as_of >= q.today else q.as_of + DAY, q.company.zone)
        late = Q(created_at__lte=over - datetime.timedelta(minutes=ANSWER_WITHIN))
        return self.where & (Q(responded_on__lte=q.as_of) | late)


@dataclass(frozen=True)
class InTime(Measure):
    """Leads that were answered in time, by the as-of day."""

    live: bool = True

    def condition(self, q: Question) -> Q:
        return self.where & Q(responded_on__lte=q.as_of, response_minutes__lte=ANSWER_WITHIN)


@dataclass(frozen=True)
class RoutingMinutes(Measure):
    """Whole minutes from a lead's coming to its first owner; a lead that its own owner made has none."""

    histogram: bool = True
    live: bool = True

    def condition(self, q: Question) -> Q:
        end = day_start(q.as_of + DAY, q.company.zone)
        return self.where & Q(assigned_at__isnull=False, assigned_at__lt=end)

    def live_cells(self, q: Question) -> Cells:
        column = "created_on" if not q.by or q.by in TIME else self.fact.columns[q.by]
        found: dict[Any, Cell] = defaultdict(Cell)
        for raw, created, assigned in self.population(q).values_list(column, "created_at", "assigned_at").iterator():
            minutes = _minutes(created, assigned)
            found[raw if q.by else ""].add(minutes, 1, Counter({minutes: 1}))
        if not q.by:
            return {ALL: found.get("", Cell())}
        names = name_members(q.by, list(found))
        cells: Cells = {}
        for raw, cell in found.items():
            cells.setdefault(names[raw], Cell()).add(cell.total, cell.n, cell.histogram)  # type: ignore[arg-type]
        return cells

    def records(self, q: Question) -> Any:
        rows = self.population(q).order_by("created_on", "pk")
        fields = rows.values_list("created_on", "pk", "name", "external_id", "created_at", "assigned_at")
        return [
            ListedRow(day, pk, name, external_id or "", _minutes(created, assigned))
            for day, pk, name, external_id, created, assigned in fields
        ]


def _minutes(created: datetime.datetime, assigned: datetime.datetime) -> int:
    return max(0, (assigned - created) // datetime.timedelta(minutes=1))
