"""A rep's day: what is overdue and due, deals without a next step, leads that wait, what others changed meanwhile."""

import datetime
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from accounts import formats
from accounts.business_dates import day_start
from accounts.models import Company, Rep
from accounts.money import from_minor
from accounts.working_hours import WorkingHours
from metrics.periods import DAY
from pipeline.deal_changes import Change, read_changes
from pipeline.models import Activity, Deal, DealEvent, Lead
from pipeline.timeline import name_subjects, with_subjects

MOST_STEPS, MOST_DEALS, MOST_LEADS, MOST_EVENTS, MOST_NEWS = 25, 5, 5, 30, 8


@dataclass(frozen=True)
class Part:
    """The first rows of a list, and how many there are in all."""

    rows: list[Any]
    count: int

    @property
    def more(self) -> int:
        """How many rows are not shown."""
        return self.count - len(self.rows)


@dataclass(frozen=True)
class News:
    """A deal and what happened to it."""

    deal: Deal
    change: Change


class Day:
    """The work of one rep, as ``user`` may see it, at ``now``."""

    def __init__(self, rep: Rep, *, user: Any, company: Company, today: datetime.date, now: datetime.datetime) -> None:
        self.rep, self.user, self.company, self.today, self.now = rep, user, company, today, now
        self.begins = day_start(today, company.zone)
        self.ends = day_start(today + DAY, company.zone)

    def overdue(self) -> Part:
        """Next steps that were due before today, the oldest first."""
        return self._steps("overdue")

    def due(self) -> Part:
        """Next steps of today, by their time."""
        return self._steps("due")

    def _steps(self, which: str) -> Part:
        rows = self._next_steps.filter(self._when[which])
        shown = list(with_subjects(rows, user=self.user).order_by("due_at", "pk")[:MOST_STEPS])
        name_subjects(shown)
        return Part(shown, self._counts[which])

    @property
    def _when(self) -> dict[str, Q]:
        return {"overdue": Q(due_at__lt=self.begins), "due": Q(due_at__gte=self.begins, due_at__lt=self.ends)}

    @property
    def _next_steps(self) -> QuerySet[Activity]:
        return Activity.objects.visible_to(self.user).filter(owner=self.rep, done_at=None)

    @cached_property
    def _counts(self) -> dict[str, int]:
        """How many steps are overdue and due, in one statement."""
        counts = {which: Count("pk", filter=when) for which, when in self._when.items()}
        return self._next_steps.filter(due_at__lt=self.ends).aggregate(**counts)

    def open_deals(self) -> QuerySet[Deal]:
        return Deal.objects.visible_to(self.user).open().filter(owner=self.rep)

    def without_step(self) -> dict[str, Any]:
        """Open deals without a next step, the largest first, with their number and what they are worth together."""
        rows = self.open_deals().filter(next_step_on=None)
        totals = rows.aggregate(
            count=Count("pk"), minor=Sum("base_minor"), unknown=Count("pk", filter=Q(base_minor=None))
        )
        shown = rows.select_related("account", "stage").order_by(F("base_minor").desc(nulls_last=True), "pk")
        currency = self.company.base_currency
        return {
            "part": Part(list(shown[:MOST_DEALS]), totals["count"]),
            "amount_text": formats.money(from_minor(totals["minor"] or 0, currency), currency),
            "unknown": totals["unknown"],
        }

    def new_leads(self) -> Part:
        """Leads without a first answer, own and in the team's queue; the newest first, an answer helps them most."""
        mine = Q(owner=self.rep) | Q(owner=None, team=self.rep.team_id) if self.rep.team_id else Q(owner=self.rep)
        rows = Lead.objects.visible_to(self.user).filter(mine, status=Lead.Status.NEW, first_responded_at=None)
        shown = rows.select_related("channel").order_by("-created_at", "-pk")
        return Part(list(shown[:MOST_LEADS]), rows.count())

    @cached_property
    def hours(self) -> WorkingHours:
        """When the company works."""
        return WorkingHours.of(self.company)

    @cached_property
    def since(self) -> datetime.date:
        """The working day before today."""
        return self.hours.calendar.previous(self.today)

    def news(self) -> list[News]:
        """What others changed on the rep's deals since the last working day, and what was won or lost."""
        mine = Deal.objects.visible_to(self.user).filter(Q(owner=self.rep) | Q(credits__rep=self.rep))
        events = DealEvent.objects.filter(
            deal__in=mine.values("pk"),
            recorded_at__gte=day_start(self.since, self.company.zone),
            recorded_at__lte=self.now,
        )
        by_others = Q(by=None) | ~Q(by=self.rep.user_id) if self.rep.user_id else Q()
        closed = Q(patch__outcome__in=["won", "lost"])
        recent = list(
            events.filter(by_others | closed).order_by("-recorded_at", "-pk").values_list("pk", "deal")[:MOST_EVENTS]
        )
        changes = self._changes({deal for _pk, deal in recent})
        news = [item for pk, _deal in recent for item in changes.get(pk, [])]
        return news[:MOST_NEWS]

    def _changes(self, deals: set[int]) -> dict[int, list[News]]:
        """By event, what it changed: a change needs all earlier events of its deal to know what was before."""
        events: dict[int, list[DealEvent]] = defaultdict(list)
        for event in DealEvent.objects.filter(deal__in=deals).select_related("by").order_by("pk"):
            events[event.deal_id].append(event)
        found: dict[int, list[News]] = defaultdict(list)
        known = Deal.objects.select_related("account").in_bulk(deals)
        for deal, change in read_changes(events, user=self.user, company=self.company):
            found[change.event].append(News(known[deal], change))
        return found


def waiting_by_rep(reps: list[Rep], *, begins: datetime.datetime, ends: datetime.datetime) -> list[dict[str, Any]]:
    """For each rep, how many next steps are overdue and due today."""
    counts = {
        row["owner"]: row
        for row in Activity.objects.live()
        .filter(owner__in=reps, done_at=None, due_at__lt=ends)
        .values("owner")
        .annotate(overdue=Count("pk", filter=Q(due_at__lt=begins)), due=Count("pk", filter=Q(due_at__gte=begins)))
    }
    return [{"rep": rep, "key": str(rep.pk), "overdue": 0, "due": 0, **counts.get(rep.pk, {})} for rep in reps]
