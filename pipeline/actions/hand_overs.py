"""A rep's work given to others: open deals, open leads, accounts and next steps, all or nothing."""

import datetime
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.actions.audit import write_audit
from accounts.business_dates import business_date
from accounts.errors import ActionRefused, NotAllowed
from accounts.models import Account, AuditEntry, Company, Rep, User
from accounts.roles import Role
from pipeline.actions.deals import check_may_assign
from pipeline.actions.leads import put_lead
from pipeline.bulk import Undone
from pipeline.handing_over import Plan, Share, plan_hand_over
from pipeline.history import Change, append_changes
from pipeline.imports.writing import update_rows
from pipeline.later_events import events_in_order, with_later_events
from pipeline.models import Activity, Deal, Lead, Outcome

ACTION, UNDO = "hand_over", "undo_hand_over"
KINDS: dict[str, type[Any]] = {"deals": Deal, "leads": Lead, "accounts": Account, "activities": Activity}
REASON = "Work was handed over."


@transaction.atomic
def hand_over(
    *, rep: Rep, to: Sequence[Rep], day: datetime.date, by: User | None, now: datetime.datetime, seen: str | None = None
) -> AuditEntry:
    """Give a rep's open work to others; the audit line by which it can be taken back.

    Deals belong to them from ``day`` on, today or earlier, but never to somebody before the rep himself had them. What
    is closed, its credits, and credits that are written on open deals stay. ``seen``: the digest of the plan that was
    looked at. Raises ActionRefused, NotAllowed.
    """
    company = Company.current()
    check_may_hand_over(by, rep)
    if not to or rep in to:
        raise ActionRefused(_("Pick at least one other rep."), "to")
    for one in to:
        check_may_assign(by, one)
        if one.left_on is not None:
            raise ActionRefused(_("%(rep)s has left.") % {"rep": one}, "to")
    today = business_date(now, company.zone)
    if day > today:
        raise ActionRefused(_("Hand work over on the day itself, not before."), "day")
    _lock(rep)
    plan = plan_hand_over(rep, to)
    if seen is not None and seen != plan.digest:
        raise ActionRefused(_("The rep's work has changed meanwhile. Look at it again."), "seen")
    if not plan.count:
        raise ActionRefused(_("%(rep)s has nothing to hand over.") % {"rep": rep}, "to")
    since = {pk: day for share in plan.shares for pk in share.deals}
    for share in plan.shares:
        since |= _give_deals(share.deals, rep, share.to, since, by=by, now=now, company=company)
        _give_rest(share, by=by, now=now)
    return _written(rep, plan, since, day, by=by, now=now)


@transaction.atomic
def undo_hand_over(*, entry: AuditEntry, by: User, now: datetime.datetime) -> Undone:
    """Give back what is still open and still whose it became: for who handed over, and for admins."""
    if by.role != Role.ADMIN and entry.by_id != by.pk:
        raise NotAllowed(_("Only who handed it over, or an admin, can take it back."))
    rep = Rep.objects.select_for_update(of=("self",)).get(pk=entry.subject_id or 0)
    if AuditEntry.objects.filter(action=UNDO, subject_kind="rep", subject_id=rep.pk, detail__entry=entry.pk).exists():
        raise ActionRefused(_("This was taken back already."))
    company = Company.current()
    restored, left = [], []
    for to, pks in entry.detail["given"].items():
        receiver = Rep.objects.get(pk=int(to))
        back = Share(rep)
        for kind, model in KINDS.items():
            rows = model._default_manager.filter(pk__in=pks[kind], owner=receiver, deleted_at=None)
            rows = rows.filter(outcome=Outcome.OPEN) if kind == "deals" else rows
            rows = rows.filter(done_at=None) if kind == "activities" else rows
            found = sorted(rows.values_list("pk", flat=True))
            getattr(back, kind).extend(found)
            restored += found
            left += sorted(set(pks[kind]) - set(found))
        since = {int(pk): datetime.date.fromisoformat(day) for pk, day in entry.detail["since"].items()}
        _give_deals(back.deals, receiver, rep, since, by=by, now=now, company=company)
        _give_rest(back, by=by, now=now)
    detail = {"to": {"records": len(restored), "left": len(left)}, "entry": entry.pk}
    write_audit(action=UNDO, subject=rep, by=by, now=now, detail=detail)
    return Undone(restored, left)


