"""The ledger of an import: what each row did to which record, with the values before, so that it can be undone."""

import datetime
import hashlib
import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Model

from accounts.bulk_rows import insert_objects
from pipeline.models import ImportedRow, ImportRun

BATCH = 1000


def plain(value: Any) -> Any:
    """A field's value as JSON keeps it; ``restored`` by the field's own reading."""
    if isinstance(value, datetime.datetime | datetime.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value


def content_of(instance: Model, fields: Iterable[str]) -> dict[str, Any]:
    """Some fields of a record, foreign keys as ids."""
    meta = instance._meta
    return {name: plain(getattr(instance, meta.get_field(name).attname)) for name in fields}  # type: ignore[union-attr]


def digest_of(content: dict[str, Any]) -> str:
    """Equal for equal contents."""
    text = json.dumps(content, sort_keys=True, default=str)
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


class Ledger:
    """Collects lines and writes them in bulk."""

    def __init__(self, run: ImportRun) -> None:
        self.run = run
        self._lines: list[ImportedRow] = []

    def created(self, row: int, instance: Model, fields: Iterable[str]) -> None:
        """A record that the row made. ``fields``: what the import wrote, to notice later edits."""
        names = sorted(fields)
        after = {"fields": names, "digest": digest_of(content_of(instance, names))}
        self._add(row, instance, True, {}, after)

    def updated(self, row: int, instance: Model, before: dict[str, Any], after: dict[str, Any]) -> None:
        """A record that the row changed, with the changed fields' values before and after."""
        self._add(row, instance, False, before, after)

    def _add(self, row: int, instance: Model, created: bool, before: dict[str, Any], after: dict[str, Any]) -> None:
        self._lines.append(
            ImportedRow(
                run=self.run,
                row=row,
                model=instance._meta.label_lower,
                object_id=instance.pk,
                created=created,
                before=before,
                after=after,
            )
        )
        if len(self._lines) >= BATCH:
            self.flush()

    def flush(self) -> None:
        insert_objects(self._lines)
        self._lines = []
