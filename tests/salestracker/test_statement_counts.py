"""What a page asks of the database does not grow with the company: as many statements for ten rows as for many.

Every address that can be looked at stands in a table with the most statements that it may take, or among those that
are not counted, with the reason.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch

import pytest
from django.core.cache import cache
from django.db import connection, reset_queries
from django.test.utils import CaptureQueriesContext

from tests.access.addresses import all_addresses
from tests.access.conftest import Stage, stage
from tests.access.table import row_of
from tests.access.visitors import Answer
from tests.pipeline.statements import TRANSACTIONS
from tests.salestracker.many_rows import ManyRows
from tests.salestracker.statement_table import AT_MOST, NOT_COUNTED, REP_TOO, WHOLE

__all__ = ["stage"]
pytestmark = pytest.mark.django_db
FEW, MANY, MANY_RECORDS = range(10), range(10, 70), range(10, 110)
QUERIES = {
    "pipeline:search": "?q=acc",
    "metrics:metric_records": "?period=2026",
    "pipeline:deal_bulk": "?all=1",
    "pipeline:lead_bulk": "?all=1",
}
MOST_ROWS = 51
"""Fifty and a row of totals."""
ADDRESSES = all_addresses()
READ = sorted(name for name in ADDRESSES if (row := row_of(name)) and "GET" in row.verbs)


@dataclass(frozen=True)
class Seen:
    """What one visit asked of the database and got to see."""

    statements: list[str]
    answer: Answer


@dataclass(frozen=True)
class Visit:
    """Who opens a page, with few rows and with many."""

    name: str
    who: str
    path: str
    seen: list[Seen]

    def growth(self) -> str:
        """Empty when it took as many statements with many rows as with few."""
        few, many = (len(seen.statements) for seen in self.seen)
        return "" if few == many else f"{self.who} at {self.path}: {few} statements with few rows, {many} with many"


def visits(stage: Stage) -> Iterator[Visit]:
    """Pages of many rows as a manager and as an admin, the rep's own ones as a rep too, pages of a record once."""
    for name in AT_MOST:
        row = row_of(name)
        kind = stage.kinds.get(row.names)
        people = [who for who in ("manager", "admin", "rep") if who in row.opens and who not in row.nothing_for]
        if kind and ADDRESSES[name].names_record:
            barred = kind.read_only if row.edits else ()
            whose, who = next(
                (whose, who)
                for who in people
                for whose in kind.pks
                if who in kind.seen_by[whose] and (whose, who) not in barred
            )
            yield Visit(name, who, ADDRESSES[name].path(kind.pks[whose]), [])
            continue
        for who in people:
            if who != "rep" or name in REP_TOO:
                yield Visit(name, who, ADDRESSES[name].path() + QUERIES.get(name, ""), [])


def look(stage: Stage, visit: Visit) -> Seen:
    cache.clear()
    reset_queries()
    with CaptureQueriesContext(connection) as queries:
        answer = stage.visitors[visit.who].send("GET", visit.path)
    assert answer.status in (200, 302), (visit.who, visit.path, answer.status, answer.failure)
    return Seen([query["sql"] for query in queries if not query["sql"].startswith(TRANSACTIONS)], answer)


@pytest.fixture(scope="module")
def counted(stage: Stage) -> dict[str, list[Visit]]:
    """All visits by address; the first round with few rows, the second with many."""
    rows, found = ManyRows(stage.cast, stage.kinds), list(visits(stage))
    for numbers, records in ((FEW, FEW), (MANY, MANY_RECORDS)):
        rows.add(numbers, records)
        for visit in found:
            visit.seen.append(look(stage, visit))
    return {name: [visit for visit in found if visit.name == name] for name in AT_MOST}


def test_every_page_is_counted_or_named_with_a_reason():
    left_out = [pattern for patterns in NOT_COUNTED.values() for pattern in patterns]
    places = {name: (name in AT_MOST) + any(fnmatch(name, each) for each in left_out) for name in READ}
    assert {name: count for name, count in places.items() if count != 1} == {}
    assert sorted(set(AT_MOST) - set(READ)) == []


def test_pages_take_as_many_statements_for_many_rows_as_for_few(counted):
    assert [growth for page in counted.values() for visit in page if (growth := visit.growth())] == []


def test_pages_take_no_more_statements_than_the_table_says(counted):
    most = {name: max(len(seen.statements) for visit in page for seen in visit.seen) for name, page in counted.items()}
    assert {name: count for name, count in most.items() if count > AT_MOST[name]} == {}


def test_lists_show_a_page_of_rows(counted):
    lists = [name for name in AT_MOST if name.endswith(("_list", "-list", "_records")) and name not in WHOLE]
    shown = {name: max(rows_in(visit.seen[-1].answer) for visit in counted[name]) for name in lists}
    assert {name: rows for name, rows in shown.items() if rows > MOST_ROWS} == {}


def rows_in(answer: Answer) -> int:
    """How many rows a list shows, its heads not counted."""
    if answer.content_type.startswith("application/json"):
        found = json.loads(answer.body)
        return len(found["results"] if isinstance(found, dict) else found)
    body = answer.body.partition(b"<tbody")[2]
    return body.count(b"<tr")
