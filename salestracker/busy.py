"""A database that another write holds: telling it from other failures, and not waiting for it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection

LOCKED = ("database is locked", "database table is locked", "due to lock timeout")
IMPATIENT_MS = 500


def is_busy(error: BaseException | None) -> bool:
    """Whether a failure only says that somebody else's write was not over in time."""
    return isinstance(error, OperationalError) and any(words in str(error) for words in LOCKED)


@contextmanager
def impatient() -> Iterator[None]:
    """Writes within wait half a second for SQLite's one lock, not as long as a write that somebody asked for."""
    if connection.vendor != "sqlite":
        yield
        return
    patient = round(1000 * connection.settings_dict["OPTIONS"].get("timeout", 5))
    _wait(IMPATIENT_MS)
    try:
        yield
    finally:
        _wait(patient)


def _wait(milliseconds: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {milliseconds:d}")
