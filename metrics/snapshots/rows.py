"""Stored cells as rows: read them, replace those that differ, add days up to months, mark days as stored."""

import datetime
import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Sum

from accounts.bulk_rows import insert_rows
from accounts.models import JobRun
from metrics.models import Snapshot, SnapshotDay
from metrics.periods import DAY, containing
from metrics.snapshots.cells import Cells, Place, Stored, stored_measures

COLUMNS = (*Place._fields, "version", "grain", "total", "n", "histogram", "run_id", "dimension", "member")
DELETE_BATCH = 500
Scope = tuple[str, str, int]
"""Measure, kind of scope, id of scope."""


def stored_cells(first: datetime.date, last: datetime.date, grain: str = "day") -> Cells:
    """What is stored for a span; a month stands under its first day."""
    return {
        Place(measure, kind, ident, day): Stored(total, n, read_histogram(histogram))
        for measure, kind, ident, day, total, n, histogram in _rows(first, last, grain).values_list(
            "measure", "scope_kind", "scope_id", "day", "total", "n", "histogram"
        )
    }


def _rows(first: datetime.date, last: datetime.date, grain: str) -> Any:
    return Snapshot.objects.filter(day__range=(first, last), grain=grain, dimension="").order_by()


def read_histogram(stored: dict[str, int] | None) -> Counter[int]:
    """Value -> count, as it is kept in a row."""
    return Counter({int(value): count for value, count in (stored or {}).items()})


def differing(old: Cells, new: Cells) -> set[Place]:
    """Places whose content is not the same in both."""
    return {
        place
        for place in old.keys() | new.keys()
        if place not in old or place not in new or old[place].content != new[place].content
    }


def replace_cells(old: Cells, new: Cells, places: set[Place], run: JobRun, grain: str = "day") -> int:
    """Write ``places`` as they are in ``new``: a cell that is as it was keeps its run. The number of rows written."""
    _delete({place for place in places if place in old}, grain)
    versions = {key: measure.version for key, measure in stored_measures().items()}
    rows = [
        (
            *place,
            versions[place.measure],
            grain,
            cell.total,
            cell.n,
            {str(value): count for value, count in sorted(cell.histogram.items())} or None,
            run.pk,
            "",
            "",
        )
        for place, cell in new.items()
        if place in places
    ]
    insert_rows(Snapshot, COLUMNS, rows)
    return len(rows)


def _delete(places: set[Place], grain: str) -> None:
    if not places:
        return
    days = [place.day for place in places]
    found = _rows(min(days), max(days), grain).values_list("pk", "measure", "scope_kind", "scope_id", "day")
    doomed = [pk for pk, *place in found if Place(*place) in places]
    for start in range(0, len(doomed), DELETE_BATCH):
        Snapshot.objects.filter(pk__in=doomed[start : start + DELETE_BATCH]).delete()


def store_month(day: datetime.date, changed: set[Place], run: JobRun) -> int:
    """Keep the month of ``day`` as the sum of its days once all of them are stored; the number of rows written.

    ``changed``: the places of its days that were written. Levels are left out: they are read on one day.
    """
    month = containing(day, "month")
    old = stored_cells(month.start, month.start, "month")
    if not _is_complete(month.start, month.last_day):
        return replace_cells(old, {}, set(old), run, "month")
    touched = {place[:3] for place in changed} if old else None
    new = sum_of_days(month.start, month.last_day, touched)
    kept = {place: cell for place, cell in old.items() if touched is None or place[:3] in touched}
    return replace_cells(kept, new, differing(kept, new), run, "month")


def _is_complete(first: datetime.date, last: datetime.date) -> bool:
    """Whether every day is stored; what lies before the very first stored day holds nothing."""
    start = SnapshotDay.objects.order_by("day").values_list("day", flat=True).first()
    if start is None or start > last:
        return False
    first = max(first, start)
    return SnapshotDay.objects.filter(day__range=(first, last)).count() == (last - first).days + 1


def sum_of_days(first: datetime.date, last: datetime.date, touched: set[Scope] | None = None) -> Cells:
    """The days of a month added up, under its first day; of the ``touched`` scopes alone unless None."""
    measures = {key: measure for key, measure in stored_measures().items() if not measure.fact.level}
    rows = _rows(first, last, "day").filter(measure__in=measures)
    if touched is not None:
        ids = {ident for _measure, _kind, ident in touched}
        rows = rows.filter(measure__in={measure for measure, *_scope in touched} & measures.keys(), scope_id__in=ids)
    cells: Cells = defaultdict(Stored)
    start = first.replace(day=1)
    columns = ("measure", "scope_kind", "scope_id")
    for key, kind, ident, total, n in rows.values_list(*columns).annotate(Sum("total"), Sum("n")):
        if touched is None or (key, kind, ident) in touched:
            cells[Place(key, kind, ident, start)].add(total, n)
    spread = [key for key, measure in measures.items() if measure.histogram]
    for key, kind, ident, histogram in rows.filter(measure__in=spread).values_list(*columns, "histogram").iterator():
        if touched is None or (key, kind, ident) in touched:
            cells[Place(key, kind, ident, start)].histogram.update(read_histogram(histogram))
    return dict(cells)


def digest_of(cells: Iterable[tuple[Place, Stored]]) -> str:
    """A content hash: equal for equal figures, whichever run wrote them."""
    lines = sorted(f"{'|'.join(map(str, place))}={cell.content}" for place, cell in cells)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def mark_days(cells: Cells, first: datetime.date, last: datetime.date, now: datetime.datetime, run: JobRun) -> None:
    """Note that the days are stored, by which run, and what they knew."""
    by_day: dict[datetime.date, list[tuple[Place, Stored]]] = defaultdict(list)
    for place, cell in cells.items():
        by_day[place.day].append((place, cell))
    days = [first + n * DAY for n in range((last - first).days + 1)]
    SnapshotDay.objects.filter(day__range=(first, last)).delete()
    SnapshotDay.objects.bulk_create(
        [
            SnapshotDay(day=day, run=run, known_at=now, rows=len(by_day[day]), digest=digest_of(by_day[day]))
            for day in days
        ]
    )
