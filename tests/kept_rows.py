"""Rows that a fixture makes again and again are made once, then written back as they were."""

import copy
import datetime
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.apps import apps
from django.db import connection, transaction
from django.utils import timezone

T = TypeVar("T")
State = tuple[tuple[str, int, Any], ...]
Rows = dict[str, list[tuple[Any, ...]]]


class KeptRows(Generic[T]):
    """What ``make`` gives and the rows that it adds, for each state of the database in which it was called.

    ``make`` changes no row that is there already. Rows note when they were made, so they are written back only on the
    same day and not before that moment: tests stand in many times.
    """

    def __init__(self, make: Callable[..., T]) -> None:
        self._make = make
        self._kept: dict[tuple[State, datetime.date], tuple[datetime.datetime, T, Rows]] = {}

    def __call__(self, *arguments: Any) -> T:
        """The same as ``make(*arguments)``, with objects of one's own. The arguments are in the database, too."""
        before, now = state(), timezone.now()
        key = before, now.date()
        if key not in self._kept or self._kept[key][0] > now:
            made = self._make(*arguments)
            self._kept[key] = timezone.now(), copy.deepcopy(made), _added(before, state())
            return made
        _at, kept, rows = self._kept[key]
        _write(rows)
        return copy.deepcopy(kept)


def _tables() -> dict[str, str]:
    """Every table of the models and its key."""
    models = apps.get_models(include_auto_created=True)
    return {model._meta.db_table: model._meta.pk.column for model in models if model._meta.managed}


def state() -> State:
    """How many rows each table has, and its last key."""
    parts = (
        f'SELECT \'{table}\', count(*), CAST(max("{key}") AS varchar) FROM "{table}"'
        for table, key in _tables().items()
    )
    with connection.cursor() as cursor:
        found = []
        chunk = list(parts)
        for start in range(0, len(chunk), 100):
            cursor.execute(" UNION ALL ".join(chunk[start : start + 100]))
            found += cursor.fetchall()
    return tuple(sorted(row for row in found if row[1]))


def _added(before: State, after: State) -> Rows:
    """The rows of the tables that have more than before: those with later keys."""
    tables, had = _tables(), {table: last for table, _count, last in before}
    rows: Rows = {}
    with connection.cursor() as cursor:
        for table, _count, last in after:
            if had.get(table) == last:
                continue
            key = tables[table]
            cursor.execute(f'SELECT * FROM "{table}"')
            at = [column[0] for column in cursor.description].index(key)
            earlier = int(had[table]) if table in had else None
            rows[table] = [row for row in cursor.fetchall() if earlier is None or row[at] > earlier]
    return rows


def _write(rows: Rows) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for table, lines in rows.items():
            marks = ", ".join(["%s"] * len(lines[0]))
            cursor.executemany(f'INSERT INTO "{table}" VALUES ({marks})', [list(map(_bound, line)) for line in lines])


def _bound(value: Any) -> Any:
    """SQLite reads times of day, but takes them as text only."""
    return connection.ops.adapt_timefield_value(value) if isinstance(value, datetime.time) else value
