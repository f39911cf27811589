"""A transaction that sees the records as of one moment and, where it writes, keeps other nights out."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.db import OperationalError, connection, transaction

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


def again_on_collision(work: Callable[[], Answer]) -> Answer:
    """Do the work, which is a transaction, up to three times when it collides with another one."""
    for left in reversed(range(TRIES)):
        try:
            return work()
        except OperationalError as error:
            if not left or getattr(error.__cause__, "sqlstate", None) not in COLLISIONS:
                raise
    raise AssertionError("unreachable")
