"""Writes of an activity: logging what was done, planning the next step."""

import datetime
import uuid
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.audit import write_audit
from accounts.business_dates import business_date
from accounts.errors import ActionRefused, NotAllowed, StaleVersion
from accounts.memberships import TeamHistory
from accounts.models import Company, Rep, User
from pipeline.actions.deletions import check_may_undo
from pipeline.actions.leads import answer_lead
from pipeline.due_days import keep_original_due
from pipeline.history import queue_days
from pipeline.models import Activity, ChangedDay, Deal


def lock_activity(activity: Activity, *, by: User | None, version: int | None = None) -> Activity:
    """The activity's row, locked. NotAllowed when ``by`` may only read it, StaleVersion when it was saved meanwhile."""
    locked = Activity.objects.select_for_update(of=("self",)).get(pk=activity.pk, deleted_at=None)
    if by is not None and not Activity.objects.writable_by(by).filter(pk=activity.pk).exists():
        raise NotAllowed(_("You may read this activity, but not change it."))
    if version is not None and version != locked.version:
        raise StaleVersion(locked)
    return locked


def store_activity(activity: Activity, *, before: datetime.date | None, now: datetime.datetime) -> Activity:
    """Save an activity with its day and team, keep its deal's next step, queue the days whose figures it moves."""
    company = Company.current()
    keep_original_due(activity, company, today=business_date(now, company.zone))
    activity.done_on = business_date(activity.done_at, company.zone) if activity.done_at else None
    if activity.done_on and (activity.done_on != before or activity.team_id is None):
        activity.team_id = TeamHistory.load([activity.owner_id]).team_on(activity.owner_id, activity.done_on)
    if activity.deal_id and not activity.account_id:
        activity.account_id = activity.deal.account_id  # type: ignore[union-attr]
    if activity.pk:
        activity.version += 1
    activity.save()
    days = {(day, day) for day in (before, activity.done_on) if day}
    queue_days(ChangedDay.Subject.ACTIVITIES, days, now=now)
    if activity.deal_id:
        refresh_next_step(activity.deal_id, company)
    return activity


def refresh_next_step(deal_id: int, company: Company) -> None:
    """Keep on the deal the day of its earliest activity that is not done; None when there is none."""
    due = (
        Activity.objects.filter(deal=deal_id, done_at=None, deleted_at=None, due_at__isnull=False)
        .order_by("due_at")
        .values_list("due_at", flat=True)
        .first()
    )
    Deal.objects.filter(pk=deal_id).update(next_step_on=business_date(due, company.zone) if due else None)


def _check(activity: Activity, now: datetime.datetime) -> None:
    if activity.done_at and activity.done_at > now:
        raise ActionRefused(_("An activity can't have been done in the future."), "done_at")
    if not activity.done_at and not activity.due_at:
        raise ActionRefused(_("Say when it was done or when it is due."), "due_at")


@transaction.atomic
def log_activity(
    *, by: User | None, now: datetime.datetime, kind: str, owner: Rep, next_step: dict[str, Any] | None = None,
    sent_key: uuid.UUID | None = None, **values: Any,
) -> Activity:  # fmt: skip
    """Log something done (``done_at``, default now unless ``due_at`` is given) or plan it (``due_at``).

    A done call or e-mail of a lead stops its first-response clock. ``next_step``: kind, due_at, subject of an activity
    to plan with it on the same record. ``sent_key``: of the form that it comes from; when the same has been logged with
    it already, nothing is written and that activity is the answer.
    """
    known = sent_before(sent_key, owner) if sent_key else None
    if known is not None:
        if is_same(known, kind=kind, **values):
            return known
        sent_key = None
    if values.get("done_at") is None and values.get("due_at") is None:
        values["done_at"] = now
    if kind == Activity.Kind.CALL and not values.get("direction"):
        values["direction"] = Activity.Direction.OUT
    activity = Activity(kind=kind, owner=owner, sent_key=sent_key, **values)
    _check(activity, now)
    store_activity(activity, before=None, now=now)
    if activity.done_at and activity.lead_id and kind != Activity.Kind.NOTE:
        answer_lead(lead=activity.lead, by=None, now=now, at=activity.done_at)  # type: ignore[arg-type]
    if next_step:
        plan_next_step(after=activity, by=by, now=now, **next_step)
    return activity


