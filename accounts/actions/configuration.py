"""Writes of what only admins configure: one way to create, change and delete such a row, with its audit line."""

import datetime
from typing import Any, TypeVar, cast

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from accounts.actions.audit import write_audit
from accounts.errors import ActionRefused, NotAllowed
from accounts.models import User
from accounts.roles import Role
from accounts.uses import Words, uses_of

Row = TypeVar("Row", bound=models.Model)


def check_admin(by: User | None) -> None:
    """NotAllowed unless ``by`` is an active admin at this moment, whatever the session says; None is the system."""
    if by is not None and not User.objects.filter(pk=by.pk, role=Role.ADMIN, is_active=True).exists():
        raise NotAllowed(_("Only an admin may change this."))


@transaction.atomic
def create_row(model: type[Row], *, by: User | None, now: datetime.datetime, **values: Any) -> Row:
    """Take in a new row of configuration. Raises ActionRefused, NotAllowed."""
    check_admin(by)
    row = model(**values)
    save_row(row, now=now)
    write_audit(action="create", subject=row, by=by, now=now, detail={"to": plain_values(values)})
    return row


@transaction.atomic
def change_row(
    row: Row, *, by: User | None, now: datetime.datetime, **values: Any
) -> tuple[Row, dict[str, Any]]:  # fmt: skip
    """Change fields of a row; the row as it is now and the old values of what differed (empty: nothing did).

    Raises ActionRefused, NotAllowed.
    """
    check_admin(by)
    row = locked_row(row)
    old = {name: getattr(row, name) for name, value in values.items() if getattr(row, name) != value}
    if not old:
        return row, {}
    for name in old:
        setattr(row, name, values[name])
    save_row(row, now=now)
    new = {name: values[name] for name in old}
    detail = {"from": plain_values(old), "to": plain_values(new)}
    write_audit(action="change", subject=row, by=by, now=now, detail=detail)
    return row, old


@transaction.atomic
def delete_row(
    row: models.Model,
    *,
    by: User | None,
    now: datetime.datetime,
    parts: tuple[type[models.Model], ...] = (),
    words: Words | None = None,
) -> None:
    """Delete a row that nothing needs. ActionRefused names what needs it; ``parts`` and ``words`` as in ``uses_of``."""
    check_admin(by)
    row = locked_row(row)
    uses = uses_of(row, parts=parts, words=words)
    if uses:
        message = _("“%(name)s” stays: it is used by %(uses)s.")
        raise ActionRefused(message % {"name": row, "uses": ", ".join(uses)})
    write_audit(action="delete", subject=row, by=by, now=now)
    date_history(row, now).delete()


def locked_row(row: Row) -> Row:
    """The row as the database has it, locked until the transaction ends."""
    rows = cast("models.Manager[Row]", row._meta.model._default_manager)
    return rows.select_for_update(of=("self",)).get(pk=row.pk)


def date_history(row: Row, now: datetime.datetime) -> Row:
    """The same row; what history keeps of its next write is dated at ``now``, not by the clock of the machine."""
    row._history_date = now  # type: ignore[attr-defined]
    return row


def save_row(row: models.Model, *, now: datetime.datetime | None = None) -> None:
    """Save; what a constraint of the database forbids is refused with words, not with a failure.

    ``now``: what history says of when it was.
    """
    if now is not None:
        date_history(row, now)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        message = _(
            "The database refused these values: another record has them already, or they contradict each other."
        )
        raise ActionRefused(message) from error


def plain_values(values: dict[str, Any]) -> dict[str, Any]:
    """Values as JSON keeps them: numbers, yes and no and lists as they are, everything else as text."""
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | str):
        return value
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else str(value)