def check_may_hand_over(by: User | None, rep: Rep) -> None:
    """NotAllowed unless ``by`` is an admin, or a manager of the rep."""
    if by is None or by.role == Role.ADMIN:
        return
    if by.role != Role.MANAGER or not Rep.objects.visible_to(by).filter(pk=rep.pk).exists():
        raise NotAllowed(_("Only a manager of the rep or an admin may hand work over."))


def hand_overs_of(rep: Rep) -> list[AuditEntry]:
    """The lines of the audit log about work that a rep gave away, newest first, but those that were taken back."""
    rows = AuditEntry.objects.filter(subject_kind="rep", subject_id=rep.pk, action__in=(ACTION, UNDO)).order_by("-pk")
    undone = {row.detail["entry"] for row in rows if row.action == UNDO}
    return [row for row in rows if row.action == ACTION and row.pk not in undone]


def _lock(rep: Rep) -> None:
    """Hold the rep's open deals, leads, accounts and steps, so that they are given as they were planned."""
    for model in KINDS.values():
        rows = model._default_manager.filter(owner=rep, deleted_at=None)
        if model is Deal:
            rows = rows.filter(outcome=Outcome.OPEN)
        list(rows.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))


def _give_deals(
    ids: Sequence[int], old: Rep, new: Rep, since: dict[int, datetime.date], *, by: User | None,
    now: datetime.datetime, company: Company,
) -> dict[int, datetime.date]:  # fmt: skip
    """Change the owner from the days ``since`` on, but not before ``old`` was the owner; the days that it became."""
    today = business_date(now, company.zone)
    changes, days = [], {}
    for pk in ids:
        ordered = events_in_order(pk)
        owned = [event for event, _row in ordered if event.patch.get("owner") == old.pk]
        days[pk] = day = max(since[pk], owned[-1].effective_on) if owned else since[pk]
        if day < today:
            change = Change(pk, {"owner": new.pk}, day, None, by=by, reason=REASON)
            changes += with_later_events(change, ordered)
        else:
            last = ordered[-1][1].effective_at if ordered else None
            changes.append(Change(pk, {"owner": new.pk}, today, max(now, last or now), by=by, reason=REASON))
    Deal.objects.filter(pk__in=ids).update(version=F("version") + 1, updated_at=now)
    if changes:
        append_changes(changes, now=now, company=company)
    return days


def _give_rest(share: Share, *, by: User | None, now: datetime.datetime) -> None:
    for lead in Lead.objects.filter(pk__in=share.leads).order_by("pk"):
        put_lead(lead, by, now, "assign", owner=share.to)
    accounts = list(Account.objects.filter(pk__in=share.accounts).order_by("pk"))
    for account in accounts:
        account.owner, account.version, account.updated_at = share.to, account.version + 1, now
    update_rows(accounts, ["owner", "version", "updated_at"], by=by, reason="hand-over")
    steps = Activity.objects.filter(pk__in=share.activities)
    steps.update(owner=share.to, version=F("version") + 1, updated_at=now)


def _written(
    rep: Rep, plan: Plan, since: dict[int, datetime.date], day: datetime.date, *, by: User | None,
    now: datetime.datetime,
) -> AuditEntry:  # fmt: skip
    told = {
        share.to.name: f"{len(share.deals)} deals, {len(share.leads)} leads, {len(share.accounts)} accounts, "
        f"{len(share.activities)} next steps"
        for share in plan.shares
        if share.count
    }
    detail = {
        "to": {"from": day.isoformat(), **told},
        "given": {str(share.to.pk): {kind: getattr(share, kind) for kind in KINDS} for share in plan.shares},
        "since": {str(pk): start.isoformat() for pk, start in since.items()},
    }
    return write_audit(action=ACTION, subject=rep, by=by, now=now, detail=detail)
