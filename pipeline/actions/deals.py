"""Writes of a deal. Each appends events; the deal row, its versions and visits follow from them."""

import datetime
from collections.abc import Collection
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.audit import write_audit
from accounts.business_dates import business_date
from accounts.errors import ActionRefused, NotAllowed, StaleVersion
from accounts.models import Account, Company, Contact, Rep, User
from accounts.money import MoneyError, check_currency
from accounts.rates import RateBook
from accounts.roles import Role
from pipeline.actions.deletions import check_may_undo
from pipeline.actions.pipelines import create_standard_pipeline, first_open_stage
from pipeline.gates import check_gate
from pipeline.history import Change, append_changes
from pipeline.later_events import events_in_order, with_later_events
from pipeline.models import Campaign, Channel, Deal, Outcome, Stage
from pipeline.patches import (
    account_patch,
    money_patch,
    opening_patch,
)


def lock_deal(deal: Deal, *, by: User | None, version: int | None) -> Deal:
    """The deal's row, locked. NotAllowed when ``by`` may only read it, StaleVersion when it was saved meanwhile."""
    # First the lock, then the joins: PostgreSQL loses a row whose stage or owner changed while it waited.
    Deal.objects.select_for_update().filter(deleted_at=None).only("pk").get(pk=deal.pk)
    locked = Deal.objects.select_related("stage", "pipeline", "owner", "account").get(pk=deal.pk)
    if by is not None and not Deal.objects.writable_by(by).filter(pk=deal.pk).exists():
        raise NotAllowed(_("You may read this deal, but not change it."))
    if version is not None and version != locked.version:
        raise StaleVersion(locked)
    return locked


@transaction.atomic
def create_deal(
    *,
    by: User | None,
    now: datetime.datetime,
    name: str,
    owner: Rep | None,
    account: Account | None = None,
    contact: Contact | None = None,
    stage: Stage | None = None,
    amount: Decimal | None = None,
    currency: str = "",
    opened_at: datetime.datetime | None = None,
    expected_close_on: datetime.date | None = None,
    kind: str = Deal.Kind.NEW,
    channel: Channel | None = None,
    campaign: Campaign | None = None,
    probability: Decimal | None = None,
    forecast_category: str = "",
    competitor: str = "",
) -> Deal:
    """Open a deal; without a stage it begins in the first open one of the first pipeline.

    Raises ActionRefused for a closing stage, a field that the stage asks for and is empty, a start in the future or an
    amount that its currency can't hold.
    """
    company = Company.current()
    stage = stage or first_open_stage(create_standard_pipeline())
    opened_at = opened_at or now
    if stage.outcome != Outcome.OPEN:
        raise ActionRefused(_("A new deal begins in an open stage."), "stage")
    if opened_at > now:
        raise ActionRefused(_("A deal can't have begun in the future."), "opened_at")
    currency = _currency(currency or company.base_currency)
    deal = Deal(
        name=name, account=account, contact=contact, channel=channel, campaign=campaign, owner=owner,
        pipeline=stage.pipeline, stage=stage, amount=amount, currency=currency, opened_at=opened_at,
        expected_close_on=expected_close_on, kind=kind, probability=probability,
        forecast_category=forecast_category, competitor=competitor,
    )  # fmt: skip
    check_gate(deal, stage)
    day = business_date(opened_at, company.zone)
    money = money_of(deal, amount, currency, day, company)
    deal.save()
    patch = opening_patch(deal, opened_on=day, money=money, stage=stage)
    append_patch(deal, patch, by=by, now=now, company=company, at=opened_at, on=day)
    return deal


@transaction.atomic
def change_deal(
    *, deal: Deal, by: User | None, now: datetime.datetime, version: int | None = None, **values: Any
) -> Deal:
    """Change fields of a deal as of today: name, account, contact, amount, currency, expected_close_on, kind, channel,
    campaign, probability, forecast_category, competitor. Raises ActionRefused, NotAllowed, StaleVersion."""
    company = Company.current()
    deal = lock_deal(deal, by=by, version=version)
    changed = {key: value for key, value in values.items() if getattr(deal, key) != value}
    if not changed:
        return deal
    day = business_date(now, company.zone)
    if deal.outcome != Outcome.OPEN and deal.closed_at:
        day = business_date(deal.closed_at, company.zone)
    for key, value in changed.items():
        setattr(deal, key, value)
    patch = patch_of(deal, changed.keys(), day, company)
    touch_deal(deal, "name", "contact", "probability", "forecast_category", "competitor")
    if patch:
        append_patch(deal, patch, by=by, now=now, company=company, on=day)
    return deal


