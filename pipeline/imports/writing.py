"""Bulk inserts and updates that keep the history of records which have one."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Model
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from accounts.bulk_rows import insert_objects, update_objects
from accounts.models import User

BATCH = 1000
UPDATE_BATCH = 200


def has_field(model: type[Model], name: str) -> bool:
    return any(field.name == name for field in model._meta.concrete_fields)


def create_rows(rows: Sequence[Any], *, by: User | None, reason: str = "import") -> None:
    """Insert new records; each has its key afterwards."""
    if not rows:
        return
    model = type(rows[0])
    if hasattr(model, "history"):
        bulk_create_with_history(rows, model, batch_size=BATCH, default_user=by, default_change_reason=reason)
    else:
        insert_objects(rows)


def update_rows(rows: Sequence[Any], fields: Iterable[str], *, by: User | None, reason: str = "import") -> None:
    """Write some fields of existing records."""
    names = sorted(set(fields))
    if not rows or not names:
        return
    model = type(rows[0])
    if hasattr(model, "history"):
        bulk_update_with_history(
            rows, model, names, batch_size=UPDATE_BATCH, default_user=by, default_change_reason=reason
        )
    else:
        update_objects(rows, names)
