"""Whether anything was written: one digest per table, and going back to how it was."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.db import connection, transaction

BOOKKEEPING = frozenset({"django_session", "usersessions_usersession"})
"""Who was here when: written by looking at a page."""


def digest() -> dict[str, str]:
    """A digest of each table's rows, sessions left out."""
    models = apps.get_models(include_auto_created=True)
    tables = {model._meta.db_table: model._meta.pk.column for model in models if model._meta.managed}
    found = {}
    with connection.cursor() as cursor:
        for table, key in tables.items():
            if table not in BOOKKEEPING:
                cursor.execute(f'SELECT * FROM "{table}" ORDER BY "{key}"')
                found[table] = hashlib.sha256(repr(cursor.fetchall()).encode()).hexdigest()
    return found


def changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """The tables whose rows differ."""
    return sorted(table for table in before if before[table] != after.get(table))


@contextmanager
def rolled_back() -> Iterator[None]:
    """Undo what is written inside; also what a broken transaction of PostgreSQL would keep from going on."""
    point = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(point)