def sent_before(sent_key: uuid.UUID, owner: Rep) -> Activity | None:
    """What was logged with the key of a form. The rep's row is locked: of two sent at once one waits for the other."""
    Rep.objects.select_for_update(of=("self",)).get(pk=owner.pk)
    return Activity.objects.filter(owner=owner, sent_key=sent_key).first()


def is_same(known: Activity, **values: Any) -> bool:
    """Whether what is sent is what was logged. Whoever goes back in the browser may log something else."""
    texts = all(getattr(known, name) == (values.get(name) or "") for name in ("kind", "body", "outcome"))
    return texts and all(getattr(known, name) == values.get(name) for name in ("lead", "deal", "contact"))


@transaction.atomic
def plan_next_step(
    *, after: Activity, by: User | None, now: datetime.datetime, due_at: datetime.datetime, kind: str = "",
    subject: str = "",
) -> Activity:  # fmt: skip
    """Plan an activity on the same record as ``after``."""
    return log_activity(
        by=by, now=now, kind=kind or after.kind, owner=after.owner, due_at=due_at, subject=subject, lead=after.lead,
        deal=after.deal, account=after.account, contact=after.contact,
    )  # fmt: skip


@transaction.atomic
def complete_activity(
    *, activity: Activity, by: User | None, now: datetime.datetime, outcome: str = "", body: str = "",
    done_at: datetime.datetime | None = None, next_step: dict[str, Any] | None = None, version: int | None = None,
) -> Activity:  # fmt: skip
    """Mark a planned activity as done, and plan the next one with it."""
    activity = lock_activity(activity, by=by, version=version)
    if activity.done_at:
        raise ActionRefused(_("This activity is already done."), "done_at")
    activity.done_at, activity.outcome = done_at or now, outcome or activity.outcome
    if body:
        activity.body = f"{activity.body}\n{body}".strip()
    _check(activity, now)
    store_activity(activity, before=None, now=now)
    if activity.lead_id and activity.kind != Activity.Kind.NOTE:
        answer_lead(lead=activity.lead, by=None, now=now, at=activity.done_at)  # type: ignore[arg-type]
    if next_step:
        plan_next_step(after=activity, by=by, now=now, **next_step)
    return activity


@transaction.atomic
def change_activity(
    *, activity: Activity, by: User | None, now: datetime.datetime, version: int | None = None, **values: Any
) -> Activity:
    """Change fields of an activity, snooze it (``due_at``), or take back that it was done (``done_at`` None)."""
    activity = lock_activity(activity, by=by, version=version)
    before, old_deal = activity.done_on, activity.deal_id
    for key, value in values.items():
        setattr(activity, key, value)
    _check(activity, now)
    store_activity(activity, before=before, now=now)
    if old_deal and old_deal != activity.deal_id:
        refresh_next_step(old_deal, Company.current())
    return activity


@transaction.atomic
def delete_activity(*, activity: Activity, by: User | None, now: datetime.datetime, version: int | None = None) -> None:
    """Take the activity out of every list and figure."""
    activity = lock_activity(activity, by=by, version=version)
    activity.deleted_at = now
    store_activity(activity, before=activity.done_on, now=now)
    write_audit(action="delete", subject=activity, by=by, now=now)


@transaction.atomic
def undo_activity(*, activity: Activity, planned: Activity | None, by: User | None, now: datetime.datetime) -> None:
    """Take back that something was done just now: a next step is open again, what was logged is gone.

    ``planned``: the next step that was planned with it goes too.
    """
    if planned is not None:
        delete_activity(activity=planned, by=by, now=now)
    if activity.due_at:
        change_activity(activity=activity, by=by, now=now, done_at=None, outcome="")
    else:
        delete_activity(activity=activity, by=by, now=now)


@transaction.atomic
def restore_activity(*, activity: Activity, by: User | None, now: datetime.datetime) -> Activity:
    """Undo ``delete_activity``: for who deleted it, and for admins."""
    activity = Activity.objects.select_for_update(of=("self",)).get(pk=activity.pk)
    check_may_undo(activity, by)
    activity.deleted_at = None
    store_activity(activity, before=activity.done_on, now=now)
    write_audit(action="restore", subject=activity, by=by, now=now)
    return activity
