"""Writes of a person at a customer company."""

import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.audit import write_audit
from accounts.errors import NotAllowed, StaleVersion
from accounts.models import Account, Contact, User
from pipeline.actions.deletions import check_may_undo


def lock_contact(contact: Contact, *, by: User | None, version: int | None = None) -> Contact:
    """The contact's row, locked. NotAllowed when ``by`` may only read it, StaleVersion when it was saved meanwhile."""
    locked = Contact.objects.select_for_update(of=("self",)).get(pk=contact.pk, deleted_at=None, merged_into=None)
    if by is not None and not Contact.objects.writable_by(by).filter(pk=contact.pk).exists():
        raise NotAllowed(_("You may read this contact, but not change it."))
    if version is not None and version != locked.version:
        raise StaleVersion(locked)
    return locked


@transaction.atomic
def create_contact(
    *, by: User | None, now: datetime.datetime, account: Account, name: str, **values: Any
) -> Contact:  # fmt: skip
    """Add a person to an account that ``by`` may change."""
    if by is not None and not Account.objects.writable_by(by).filter(pk=account.pk).exists():
        raise NotAllowed(_("You may read this account, but not change it."))
    contact = Contact.objects.create(account=account, name=name, created_at=now, **values)
    write_audit(action="create", subject=contact, by=by, now=now)
    return contact


@transaction.atomic
def change_contact(
    *, contact: Contact, by: User | None, now: datetime.datetime, version: int | None = None, **values: Any
) -> Contact:
    """Change fields of a contact. Raises NotAllowed, StaleVersion."""
    contact = lock_contact(contact, by=by, version=version)
    changed = {key: value for key, value in values.items() if getattr(contact, key) != value}
    if not changed:
        return contact
    old = {key: str(getattr(contact, key) or "") for key in changed}
    for key, value in changed.items():
        setattr(contact, key, value)
    contact.version += 1
    contact.save()
    new = {key: str(value or "") for key, value in changed.items()}
    write_audit(action="change", subject=contact, by=by, now=now, detail={"from": old, "to": new})
    return contact


@transaction.atomic
def delete_contact(*, contact: Contact, by: User | None, now: datetime.datetime, version: int | None = None) -> None:
    """Take the contact out of every list; deals and activities keep the name in their history."""
    contact = lock_contact(contact, by=by, version=version)
    _mark(contact, now)
    write_audit(action="delete", subject=contact, by=by, now=now)


@transaction.atomic
def restore_contact(*, contact: Contact, by: User | None, now: datetime.datetime) -> Contact:
    """Undo ``delete_contact``: for who deleted it, and for admins."""
    contact = Contact.objects.select_for_update(of=("self",)).get(pk=contact.pk)
    check_may_undo(contact, by)
    _mark(contact, None)
    write_audit(action="restore", subject=contact, by=by, now=now)
    return contact


def _mark(contact: Contact, deleted_at: datetime.datetime | None) -> None:
    contact.deleted_at = deleted_at
    contact.version += 1
    contact.save(update_fields=["deleted_at", "version", "updated_at"])
