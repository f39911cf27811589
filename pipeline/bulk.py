"""One change to many records at once: what is asked for each, and why some can't have it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts import formats
from accounts.errors import ActionRefused, NotAllowed, StaleVersion
from accounts.models import AuditEntry, User

MOST = 1000
"""How many records one change may touch."""


@dataclass(frozen=True, slots=True)
class BulkRow:
    """What is to become of one record. ``version``: the one that was looked at; None: whichever there is."""

    pk: int
    values: Mapping[str, Any]
    version: int | None = None


class RowsRefused(ActionRefused):
    """Some rows can't be done, so none was. ``reasons``: why, by the row's index from 0."""

    def __init__(self, reasons: Mapping[int, ActionRefused]) -> None:
        first = min(reasons)
        super().__init__(
            _("Row %(first)s: %(reason)s") % {"first": first, "reason": reasons[first]}, reasons[first].field
        )
        self.reasons = reasons


@dataclass(frozen=True, slots=True)
class BulkResult:
    """What a change came to: the records that are different now, how many were so before, and the entry to undo by."""

    changed: Sequence[Any]
    unchanged: int
    entry: AuditEntry | None


@dataclass(frozen=True, slots=True)
class Undone:
    """What an undo came to. ``left``: records that were changed, deleted or given out of reach since."""

    restored: Sequence[Any]
    left: Sequence[Any]


def check_count(rows: Sequence[BulkRow]) -> None:
    """ActionRefused for none or too many rows."""
    if not rows:
        raise ActionRefused(_("Nothing is picked. Pick at least one record."), "rows")
    if len(rows) > MOST:
        raise ActionRefused(
            _("At most %(most)s records can be changed at once.") % {"most": formats.number(MOST)}, "rows"
        )


def rows_out_of_reach(
    rows: Sequence[BulkRow], records: Mapping[int, Any], *, seen: set[int], writable: set[int]
) -> dict[int, ActionRefused]:
    """Rows, by index, whose record is not there, may only be read, was changed meanwhile or stands there twice."""
    reasons: dict[int, ActionRefused] = {}
    times = Counter(row.pk for row in rows)
    for index, row in enumerate(rows):
        record = records.get(row.pk)
        if record is None or row.pk not in seen:
            reasons[index] = ActionRefused(_("This record does not exist, or you don't see it."), "id")
        elif row.pk not in writable:
            reasons[index] = NotAllowed(_("You may read this record, but not change it."), "id")
        elif row.version is not None and row.version != record.version:
            reasons[index] = StaleVersion(record)
        elif times[row.pk] > 1:
            reasons[index] = ActionRefused(_("This record is in several rows."), "id")
    return reasons


def own_entry(entry: AuditEntry, *, by: User) -> AuditEntry:
    """The entry of a change to many records. NotAllowed when somebody else made it."""
    if entry.by_id != by.pk:
        raise NotAllowed(_("Only who made this change can undo it."))
    return entry
