"""Writes of metrics that admins make. A change of what is computed is a new version; the old one is kept."""

import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.audit import write_audit
from accounts.actions.configuration import check_admin, create_row, locked_row, plain_values, save_row
from accounts.errors import ActionRefused
from accounts.models import User
from metrics.composing import Composition, check_members, check_slug, compose, is_same_arithmetic
from metrics.errors import QuestionRefused
from metrics.known import composition_of
from metrics.models import MetricDefinition, MetricVersion

FIELDS = (
    "name", "meaning", "better", "top", "top_where", "bottom", "bottom_where", "shown_as", "operator", "dimensions",
)  # fmt: skip


@transaction.atomic
def define_metric(*, told: Composition, by: User | None, now: datetime.datetime) -> MetricDefinition:
    """Make a metric, version 1. Raises ActionRefused with the field, NotAllowed."""
    check_admin(by)
    _check(told, is_new=True)
    row = create_row(
        MetricDefinition, by=by, now=now, slug=told.slug, **_values(told), created_at=now, created_by=by,
        changed_at=now,
    )  # fmt: skip
    _keep(row, by=by, now=now)
    return row


@transaction.atomic
def redefine_metric(
    *, definition: MetricDefinition, told: Composition, by: User | None, now: datetime.datetime
) -> MetricDefinition:
    """Let a metric be computed or told otherwise; its slug stays. New words alone are no new version.

    Raises ActionRefused with the field, NotAllowed.
    """
    check_admin(by)
    row = locked_row(definition)
    old = {name: getattr(row, name) for name in FIELDS}
    new = _values(told)
    changed = [name for name in FIELDS if old[name] != new[name]]
    if not changed:
        return row
    _check(told)
    is_new = not _is_same(row, told)
    for name in changed:
        setattr(row, name, new[name])
    row.version += is_new
    row.changed_at = now
    save_row(row)
    if is_new:
        _keep(row, by=by, now=now)
    else:
        row.versions.filter(version=row.version).update(**new)
    detail = {"from": plain_values({name: old[name] for name in changed}),
              "to": plain_values({name: new[name] for name in changed}), "version": row.version}  # fmt: skip
    write_audit(action="change", subject=row, by=by, now=now, detail=detail)
    return row


@transaction.atomic
def retire_metric(*, definition: MetricDefinition, by: User | None, now: datetime.datetime) -> MetricDefinition:
    """Offer a metric no more; what was frozen of it stays. ActionRefused when it is retired already."""
    return _set_retired(definition, now, by=by, now=now)


@transaction.atomic
def restore_metric(*, definition: MetricDefinition, by: User | None, now: datetime.datetime) -> MetricDefinition:
    """Offer a retired metric again, if its definition still holds."""
    _check(composition_of(definition, definition.slug))
    return _set_retired(definition, None, by=by, now=now)


def _set_retired(
    definition: MetricDefinition, at: datetime.datetime | None, *, by: User | None, now: datetime.datetime
) -> MetricDefinition:
    check_admin(by)
    row = locked_row(definition)
    if (row.retired_at is None) == (at is None):
        raise ActionRefused(_("This was done meanwhile. Look at the list again."))
    row.retired_at = at
    save_row(row)
    write_audit(action="retire" if at else "restore", subject=row, by=by, now=now)
    return row


def _check(told: Composition, *, is_new: bool = False) -> None:
    try:
        if is_new:
            check_slug(told.slug, MetricDefinition.objects.filter(slug=told.slug).values_list("slug", flat=True))
        compose(told)
        check_members(told)
    except QuestionRefused as refusal:
        raise ActionRefused(str(refusal), refusal.field) from refusal


def _is_same(row: MetricDefinition, told: Composition) -> bool:
    try:
        return is_same_arithmetic(composition_of(row, row.slug), told)
    except QuestionRefused:  # what was there is understood no more
        return False


def _values(told: Composition) -> dict[str, Any]:
    """The fields of a row, filters as JSON keeps them."""
    return {
        name: [list(pair) if isinstance(pair, tuple) else pair for pair in value] if isinstance(value, tuple) else value
        for name, value in ((name, getattr(told, name)) for name in FIELDS)
    }


def _keep(row: MetricDefinition, *, by: User | None, now: datetime.datetime) -> MetricVersion:
    """The version as it is now, for later."""
    values = {name: getattr(row, name) for name in FIELDS}
    return MetricVersion.objects.create(
        definition=row, version=row.version, at=now, by=by, is_sample=row.is_sample, **values
    )
