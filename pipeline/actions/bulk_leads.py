"""Many leads given to one rep: all of them or none, and back again."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction

from accounts.actions.audit import write_audit
from accounts.errors import ActionRefused
from accounts.models import AuditEntry, Rep, User
from pipeline.actions.bulk_deals import ACTION
from pipeline.actions.leads import check_may_give, put_lead
from pipeline.bulk import BulkResult, BulkRow, RowsRefused, Undone, check_count, own_entry, rows_out_of_reach
from pipeline.models import Lead

FIELDS = ("owner",)
"""What can be changed of many leads at once."""
KEPT = ("owner_id", "assigned_at", "first_owner_id", "first_team_id")


def blocked_leads(*, rows: Sequence[BulkRow], by: User) -> dict[int, ActionRefused]:
    """Why rows can't be changed, by index; nothing is written."""
    return _reasons(rows, _read(row.pk for row in rows), by)


@transaction.atomic
def change_leads(*, rows: Sequence[BulkRow], by: User, now: datetime.datetime) -> BulkResult:
    """Give up to 1,000 leads to a rep. Raises RowsRefused and writes nothing when one of them can't be given."""
    check_count(rows)
    leads = _lock(row.pk for row in rows)
    if reasons := _reasons(rows, leads, by):
        raise RowsRefused(reasons)
    moved = [row for row in rows if leads[row.pk].owner_id != row.values["owner"].pk]
    if not moved:
        return BulkResult([], len(rows), None)
    kept = []
    for row in moved:
        lead = leads[row.pk]
        before = [getattr(lead, name) for name in KEPT]
        put_lead(lead, by, now, "assign", owner=row.values["owner"])
        assigned_at = before[1] and before[1].isoformat()
        kept.append([lead.pk, lead.version, [before[0], assigned_at, *before[2:]]])
    owners = {str(row.values["owner"]) for row in moved}
    detail = {"to": {"records": len(moved), "owner": ", ".join(sorted(owners))}, "rows": kept}
    entry = write_audit(action=ACTION, subject=Lead(name=f"{len(moved)} leads"), by=by, now=now, detail=detail)
    return BulkResult([leads[row.pk] for row in moved], len(rows) - len(moved), entry)


@transaction.atomic
def undo_change_leads(*, entry: AuditEntry, by: User, now: datetime.datetime) -> Undone:
    """Give the leads of a change back to whom they had before; those that were edited since are left alone."""
    rows = own_entry(entry, by=by).detail["rows"]
    leads = _lock(pk for pk, _version, _before in rows)
    writable = _ids(Lead.objects.writable_by(by), leads)
    owners = Rep.objects.in_bulk({before[0] for _pk, _version, before in rows if before[0]})
    restored, left = [], []
    for pk, version, (owner, assigned_at, *first) in rows:
        lead = leads.get(pk)
        if lead is None or lead.version != version or pk not in writable:
            left.append(lead or Lead(pk=pk, name=f"#{pk}"))
            continue
        at = datetime.datetime.fromisoformat(assigned_at) if assigned_at else None
        values = {"assigned_at": at, "first_owner_id": first[0], "first_team_id": first[1]}
        restored.append(put_lead(lead, by, now, "undo_assign", owner=owners.get(owner), **values))
    detail = {"records": len(restored), "left": len(left), "entry": entry.pk}
    write_audit(action=f"undo_{ACTION}", subject=Lead(name=f"{len(restored)} leads"), by=by, now=now, detail=detail)
    return Undone(restored, left)


def _lock(ids: Iterable[int]) -> dict[int, Lead]:
    rows = Lead.objects.select_for_update().filter(pk__in=set(ids), deleted_at=None).order_by("pk")
    return {lead.pk: lead for lead in rows}


def _read(ids: Iterable[int]) -> dict[int, Lead]:
    return {lead.pk: lead for lead in Lead.objects.filter(pk__in=set(ids), deleted_at=None)}


def _ids(rows: Any, leads: Iterable[int]) -> set[int]:
    return set(rows.filter(pk__in=set(leads)).values_list("pk", flat=True))


def _reasons(rows: Sequence[BulkRow], leads: Mapping[int, Lead], by: User) -> dict[int, ActionRefused]:
    reasons = rows_out_of_reach(
        rows, leads, seen=_ids(Lead.objects.visible_to(by), leads), writable=_ids(Lead.objects.writable_by(by), leads)
    )
    known: dict[tuple[int, bool], ActionRefused | None] = {}
    for index, row in enumerate(rows):
        lead, owner = leads.get(row.pk), row.values["owner"]
        if index in reasons or lead is None or lead.owner_id == owner.pk:
            continue
        key = (owner.pk, lead.owner_id is None)
        if key not in known:
            known[key] = _refusal(lead, owner, by)
        if refusal := known[key]:
            reasons[index] = refusal
    return reasons


def _refusal(lead: Lead, owner: Rep, by: User) -> ActionRefused | None:
    try:
        check_may_give(lead, owner, by)
    except ActionRefused as refusal:
        refusal.field = "owner"
        return refusal
    return None
