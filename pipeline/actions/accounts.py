"""Writes of a customer company."""

import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.audit import write_audit
from accounts.business_dates import business_date
from accounts.errors import ActionRefused, NotAllowed, StaleVersion
from accounts.models import Account, Company, Rep, User
from accounts.roles import Role
from pipeline.actions.deals import check_may_assign
from pipeline.actions.deletions import check_may_undo
from pipeline.history import Change, append_changes
from pipeline.models import Deal, Subscription

DIMENSIONS = ("segment", "industry", "region", "is_key")
"""Fields that figures are sliced by. A change holds for open deals from today; what is closed keeps what it had."""


def lock_account(account: Account, *, by: User | None, version: int | None = None) -> Account:
    """The account's row, locked. NotAllowed when ``by`` may only read it, StaleVersion when it was saved meanwhile."""
    locked = Account.objects.select_for_update(of=("self",)).get(pk=account.pk, deleted_at=None, merged_into=None)
    if by is not None and not Account.objects.writable_by(by).filter(pk=account.pk).exists():
        raise NotAllowed(_("You may read this account, but not change it."))
    if version is not None and version != locked.version:
        raise StaleVersion(locked)
    return locked


@transaction.atomic
def create_account(
    *, by: User | None, now: datetime.datetime, name: str, owner: Rep | None = None, **values: Any
) -> Account:
    """Take in a customer company. Without ``owner`` it belongs to the rep who creates it."""
    own: Rep | None = getattr(by, "rep", None)
    owner = owner or own
    if owner is None or owner != own:
        check_owner(by, owner)
    account = Account(name=name, owner=owner, created_at=now, **values)
    check_parent(account)
    account.save()
    write_audit(action="create", subject=account, by=by, now=now)
    return account


@transaction.atomic
def change_account(
    *, account: Account, by: User | None, now: datetime.datetime, version: int | None = None, **values: Any
) -> Account:
    """Change fields of an account. Raises ActionRefused, NotAllowed, StaleVersion.

    A new segment, industry or region, and whether it is a key account, go into the history of its open deals from
    today on.
    """
    account = lock_account(account, by=by, version=version)
    changed = {key: value for key, value in values.items() if getattr(account, key) != value}
    if not changed:
        return account
    if "owner" in changed:
        check_owner(by, changed["owner"])
    old = {key: str(getattr(account, key) or "") for key in changed}
    for key, value in changed.items():
        setattr(account, key, value)
    check_parent(account)
    account.version += 1
    account.save()
    patch = {key: changed[key] for key in DIMENSIONS if key in changed}
    if patch:
        tell_open_deals(account, patch, by=by, now=now)
    new = {key: str(value or "") for key, value in changed.items()}
    write_audit(action="change", subject=account, by=by, now=now, detail={"from": old, "to": new})
    return account


@transaction.atomic
def delete_account(*, account: Account, by: User | None, now: datetime.datetime, version: int | None = None) -> None:
    """Take an account without deals and subscriptions out of every list, its contacts with it."""
    account = lock_account(account, by=by, version=version)
    family = Account.objects.family(account)
    if (
        Deal.objects.live().filter(account__in=family).exists()
        or Subscription.objects.filter(account__in=family).exists()
    ):
        raise ActionRefused(_("An account with deals or subscriptions stays: figures are made of them."), "account")
    account.deleted_at = now
    account.version += 1
    account.save(update_fields=["deleted_at", "version", "updated_at"])
    write_audit(action="delete", subject=account, by=by, now=now)


@transaction.atomic
def restore_account(*, account: Account, by: User | None, now: datetime.datetime) -> Account:
    """Undo ``delete_account``: for who deleted it, and for admins."""
    account = Account.objects.select_for_update(of=("self",)).get(pk=account.pk)
    check_may_undo(account, by)
    account.deleted_at = None
    account.version += 1
    account.save(update_fields=["deleted_at", "version", "updated_at"])
    write_audit(action="restore", subject=account, by=by, now=now)
    return account


def tell_open_deals(account: Account, patch: dict[str, Any], *, by: User | None, now: datetime.datetime) -> None:
    """Put an account's new dimensions into the history of its open deals, from today on."""
    company = Company.current()
    today = business_date(now, company.zone)
    deals = Deal.objects.live().open().filter(account=account).order_by("pk").select_for_update(of=("self",))
    changes = [
        Change(pk, patch, today, now, by=by, reason="The account's data changed.")
        for pk in deals.values_list("pk", flat=True)
    ]
    if changes:
        append_changes(changes, now=now, company=company)


def check_parent(account: Account) -> None:
    """Refuse a parent below the account itself: companies form a tree."""
    above, seen = account.parent, set()
    while above is not None and above.pk not in seen:
        if above.pk == account.pk:
            raise ActionRefused(_("An account can't stand below itself."), "parent")
        seen.add(above.pk)
        above = above.parent


def check_owner(by: User | None, owner: Rep | None) -> None:
    """A rep's accounts are his own; a manager gives them to the team, an admin to anybody or nobody."""
    if owner is not None:
        check_may_assign(by, owner)
    elif by is not None and by.role != Role.ADMIN:
        raise ActionRefused(_("Say which rep the account belongs to."), "owner")
