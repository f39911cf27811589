"""What a page costs besides time: statements, rows that the database hands over, kilobytes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.test import Client
from django.test.utils import CaptureQueriesContext

FETCHES = ("fetchone", "fetchmany", "fetchall")


@dataclass
class Rows:
    fetched: int = 0


@contextmanager
def rows_counted() -> Iterator[Rows]:
    """Counts the rows that the database hands over inside."""
    rows = Rows()
    plain = CursorWrapper.__getattr__

    def counting(cursor: CursorWrapper, name: str) -> Any:
        found = plain(cursor, name)
        if name not in FETCHES:
            return found

        def fetch(*arguments: Any) -> Any:
            handed = found(*arguments)
            rows.fetched += (handed is not None) if name == "fetchone" else len(handed)
            return handed

        return fetch

    with patch.object(CursorWrapper, "__getattr__", counting):
        yield rows


def cost_of(client: Client, address: str) -> dict[str, int]:
    """Statements, rows and kilobytes of one answer; the second one, for the first of a session writes its visit."""
    client.get(address)
    with CaptureQueriesContext(connection) as queries, rows_counted() as rows:
        response = client.get(address)
    assert response.status_code == 200, f"{address}: {response.status_code}"
    return {"statements": len(queries), "rows": rows.fetched, "kB": round(len(response.content) / 1024)}
