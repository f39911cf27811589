"""Make one record of two that are the same customer or person, and two again.

What is open goes to the one that stays. What is closed stays counted where it was counted: deals won and lost and
subscriptions keep their account, so no figure of the past moves.
"""

import datetime
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, TypeVar

from django.db import models, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.actions.audit import write_audit
from accounts.business_dates import business_date
from accounts.errors import ActionRefused, NotAllowed
from accounts.models import Account, AuditEntry, Company, Contact, User
from accounts.roles import Role
from pipeline.actions.accounts import DIMENSIONS, check_owner, check_parent, lock_account, tell_open_deals
from pipeline.actions.contacts import lock_contact
from pipeline.history import Change, append_changes
from pipeline.later_events import last_moments
from pipeline.merging import FOLLOWERS, differing
from pipeline.models import Deal, DealVersion, Outcome
from pipeline.patches import account_patch

ACTION = "merge"
Record = TypeVar("Record", Account, Contact)
Versions = tuple[int | None, int | None]


@transaction.atomic
def merge_accounts(
    *, kept: Account, gone: Account, by: User | None, now: datetime.datetime, taken: Iterable[str] = (),
    versions: Versions = (None, None),
) -> Account:  # fmt: skip
    """Merge ``gone`` into ``kept``, which takes over the values of the fields ``taken``.

    ``versions``: of both, as looked at. Contacts, leads, activities, subsidiaries and open deals go to ``kept``; open
    deals with its segment, industry and region from today on. Raises ActionRefused, NotAllowed, StaleVersion.
    """
    kept, gone = _lock(kept, gone, by, versions)
    before = _values(kept, gone, taken)
    if "owner" in before:
        check_owner(by, kept.owner)
    if gone.pk == kept.parent_id:
        before.setdefault("parent", gone.pk)
        kept.parent = gone.parent if gone.parent_id != kept.pk else None
    check_parent(kept)
    _save(kept, before)
    patch = {name: getattr(kept, name) for name in DIMENSIONS if name in before}
    if patch:
        tell_open_deals(kept, patch, by=by, now=now)
    deals = _open_deals(gone)
    said = _said_of(deals)
    _tell({pk: account_patch(kept) for pk in deals}, by=by, now=now)
    return _merged(kept, gone, before, {"deals": said}, by=by, now=now)


@transaction.atomic
def merge_contacts(
    *, kept: Contact, gone: Contact, by: User | None, now: datetime.datetime, taken: Iterable[str] = (),
    versions: Versions = (None, None),
) -> Contact:  # fmt: skip
    """Merge a person into another one, as ``merge_accounts``. Closed deals and touches of campaigns keep theirs."""
    kept, gone = _lock(kept, gone, by, versions)
    before = _values(kept, gone, taken)
    _save(kept, before)
    deals = _open_deals(gone)
    Deal.objects.filter(pk__in=deals).update(contact=kept, version=F("version") + 1, updated_at=now)
    return _merged(kept, gone, before, {"deals": {pk: {} for pk in deals}}, by=by, now=now)


