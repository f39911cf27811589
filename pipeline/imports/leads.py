"""Leads."""

import datetime
from collections.abc import Iterable
from typing import Any, ClassVar

from accounts.business_dates import BEGINNING, business_date
from accounts.memberships import TeamHistory
from pipeline.history import Change, append_changes, queue_days
from pipeline.imports.cells import CellError, Reader
from pipeline.imports.customers import text_of
from pipeline.imports.kind import CREATED, Column, Columns, Item
from pipeline.imports.records import ModelKind
from pipeline.leads import fill_lead_dates, lead_days, status_of
from pipeline.models import ChangedDay, Lead
from pipeline.routing import Router

INSTANTS = ("created_at", "assigned_at", "first_responded_at", "qualified_at", "disqualified_at", "converted_at")
SOURCES = ("channel", "campaign")


class Leads(ModelKind):
    name = "leads"
    model = Lead
    identities = (("external_id",), ("email",), ("name", "company"))
    derived = (
        "status", "created_on", "responded_on", "response_minutes", "qualified_on", "disqualified_on", "converted_on",
        "first_owner", "first_team", "account",
    )  # fmt: skip
    columns: ClassVar[Columns] = {
        "name": Column(text_of(300), required=True),
        "company": Column(text_of(300), empty=""),
        "email": Column(Reader.email, empty=""),
        "phone": Column(text_of(60), empty=""),
        "region": Column(text_of(200), empty=""),
        "channel": Column(shelf="channels"),
        "campaign": Column(shelf="campaigns"),
        "owner": Column(shelf="reps"),
        "created_at": Column(Reader.instant, required=True),
        "assigned_at": Column(Reader.instant, keeps=True, about="when it first got an owner"),
        "first_responded_at": Column(Reader.instant),
        "qualified_at": Column(Reader.instant),
        "disqualified_at": Column(Reader.instant),
        "disqualified_reason": Column(text_of(200), empty="", about="spam, test and duplicate leave every rate"),
        "converted_at": Column(Reader.instant),
        "deal": Column(shelf="deals"),
        "external_id": Column(text_of(200), keeps=True),
    }

    def __init__(self, task: Any) -> None:
        super().__init__(task)
        self._deals: dict[int, int] = {}

    def fits(self, row: int, values: dict[str, Any]) -> bool:
        created = values["created_at"][0]
        for name in INSTANTS:
            told = values.get(name)
            if not told:
                continue
            at, has_time = told
            if name != "created_at" and at < created and not has_time and self._day(at) == self._day(created):
                at = created
            if at > self.task.now:
                return self.refuse(row, name, "lies in the future.")
            if at < created and (name == "first_responded_at" or self._day(at) < self._day(created)):
                return self.refuse(row, name, "lies before created_at.")
            values[name] = at
        deal = values.get("deal")
        if deal is not None and self._deals.setdefault(deal.pk, row) != row:
            return self.refuse(row, "deal", f"belongs to the lead of row {self._deals[deal.pk]} already.")
        return True

    def restart(self) -> None:
        super().restart()
        self._deals = {}

    def _day(self, instant: datetime.datetime) -> datetime.date:
        return business_date(instant, self.task.company.zone)

    def _key(self, group: tuple[str, ...], values: Any) -> tuple[Any, ...]:
        return tuple(values.get(name) or "" for name in group)

    def load(self, items: list[Item]) -> dict[Any, list[Any]]:
        deals = [item.values["deal"].pk for item in items if item.values.get("deal") is not None]
        self._lead_of = dict(Lead.objects.filter(deal__in=deals).values_list("deal", "pk"))
        return super().load(items)

    def placed(self, item: Item) -> None:
        deal = item.values.get("deal")
        if deal is not None and self._lead_of.get(deal.pk, item.instance.pk) != item.instance.pk:
            raise CellError(f"deal “{deal.external_id or deal.name}” belongs to another lead already.")

    def store(self, items: list[Item]) -> None:
        owners = {
            item.instance.owner_id or getattr(item.values.get("owner"), "pk", None) for item in items if item.instance
        }
        self._router = Router.load(locked=True)
        owners |= {rep.pk for route in self._router.routes for rep in route.reps}
        self._teams = TeamHistory.load({owner for owner in owners if owner})
        self._before: set[Any] = set()
        super().store(items)
        self._router.store()

    def complete(self, item: Item) -> None:
        lead = item.instance
        if lead.created_on:
            self._before |= lead_days(lead)
        fill_lead_dates(lead, self.task.company.zone)
        if lead.deal is not None and lead.account_id is None:
            lead.account_id = lead.deal.account_id
        lead.status = status_of(lead)
        if item.verdict == CREATED and lead.owner is None and lead.status == Lead.Status.NEW:
            lead.owner = self._router.give(lead)
            lead.assigned_at = lead.assigned_at or (max(self.task.now, lead.created_at) if lead.owner else None)
        owner = lead.owner
        if owner is not None and not lead.first_owner_id:
            lead.first_owner_id = owner.pk
            lead.first_team_id = self._teams.team_on(owner.pk, lead.created_on)

    def stored(self, items: Iterable[Item]) -> None:
        days = set(self._before)
        for item in items:
            days |= lead_days(item.instance)
        queue_days(ChangedDay.Subject.LEADS, days, now=self.task.now)
        self._tell_deals([item.instance for item in items if item.values.get("deal") is not None])

    def _tell_deals(self, leads: list[Lead]) -> None:
        """A deal without a channel or a campaign of its own has its lead's, from its first day on."""
        task, changes = self.task, []
        for lead in leads:
            deal = lead.deal
            if deal is None:
                continue
            patch = {name: getattr(lead, f"{name}_id") for name in SOURCES if not getattr(deal, f"{name}_id")}
            patch = {name: key for name, key in patch.items() if key}
            if patch:
                start = self._day(deal.opened_at) if deal.opened_at else BEGINNING
                reason = "The deal's lead came from there."
                changes.append(
                    Change(deal.pk, patch, start, deal.opened_at, task.by, reason=reason, import_run_id=task.run_id)
                )
        if changes:
            append_changes(changes, now=task.now, company=task.company)