def patch_of(deal: Deal, changed: Collection[str], day: datetime.date, company: Company) -> dict[str, Any]:
    """What the changed fields of a deal say to its history."""
    patch: dict[str, Any] = {}
    if {"amount", "currency"} & set(changed):
        patch |= money_of(deal, deal.amount, _currency(deal.currency), day, company)
    if "account" in changed:
        patch |= account_patch(deal.account)
    if {"probability", "forecast_category"} & set(changed):
        patch |= {"probability_bp": deal.effective_probability_bp, "category": deal.effective_category}
    if "expected_close_on" in changed:
        patch["expected_close_on"] = deal.expected_close_on.isoformat() if deal.expected_close_on else None
    plain = {"channel": deal.channel_id, "campaign": deal.campaign_id, "kind": deal.kind, "name": deal.name}
    plain["competitor"] = deal.competitor
    return patch | {key: value for key, value in plain.items() if key in changed}


@transaction.atomic
def assign_deal(*, deal: Deal, owner: Rep, by: User | None, now: datetime.datetime, version: int | None = None) -> Deal:
    """Give the deal to another rep from today on. Managers inside their teams, admins everywhere."""
    company = Company.current()
    deal = lock_deal(deal, by=by, version=version)
    check_may_assign(by, owner)
    if owner.pk != deal.owner_id:
        touch_deal(deal)
        append_patch(deal, {"owner": owner.pk}, by=by, now=now, company=company)
    return deal


def check_may_assign(by: User | None, owner: Rep) -> None:
    """NotAllowed unless ``by`` is an admin, or a manager whose team ``owner`` is in; None is the system."""
    if by is None or by.role == Role.ADMIN:
        return
    if by.role != Role.MANAGER or not Rep.objects.visible_to(by).filter(pk=owner.pk).exists():
        raise NotAllowed(_("Only a manager of the team or an admin may give a record to somebody else."))


@transaction.atomic
def delete_deal(*, deal: Deal, by: User | None, now: datetime.datetime, version: int | None = None) -> None:
    """Take the deal out of every list and figure; its events stay and ``restore_deal`` brings it back."""
    deal = lock_deal(deal, by=by, version=version)
    touch_deal(deal)
    append_patch(deal, {"deleted": now.isoformat()}, by=by, now=now, company=Company.current())
    write_audit(action="delete", subject=deal, by=by, now=now)


@transaction.atomic
def restore_deal(*, deal: Deal, by: User | None, now: datetime.datetime) -> Deal:
    """Undo ``delete_deal``: for who deleted it, and for admins."""
    deal = Deal.objects.select_for_update(of=("self",)).get(pk=deal.pk)
    check_may_undo(deal, by)
    touch_deal(deal)
    append_patch(deal, {"deleted": None}, by=by, now=now, company=Company.current())
    write_audit(action="restore", subject=deal, by=by, now=now)
    return deal


def append_patch(
    deal: Deal, patch: dict[str, Any], *, by: User | None, now: datetime.datetime, company: Company,
    at: datetime.datetime | None = None, on: datetime.date | None = None,
) -> None:  # fmt: skip
    """Write what changed, true from ``at`` (else from the day ``on``, else from ``now``) until something later is said.

    Events of later days that were there before do not hide what is entered for a past day: ``with_later_events``. What
    is true from now on comes after all that somebody else wrote while this change waited for its turn.
    """
    today = business_date(now, company.zone)
    ordered = events_in_order(deal.pk)
    if at is None and on in (None, today):
        last = ordered[-1][1].effective_at if ordered else None
        changes = [Change(deal.pk, patch, today, max(now, last) if last else now, by=by)]
    else:
        day = on or today
        changes = with_later_events(Change(deal.pk, patch, day, at or (now if day == today else None), by=by), ordered)
    append_changes(changes, now=now, company=company)
    deal.refresh_from_db()


def touch_deal(deal: Deal, *fields: str) -> None:
    deal.version += 1
    deal.save(update_fields=["version", "updated_at", *fields])


def _currency(code: str) -> str:
    try:
        return check_currency(code)
    except MoneyError as error:
        raise ActionRefused(str(error), "currency") from error


def money_of(deal: Deal, amount: Decimal | None, currency: str, day: datetime.date, company: Company) -> dict[str, Any]:
    if amount is not None and amount < 0 and deal.kind != Deal.Kind.CREDIT:
        raise ActionRefused(_("Only a credit deal may have a negative amount."), "amount")
    try:
        return money_patch(
            amount=amount, currency=currency, day=day, rates=RateBook.load([currency], company), company=company
        )
    except MoneyError as error:
        raise ActionRefused(str(error), "amount") from error