@transaction.atomic
def undo_merge(*, gone: Record, by: User | None, now: datetime.datetime) -> Record:
    """Take a merge back: for who merged, and for admins. What was changed or moved on since stays as it is now."""
    model = type(gone)
    gone = model.objects.select_for_update(of=("self",)).get(pk=gone.pk)
    became: Any = gone.merged_into
    if became is None:
        raise ActionRefused(_("This is not merged, or not any more."))
    entry = _entry_of(gone)
    if entry is None or entry.subject_id != gone.merged_into_id:
        raise ActionRefused(_("It was merged once more since. Undo the later merge first."))
    if by is not None and by.role != Role.ADMIN and entry.by_id != by.pk:
        raise NotAllowed(_("Only who merged them, or an admin, can take it back."))
    kept: Record = _lock_one(became, by, None)
    detail = entry.detail
    after = {name: _plain(getattr(kept, name)) for name in detail["before"]}
    back = {name: value for name, value in detail["before"].items() if after[name] == detail["after"][name]}
    for name, value in back.items():
        setattr(kept, kept._meta.get_field(name).attname, value)  # type: ignore[union-attr]
    _save(kept, back)
    if isinstance(kept, Account) and back.keys() & set(DIMENSIONS):
        kept.refresh_from_db()
        tell_open_deals(kept, {n: getattr(kept, n) for n in DIMENSIONS if n in back}, by=by, now=now)
    for follower, field in FOLLOWERS[model]:
        _repoint(follower, field, detail["moved"][_key(follower, field)], old=kept, new=gone, by=by)
    _give_back(kept, gone, {int(pk): patch for pk, patch in detail["deals"].items()}, by=by, now=now)
    gone.merged_into = gone.merged_at = None
    _save(gone, ["merged_into", "merged_at"])
    write_audit(action=f"undo_{ACTION}", subject=gone, by=by, now=now, detail={"from": {"record": str(kept)}})
    return gone


def undoable(model: type[Record], *, by: User) -> models.QuerySet[Record]:
    """Merged records that ``by`` may make their own again: those that he merged, for an admin all, as far as he sees
    what they became."""
    seen = model.objects.visible_to(by).values("pk")
    rows: models.QuerySet[Record] = model.objects.filter(deleted_at=None, merged_into__in=seen)
    if by.role == Role.ADMIN:
        return rows
    own = AuditEntry.objects.filter(action=ACTION, by=by, subject_kind=model._meta.model_name)
    return rows.filter(pk__in=list(own.values_list("detail__gone", flat=True)))


def merged_records(record: Record, *, by: User) -> list[Record]:
    """What was merged into a record, in that order; ``may_undo`` on each. Two queries, one where nothing was."""
    rows: list[Any] = list(type(record).objects.filter(merged_into=record, deleted_at=None).order_by("merged_at", "pk"))
    mine = set(undoable(type(record), by=by).filter(merged_into=record).values_list("pk", flat=True)) if rows else set()
    for row in rows:
        row.may_undo = row.pk in mine
    return rows


def _entry_of(gone: Account | Contact) -> AuditEntry | None:
    """The line of the audit log about the merge by which this record went."""
    rows = AuditEntry.objects.filter(action=ACTION, subject_kind=gone._meta.model_name, detail__gone=gone.pk)
    return rows.order_by("-pk").first()


def _lock_one(record: Record, by: User | None, version: int | None) -> Record:
    if isinstance(record, Account):
        return lock_account(record, by=by, version=version)
    return lock_contact(record, by=by, version=version)


def _lock(kept: Record, gone: Record, by: User | None, versions: Versions) -> tuple[Record, Record]:
    """Both, locked in the order of their keys so that two merges never wait for each other."""
    if kept.pk == gone.pk:
        raise ActionRefused(_("Pick another one: this is the same record."), "other")
    wanted = dict(zip((kept.pk, gone.pk), versions, strict=True))
    ordered = sorted((kept, gone), key=lambda row: row.pk)
    locked = {row.pk: _lock_one(row, by, wanted[row.pk]) for row in ordered}
    return locked[kept.pk], locked[gone.pk]


def _values(kept: Record, gone: Record, taken: Iterable[str]) -> dict[str, Any]:
    """Give ``kept`` the values of ``gone``; what it had before."""
    names = set(taken) & set(differing(kept, gone))
    before = {name: _plain(getattr(kept, name)) for name in sorted(names)}
    for name in before:
        setattr(kept, name, getattr(gone, name))
    return before


def _save(record: Account | Contact, fields: Iterable[str]) -> None:
    record.version += 1
    record.save(update_fields=[*fields, "version", "updated_at"])


def _open_deals(gone: Account | Contact) -> list[int]:
    """The open deals of a record, deleted ones too, locked."""
    rows = Deal.objects.filter(**{gone._meta.model_name or "": gone}, outcome=Outcome.OPEN)
    return list(rows.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))


