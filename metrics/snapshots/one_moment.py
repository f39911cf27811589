"""A transaction that sees the records as of one moment and, where it writes, keeps other nights out."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.db import OperationalError, connection, models, transaction

from metrics.models import SnapshotDay

TRIES = 3
COLLISIONS = ("40001", "40P01")
"""PostgreSQL's codes for a serialization failure and a deadlock: the same again usually works."""
Answer = TypeVar("Answer")


@contextmanager
def one_moment(*, alone: bool = False) -> Iterator[None]:
    """Every query inside sees the same records, whatever others commit meanwhile; readers and writers go on.

    ``alone``: one such transaction at a time, for nights that write.

    SQLite's transactions are like that. PostgreSQL's see what is committed while they run, unless told otherwise
    before their first query; the lock on the table of stored days comes before it too, so that who waited for another
    night sees what it wrote.
    """
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                if is_outermost:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                if alone:
                    table = connection.ops.quote_name(SnapshotDay._meta.db_table)
                    cursor.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
        yield


def wait_for_writers(model: type[models.Model]) -> None:
    """Wait until every transaction that has written rows of a table, and that others can't see yet, has ended.

    SQLite has one writer at a time: who got as far as this has waited already.
    """
    if connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {connection.ops.quote_name(model._meta.db_table)} IN SHARE MODE")


def again_on_collision(work: Callable[[], Answer]) -> Answer:
    """Do the work, which is a transaction, up to three times when it collides with another one."""
    for left in reversed(range(TRIES)):
        try:
            return work()
        except OperationalError as error:
            if not left or getattr(error.__cause__, "sqlstate", None) not in COLLISIONS:
                raise
    raise AssertionError("unreachable")
