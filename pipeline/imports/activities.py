"""Activities: what reps did, and what they plan."""

import datetime
from collections.abc import Iterable
from typing import Any, ClassVar

from accounts.business_dates import business_date
from accounts.memberships import TeamHistory
from accounts.models import Company
from pipeline.due_days import keep_original_due
from pipeline.history import queue_days
from pipeline.imports.cells import Reader
from pipeline.imports.customers import text_of
from pipeline.imports.equal_rows import EqualRowsKind
from pipeline.imports.kind import Column, Columns, Item, one_of
from pipeline.models import Activity, ChangedDay, Deal

KINDS, DIRECTIONS, RESULTS = Activity.Kind.values, Activity.Direction.values, Activity.Result.values


class Activities(EqualRowsKind):
    name = "activities"
    model = Activity
    identities = (("external_id",),)
    loose = ("owner", "kind", "done_at", "due_at", "deal", "lead", "subject")
    derived = ("done_on", "original_due_on", "team", "account", "direction")
    columns: ClassVar[Columns] = {
        "kind": one_of(KINDS, required=True),
        "subject": Column(text_of(300), empty=""),
        "owner": Column(shelf="reps", required=True),
        "due_at": Column(Reader.instant, about="one of due_at and done_at is required"),
        "done_at": Column(Reader.instant, about="empty: planned"),
        "duration_minutes": Column(Reader.whole),
        "direction": one_of(DIRECTIONS, keeps=True, about="out, in; a call: out"),
        "outcome": one_of(RESULTS, empty=""),
        "deal": Column(shelf="deals"),
        "lead": Column(shelf="leads"),
        "account": Column(shelf="accounts", keeps=True, about="default: the deal's"),
        "contact": Column(shelf="contacts", keeps=True, about="who was spoken to"),
        "automated": Column(Reader.yes_no, keeps=True, about="yes or no; yes: no human did it, it is in no count"),
        "external_id": Column(text_of(200), keeps=True),
    }

    def __init__(self, task: Any) -> None:
        super().__init__(task)
        self._days: set[datetime.date] = set()
        self._deals: set[int] = set()

    def fits(self, row: int, values: dict[str, Any]) -> bool:
        for name in ("due_at", "done_at"):
            if values.get(name):
                values[name] = values[name][0]
        if not values.get("due_at") and not values.get("done_at"):
            return self.refuse(row, "done_at", "or due_at is required: when it was done, or when it is due.")
        if values.get("done_at") and values["done_at"] > self.task.now:
            return self.refuse(row, "done_at", "lies in the future; plan it with due_at.")
        return True

    def loose_rows(self, items: list[Item]) -> Any:
        owners = {item.values["owner"].pk for item in items} - {None}
        kinds = {item.values["kind"] for item in items}
        rows = self.candidates(self.loose).filter(owner__in=owners, kind__in=kinds)
        done = {item.values.get("done_at") for item in items}
        return rows if None in done else rows.filter(done_at__in=done)

    def store(self, items: list[Item]) -> None:
        owners = {item.values["owner"].pk for item in items if item.instance is not None}
        self._teams = TeamHistory.load(owners - {None})
        super().store(items)

    def complete(self, item: Item) -> None:
        activity = item.instance
        if activity.kind == Activity.Kind.CALL and not activity.direction:
            activity.direction = Activity.Direction.OUT
        before = activity.done_on
        keep_original_due(activity, self.task.company, today=self.task.today)
        activity.done_on = business_date(activity.done_at, self.task.company.zone) if activity.done_at else None
        if activity.done_on and (activity.done_on != before or activity.team_id is None or "owner" in item.before):
            activity.team_id = self._teams.team_on(activity.owner.pk, activity.done_on)
        if activity.deal is not None and not item.values.get("account"):
            activity.account_id = activity.account_id or activity.deal.account_id
        self._days |= {day for day in (before, activity.done_on) if day}
        self._deals |= {deal for deal in (item.before.get("deal"), activity.deal_id) if deal}

    def finish(self) -> None:
        queue_days(ChangedDay.Subject.ACTIVITIES, {(day, day) for day in self._days}, now=self.task.now)
        refresh_next_steps(self._deals, self.task.company)


def refresh_next_steps(deal_ids: Iterable[int], company: Company) -> None:
    """Keep on the deals the day of their earliest activity that is not done."""
    ids = sorted(set(deal_ids))
    for start in range(0, len(ids), 1000):
        deals = Deal.objects.in_bulk(ids[start : start + 1000])
        due: dict[int | None, datetime.datetime | None] = {}
        planned = Activity.objects.filter(deal__in=list(deals), done_at=None, deleted_at=None, due_at__isnull=False)
        for deal_id, due_at in planned.order_by("-due_at").values_list("deal_id", "due_at"):
            due[deal_id] = due_at
        moved = []
        for deal in deals.values():
            first = due.get(deal.pk)
            day = business_date(first, company.zone) if first else None
            if deal.next_step_on != day:
                deal.next_step_on = day
                moved.append(deal)
        Deal.objects.bulk_update(moved, ["next_step_on"], batch_size=500)
