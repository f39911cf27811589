"""One change to many deals: all of them or none, each with its own history, and back again."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.actions.audit import write_audit
from accounts.business_dates import business_date
from accounts.errors import ActionRefused
from accounts.models import AuditEntry, Company, Rep, User
from pipeline.actions.deals import check_may_assign, patch_of
from pipeline.actions.outcomes import check_can_move
from pipeline.bulk import BulkResult, BulkRow, RowsRefused, Undone, check_count, own_entry, rows_out_of_reach
from pipeline.gates import check_gate
from pipeline.history import Change, append_changes
from pipeline.later_events import last_moments
from pipeline.models import Deal, Outcome, Stage
from pipeline.patches import stage_patch

ACTION = "change_many"
PLAIN = ("expected_close_on", "forecast_category")
FIELDS = ("owner", "stage", *PLAIN)
"""What can be changed of many deals at once."""


@dataclass(frozen=True, slots=True)
class _Step:
    """What happens to one deal: its patch, and what its changed fields were before."""

    deal: Deal
    patch: dict[str, Any]
    before: dict[str, Any]


def blocked_deals(*, rows: Sequence[BulkRow], by: User, now: datetime.datetime) -> dict[int, ActionRefused]:
    """Why rows can't be changed, by index; nothing is written."""
    return _plan(rows, _read(row.pk for row in rows), by=by, now=now, company=Company.current())[1]


def same_deals(*, rows: Sequence[BulkRow], by: User, now: datetime.datetime) -> int:
    """How many of the rows ask for what their deal has; nothing is written."""
    steps, _reasons = _plan(rows, _read(row.pk for row in rows), by=by, now=now, company=Company.current())
    return sum(not step.patch for step in steps)


@transaction.atomic
def change_deals(*, rows: Sequence[BulkRow], by: User, now: datetime.datetime) -> BulkResult:
    """Change owner, stage, expected close or category of up to 1,000 deals, from now on. Raises RowsRefused and writes
    nothing when one of them can't be changed: out of sight or read only, changed meanwhile, closed, or held back by its
    stage's gate."""
    check_count(rows)
    company = Company.current()
    deals = _lock(row.pk for row in rows)
    steps, reasons = _plan(rows, deals, by=by, now=now, company=company)
    if reasons:
        raise RowsRefused(reasons)
    moved = [step for step in steps if step.patch]
    if not moved:
        return BulkResult([], len(steps), None)
    versions = _write(moved, by=by, now=now, company=company)
    detail = {
        "to": {"records": len(moved), **_told(rows)},
        "rows": [[step.deal.pk, versions[step.deal.pk], step.before] for step in moved],
    }
    # An entry about many deals names none of them.
    entry = write_audit(action=ACTION, subject=Deal(name=f"{len(moved)} deals"), by=by, now=now, detail=detail)
    return BulkResult([step.deal for step in moved], len(steps) - len(moved), entry)


@transaction.atomic
def undo_change_deals(*, entry: AuditEntry, by: User, now: datetime.datetime) -> Undone:
    """Give the deals of a change what they had before, from now on; those that were edited since are left alone."""
    rows = own_entry(entry, by=by).detail["rows"]
    company = Company.current()
    day = business_date(now, company.zone)
    deals = _lock(pk for pk, _version, _before in rows)
    writable = _ids(Deal.objects.writable_by(by), deals)
    stages = Stage.objects.in_bulk({before["stage"] for _pk, _version, before in rows if before.get("stage")})
    owners = Rep.objects.in_bulk({before["owner"] for _pk, _version, before in rows if before.get("owner")})
    steps, left = [], []
    for pk, version, before in rows:
        deal = deals.get(pk)
        is_same = deal is not None and deal.version == version and pk in writable
        if deal is None or not is_same or before.get("stage", deal.stage_id) not in {*stages, deal.stage_id}:
            left.append(deal or Deal(pk=pk, name=f"#{pk}"))
            continue
        steps.append(_step(deal, _values(before, stages, owners), day, company))
    _write([step for step in steps if step.patch], by=by, now=now, company=company)
    detail = {"records": len(steps), "left": len(left), "entry": entry.pk}
    write_audit(action=f"undo_{ACTION}", subject=Deal(name=f"{len(steps)} deals"), by=by, now=now, detail=detail)
    return Undone([step.deal for step in steps], left)


def _lock(ids: Iterable[int]) -> dict[int, Deal]:
    """The deals, locked in one order so that two changes never wait for each other; deleted ones left out."""
    rows = Deal.objects.select_for_update().filter(pk__in=set(ids), deleted_at=None).order_by("pk")
    return _read([deal.pk for deal in rows.only("pk")])


def _read(ids: Iterable[int]) -> dict[int, Deal]:
    rows = Deal.objects.filter(pk__in=set(ids), deleted_at=None)
    return {deal.pk: deal for deal in rows.select_related("stage", "pipeline", "owner", "account")}


