"""Writes of a lead."""

import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.audit import write_audit
from accounts.errors import ActionRefused, NotAllowed, StaleVersion
from accounts.memberships import TeamHistory
from accounts.models import Account, Company, Contact, Rep, User
from pipeline.actions.deals import check_may_assign, create_deal
from pipeline.actions.deletions import check_may_undo
from pipeline.duplicates import business_domain
from pipeline.history import queue_days
from pipeline.leads import fill_lead_dates, lead_days, status_of
from pipeline.models import Activity, ChangedDay, Deal, Lead
from pipeline.routing import Router


def lock_lead(lead: Lead, *, by: User | None, version: int | None = None) -> Lead:
    """The lead's row, locked. NotAllowed when ``by`` may only read it, StaleVersion when it was saved meanwhile."""
    locked = Lead.objects.select_for_update(of=("self",)).get(pk=lead.pk, deleted_at=None)
    if by is not None and not Lead.objects.writable_by(by).filter(pk=lead.pk).exists():
        raise NotAllowed(_("You may read this lead, but not change it."))
    if version is not None and version != locked.version:
        raise StaleVersion(locked)
    return locked


def store_lead(lead: Lead, *, before: set[tuple[datetime.date, datetime.date]], now: datetime.datetime) -> Lead:
    """Save a lead with its derived dates and queue the days whose figures it moves."""
    company = Company.current()
    fill_lead_dates(lead, company.zone)
    lead.status = status_of(lead)
    if lead.owner_id and not lead.first_owner_id:
        if lead.pk and lead.assigned_at is None:
            lead.assigned_at = now
        lead.first_owner_id = lead.owner_id
        lead.first_team_id = TeamHistory.load([lead.owner_id]).team_on(lead.owner_id, lead.created_on)
    if lead.pk:
        lead.version += 1
    lead.save()
    queue_days(ChangedDay.Subject.LEADS, before | lead_days(lead), now=now)
    return lead


@transaction.atomic
def create_lead(*, by: User | None, now: datetime.datetime, name: str, **values: Any) -> Lead:
    """Take in a lead. Without an owner and a team's queue to wait in it goes to whom the rules of routing say.

    One that somebody enters for himself was never assigned; one that is entered for another rep is, at once.
    """
    values.setdefault("created_at", now)
    if values["created_at"] > now:
        raise ActionRefused(_("A lead can't have come in the future."), "created_at")
    if values.get("owner") is None and values.get("team") is None:
        values["owner"] = _routed(Lead(name=name, **values))
    owner: Rep | None = values.get("owner")
    if owner is not None and (by is None or owner.user_id != by.pk):
        values.setdefault("assigned_at", now)
    lead = store_lead(Lead(name=name, **values), before=set(), now=now)
    write_audit(action="create", subject=lead, by=by, now=now)
    return lead


def _routed(lead: Lead) -> Rep | None:
    """Whose turn it is by the first rule that fits; None without one."""
    router = Router.load(locked=True)
    rep = router.give(lead)
    router.store()
    return rep


@transaction.atomic
def change_lead(
    *, lead: Lead, by: User | None, now: datetime.datetime, version: int | None = None, **values: Any
) -> Lead:
    """Change fields of a lead. Raises NotAllowed, StaleVersion."""
    lead = lock_lead(lead, by=by, version=version)
    before = lead_days(lead)
    old = {key: str(getattr(lead, key) or "") for key in values}
    for key, value in values.items():
        setattr(lead, key, value)
    new = {key: str(getattr(lead, key) or "") for key in values}
    if old == new:
        return lead
    store_lead(lead, before=before, now=now)
    write_audit(action="change", subject=lead, by=by, now=now, detail={"from": old, "to": new})
    return lead


def _refuse_finished(lead: Lead) -> None:
    if lead.status in (Lead.Status.CONVERTED, Lead.Status.DISQUALIFIED):
        raise ActionRefused(
            _("This lead is already %(status)s.") % {"status": lead.get_status_display().lower()}, "status"
        )


@transaction.atomic
def assign_lead(*, lead: Lead, owner: Rep, by: User | None, now: datetime.datetime, version: int | None = None) -> Lead:
    """Give the lead to a rep. A rep may claim an unowned one of his queue for himself."""
    lead = lock_lead(lead, by=by, version=version)
    check_may_give(lead, owner, by)
    return put_lead(lead, by, now, "assign", owner=owner)


def check_may_give(lead: Lead, owner: Rep, by: User | None) -> None:
    """NotAllowed unless ``by`` may give the lead to ``owner``; anyone who sells may claim one that nobody has."""
    claims = by is not None and lead.owner_id is None and owner.user_id == by.pk
    if not claims:
        check_may_assign(by, owner)