def _said_of(deals: list[int]) -> dict[int, dict[str, Any]]:
    """What the history says of the deals' account today, as a patch; nothing of deleted ones, which have no version."""
    rows = DealVersion.objects.known_on(None).valid_on(None).filter(deal__in=deals)
    found = {row.deal_id: {"account": row.account_id, **{n: getattr(row, n) for n in DIMENSIONS}} for row in rows}
    return {pk: found.get(pk, {}) for pk in deals}


def _tell(patches: dict[int, dict[str, Any]], *, by: User | None, now: datetime.datetime) -> None:
    """Append what becomes true of deals today, after all that was written of them before."""
    if not patches:
        return
    company = Company.current()
    today = business_date(now, company.zone)
    moments = last_moments(list(patches))
    Deal.objects.filter(pk__in=patches).update(version=F("version") + 1, updated_at=now)
    changes = [
        Change(pk, patch, today, max(now, moments.get(pk) or now), by=by, reason="Two accounts were merged.")
        for pk, patch in patches.items()
    ]
    append_changes(changes, now=now, company=company)


def _merged(
    kept: Record, gone: Record, before: dict[str, Any], more: dict[str, Any], *, by: User | None, now: datetime.datetime
) -> Record:
    """Move what follows, take ``gone`` out of the lists and write it all down."""
    moved = {}
    for model, field in FOLLOWERS[type(kept)]:
        rows = model._default_manager.filter(**{field: gone}).exclude(pk=kept.pk)
        moved[_key(model, field)] = ids = sorted(rows.values_list("pk", flat=True))
        _repoint(model, field, ids, old=gone, new=kept, by=by)
    gone.merged_into, gone.merged_at = kept, now
    _save(gone, ["merged_into", "merged_at"])
    counts = {name: len(ids) for name, ids in (moved | more).items() if ids}
    detail = {
        "to": {"record": str(gone), **counts, **{name: str(getattr(kept, name) or "") for name in before}},
        "gone": gone.pk,
        "before": before,
        "after": {name: _plain(getattr(kept, name)) for name in before},
        "moved": moved,
        **more,
    }
    write_audit(action=ACTION, subject=kept, by=by, now=now, detail=detail)
    return kept


def _key(model: type[models.Model], field: str) -> str:
    """How the audit log names rows that follow: contacts, leads, activities, subsidiaries, merged."""
    related: Any = model._meta.get_field(field)
    return str(related.remote_field.related_name)


def _repoint(
    model: type[models.Model], field: str, ids: list[int], *, old: Account | Contact, new: Account | Contact,
    by: User | None,
) -> None:  # fmt: skip
    """Let rows that still name ``old`` name ``new``, with a line in the history of those that have one."""
    rows = model._default_manager.filter(pk__in=ids, **{field: old})
    if not hasattr(model, "history"):
        rows.update(**{field: new})
        return
    for row in rows.order_by("pk").select_for_update(of=("self",)):
        setattr(row, field, new)
        row._history_user = by  # type: ignore[attr-defined]
        row.save(update_fields=[field, "updated_at"])


def _give_back(
    kept: Account | Contact, gone: Account | Contact, said: dict[int, dict[str, Any]], *, by: User | None,
    now: datetime.datetime,
) -> None:  # fmt: skip
    """The deals that went along and are still open and with ``kept``."""
    still = set(_open_deals(kept)) & said.keys()
    if isinstance(gone, Contact):
        Deal.objects.filter(pk__in=still).update(contact=gone, version=F("version") + 1, updated_at=now)
        return
    _tell({pk: said[pk] or account_patch(gone) for pk in sorted(still)}, by=by, now=now)


def _plain(value: Any) -> Any:
    if isinstance(value, models.Model):
        return value.pk
    return str(value) if isinstance(value, Decimal) else value