def _ids(rows: Any, deals: Iterable[int]) -> set[int]:
    return set(rows.filter(pk__in=set(deals)).values_list("pk", flat=True))


def _plan(
    rows: Sequence[BulkRow], deals: Mapping[int, Deal], *, by: User, now: datetime.datetime, company: Company
) -> tuple[list[_Step], dict[int, ActionRefused]]:
    """What each row comes to, and by index why some can't be."""
    reasons = rows_out_of_reach(
        rows, deals, seen=_ids(Deal.objects.visible_to(by), deals), writable=_ids(Deal.objects.writable_by(by), deals)
    )
    day = business_date(now, company.zone)
    steps, may_have = [], {}
    for index, row in enumerate(rows):
        if index in reasons:
            continue
        deal = deals[row.pk]
        try:
            owner = row.values.get("owner")
            if owner is not None and owner.pk not in may_have:
                may_have[owner.pk] = _refusal(by, owner)
            if owner is not None and (refusal := may_have[owner.pk]) and owner.pk != deal.owner_id:
                raise refusal
            _check_open(deal, row.values)
            stage = row.values.get("stage")
            old = deal.stage_id
            step = _step(deal, row.values, day, company)
            if stage is not None and stage.pk != old:
                check_gate(deal, stage)
            steps.append(step)
        except ActionRefused as refusal:
            reasons[index] = refusal
    return steps, reasons


def _refusal(by: User, owner: Rep) -> ActionRefused | None:
    try:
        check_may_assign(by, owner)
    except ActionRefused as refusal:
        refusal.field = "owner"
        return refusal
    return None


def _check_open(deal: Deal, values: Mapping[str, Any]) -> None:
    """A closed deal keeps what its closing said; only its owner may change."""
    if stage := values.get("stage"):
        check_can_move(deal, stage)
        if stage.pipeline_id != deal.pipeline_id:
            raise ActionRefused(_("“%(stage)s” is a stage of another pipeline.") % {"stage": stage}, "stage")
    field = next((name for name in PLAIN if name in values), None)
    if field and deal.outcome != Outcome.OPEN:
        raise ActionRefused(
            _("This deal is already %(outcome)s.") % {"outcome": deal.get_outcome_display().lower()}, field
        )


def _step(deal: Deal, values: Mapping[str, Any], day: datetime.date, company: Company) -> _Step:
    """The patch of the values that differ; they are set on ``deal``."""
    before: dict[str, Any] = {}
    for name in PLAIN:
        if name in values and getattr(deal, name) != values[name]:
            was = getattr(deal, name)
            before[name] = was.isoformat() if isinstance(was, datetime.date) else was
            setattr(deal, name, values[name])
    patch = patch_of(deal, before.keys(), day, company)
    stage = values.get("stage")
    if stage is not None and stage.pk != deal.stage_id:
        before["stage"] = deal.stage_id
        bp = None if deal.probability is None else int(deal.probability * 10_000)
        patch |= stage_patch(stage, probability_bp=bp, category=deal.forecast_category)
        deal.stage = stage
    if "owner" in values and deal.owner_id != (values["owner"].pk if values["owner"] else None):
        before["owner"] = deal.owner_id
        deal.owner = values["owner"]
        patch["owner"] = deal.owner_id
    return _Step(deal, patch, before)


def _write(steps: Sequence[_Step], *, by: User, now: datetime.datetime, company: Company) -> dict[int, int]:
    """Append an event for each deal; their versions then."""
    today = business_date(now, company.zone)
    moments = last_moments([step.deal.pk for step in steps])
    by_category: dict[str, list[int]] = defaultdict(list)
    for step in steps:
        by_category[step.deal.forecast_category].append(step.deal.pk)
    for category, ids in by_category.items():
        rows = Deal.objects.filter(pk__in=ids)
        rows.update(version=F("version") + 1, updated_at=now, forecast_category=category)
    changes = []
    for step in steps:
        last = moments.get(step.deal.pk)
        changes.append(Change(step.deal.pk, step.patch, today, max(now, last) if last else now, by=by))
    if changes:
        append_changes(changes, now=now, company=company)
    return {step.deal.pk: step.deal.version + 1 for step in steps}


def _values(before: Mapping[str, Any], stages: Mapping[int, Stage], owners: Mapping[int, Rep]) -> dict[str, Any]:
    """What was kept of a deal, as values again."""
    values = dict(before)
    if "stage" in values:
        values["stage"] = stages.get(values["stage"])
    if "owner" in values:
        values["owner"] = owners.get(values["owner"])
    if values.get("expected_close_on"):
        values["expected_close_on"] = datetime.date.fromisoformat(values["expected_close_on"])
    return values


def _told(rows: Sequence[BulkRow]) -> dict[str, str]:
    """The new values for the audit log, where all rows have the same."""
    told = {}
    for name in FIELDS:
        found = {str(row.values[name] or "") for row in rows if name in row.values}
        if len(found) == 1:
            told[name] = found.pop()
    return told