@transaction.atomic
def answer_lead(*, lead: Lead, by: User | None, now: datetime.datetime, at: datetime.datetime | None = None) -> Lead:
    """Stop the first-response clock; a lead that was answered before keeps its first answer."""
    lead = lock_lead(lead, by=by)
    if lead.first_responded_at:
        return lead
    return put_lead(lead, by, now, "answer", first_responded_at=max(at or now, lead.created_at))


@transaction.atomic
def qualify_lead(*, lead: Lead, by: User | None, now: datetime.datetime, version: int | None = None) -> Lead:
    """Mark the lead as worth a deal."""
    lead = lock_lead(lead, by=by, version=version)
    _refuse_finished(lead)
    return lead if lead.qualified_at else put_lead(lead, by, now, "qualify", qualified_at=now)


@transaction.atomic
def disqualify_lead(
    *, lead: Lead, reason: str, by: User | None, now: datetime.datetime, version: int | None = None
) -> Lead:
    """Set the lead aside with a reason. Spam, test and duplicate leave every count and rate."""
    lead = lock_lead(lead, by=by, version=version)
    _refuse_finished(lead)
    if not reason.strip():
        raise ActionRefused(
            _("A reason is needed, for instance spam, test, duplicate, no budget or no need."), "reason"
        )
    return put_lead(lead, by, now, "disqualify", disqualified_at=now, disqualified_reason=reason.strip())


@transaction.atomic
def reopen_lead(*, lead: Lead, by: User | None, now: datetime.datetime) -> Lead:
    """Undo a disqualification."""
    lead = lock_lead(lead, by=by)
    if lead.status != Lead.Status.DISQUALIFIED:
        raise ActionRefused(_("Only a disqualified lead can be taken up again."), "status")
    return put_lead(lead, by, now, "reopen", disqualified_at=None, disqualified_reason="")


@transaction.atomic
def delete_lead(*, lead: Lead, by: User | None, now: datetime.datetime, version: int | None = None) -> None:
    """Take the lead out of every list and figure."""
    put_lead(lock_lead(lead, by=by, version=version), by, now, "delete", deleted_at=now)


@transaction.atomic
def restore_lead(*, lead: Lead, by: User | None, now: datetime.datetime) -> Lead:
    """Undo ``delete_lead``: for who deleted it, and for admins."""
    lead = Lead.objects.select_for_update(of=("self",)).get(pk=lead.pk)
    check_may_undo(lead, by)
    return put_lead(lead, by, now, "restore", deleted_at=None)


def put_lead(lead: Lead, by: User | None, now: datetime.datetime, action: str, **values: Any) -> Lead:
    """Set values of a locked lead, with its dates, its days and its line in the audit log."""
    before = lead_days(lead)
    old = {key: str(getattr(lead, key) or "") for key in values}
    for key, value in values.items():
        setattr(lead, key, value)
    store_lead(lead, before=before, now=now)
    new = {key: str(value or "") for key, value in values.items()}
    write_audit(action=action, subject=lead, by=by, now=now, detail={"from": old, "to": new})
    return lead


@transaction.atomic
def convert_lead(
    *,
    lead: Lead,
    by: User | None,
    now: datetime.datetime,
    account: Account | None = None,
    contact: Contact | None = None,
    deal_name: str = "",
    version: int | None = None,
    **deal_values: Any,
) -> Deal:
    """Turn a lead into an account, a contact and an open deal, all or nothing. Idempotent: a converted lead gives its
    deal again. Without ``account`` a new one is made from the lead's company.
    """
    lead = lock_lead(lead, by=by)
    if lead.deal_id:
        return lead.deal  # type: ignore[return-value]
    if version is not None and version != lead.version:
        raise StaleVersion(lead)
    _refuse_finished(lead)
    owner = lead.owner or getattr(by, "rep", None)
    if owner is None:
        raise ActionRefused(_("Claim or assign the lead before you convert it."), "owner")
    if account is None:
        domain = business_domain(lead.email)
        account = Account.objects.create(name=lead.company or lead.name, domain=domain, owner=owner, created_at=now)
        write_audit(action="create", subject=account, by=by, now=now)
    if contact is None:
        contact = Contact.objects.create(
            account=account, name=lead.name, email=lead.email, phone=lead.phone, created_at=now
        )
    deal_values.setdefault("channel", lead.channel)
    deal_values.setdefault("campaign", lead.campaign)
    deal = create_deal(
        by=by, now=now, name=deal_name or f"{account.name}", owner=owner, account=account, contact=contact,
        **deal_values,
    )  # fmt: skip
    Activity.objects.filter(lead=lead).update(deal=deal, account=account)
    put_lead(
        lead, by, now, "convert", owner=owner, account=account, contact=contact, deal=deal, converted_at=now,
        qualified_at=lead.qualified_at or now,
    )  # fmt: skip
    return deal
