"""Whatever stands in an address, a header or a body: an answer that says what is wrong, never a failure."""

import itertools
import os
import random
from collections.abc import Iterable, Iterator
from urllib.parse import quote

import pytest
from django.core.cache import cache
from django.db import connection

from tests.access import malformed
from tests.access.addresses import NUMBERS, WORDS, Address, all_addresses
from tests.access.belongings import ABSENT
from tests.access.bodies import body_for, version_of
from tests.access.conftest import Stage
from tests.access.table import EVERYBODY, Row, row_of
from tests.access.traces import rolled_back
from tests.access.visitors import Answer, Visitor

EVERYTHING = os.environ.get("MALFORMED") == "all"
"""Try each value everywhere, which takes many minutes; else each place gets some of them, the same ones each time, and
others on PostgreSQL than on SQLite."""
ADDRESSES = {
    name: address
    for name, address in all_addresses().items()
    if (row := row_of(name)) and not name.startswith(("admin:", "openid_"))
}
READ = [name for name in ADDRESSES if "GET" in row_of(name).verbs]
WRITTEN = [name for name in ADDRESSES if "POST" in row_of(name).verbs and not row_of(name).foreign]
pytestmark = pytest.mark.django_db


def some(values: Iterable[str], seed: str, count: int) -> list[str]:
    values = list(values)
    return values if EVERYTHING else random.Random(seed + connection.vendor).sample(values, min(count, len(values)))  # noqa: S311


def reader(stage: Stage, row: Row) -> Visitor:
    """Who gets furthest: an admin, or who else may open the address."""
    who = row.opens & EVERYBODY
    return stage.visitors["admin" if "admin" in who else min(who, default="anonymous")]


def path_of(stage: Stage, address: Address, row: Row, who: str) -> str:
    kind = stage.kinds[row.names] if row.names else None
    seen = [pk for whose, pk in kind.pks.items() if who in kind.seen_by[whose]] if kind else []
    path = address.path(seen[0] if seen else ABSENT)
    return path if "?" in path else f"{path}?period=2026" if "metric" in address.name else f"{path}?"


def problem(what: str, answer: Answer) -> list[str]:
    return [f"{what}: {answer.status} {answer.failure}"] if answer.failure or answer.outcome == "failed" else []


def ask(visitor: Visitor, verb: str, path: str, what: str, body: object = None, **more: object) -> list[str]:
    with rolled_back():
        return problem(what, visitor.send(verb, path, body, **more))


def parameters_of(visitor: Visitor, path: str) -> Iterator[str]:
    with malformed.watched_queries() as names, rolled_back():
        visitor.send("GET", path)
    return iter(sorted(names))


@pytest.mark.parametrize("name", READ)
def test_parameters(stage, name):
    cache.clear()
    address, row = ADDRESSES[name], row_of(name)
    visitor = reader(stage, row)
    path, problems = path_of(stage, address, row, visitor.name), []
    for parameter in parameters_of(visitor, path):
        key, kept = (
            quote(parameter),
            "&".join(p for p in path.partition("?")[2].split("&") if not p.startswith(parameter)),
        )
        for value in ["NUL", "int64", *some(malformed.VALUES, name + parameter, 2)]:
            bad = f"{path.partition('?')[0]}?{kept}&{key}={malformed.VALUES[value]}"
            problems += ask(visitor, "GET", bad, f"{parameter} = {value}")
    for query in some(malformed.NAMES, name, 2):
        problems += ask(visitor, "GET", f"{path}&{query}", query)
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("name", [name for name in READ if ADDRESSES[name].parts])
def test_parts_of_the_address(stage, name):
    address, row = ADDRESSES[name], row_of(name)
    visitor, problems = reader(stage, row), []
    number = next((part for part in address.parts if part in NUMBERS), None)
    filled = str(ABSENT) if number else quote(WORDS[address.parts[0]])
    for part in malformed.PARTS:
        problems += ask(visitor, "GET", address.path().replace(filled, part, 1), part[:40])
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("name", WRITTEN)
def test_bodies(stage, name):
    address, row = ADDRESSES[name], row_of(name)
    writers = row.opens & row.sends
    visitor = stage.visitors["admin" if "admin" in writers else min(writers)]
    path, problems = path_of(stage, address, row, visitor.name), []
    for value in some(malformed.BODIES, name, 2):
        for content_type in ["application/json", *some(malformed.CONTENT_TYPES, name + value, 1)]:
            body = malformed.BODIES[value]
            problems += ask(visitor, "POST", path, f"{value} as {content_type}", body, content_type=content_type)
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("name", WRITTEN)
def test_fields(stage, name):
    address, row = ADDRESSES[name], row_of(name)
    kind = stage.kinds[row.names] if row.names else None
    writers = row.opens & row.sends
    visitor = stage.visitors["admin" if "admin" in writers else min(writers)]
    path, problems = path_of(stage, address, row, visitor.name), []
    body = body_for(name, stage.cast, version_of(row.names, next(iter(kind.pks.values()))) if kind else 1)
    texts = malformed.NUMBERS | malformed.DAYS | malformed.TEXTS
    of_many = isinstance(body, list)
    one = body[0] if of_many else body
    for field in one:
        for value in ["NUL", "int64", *some(texts, name + field, 1)]:
            sent = {**one, field: texts[value]}
            problems += ask(visitor, "POST", path, f"{field} = {value}", [sent] if of_many else sent)
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("headers", malformed.HEADERS, ids=lambda headers: " ".join(headers))
def test_headers(stage, headers):
    problems = []
    for name in ("pipeline:deal_list", "api:deal-list", "account_login", "metrics:kpis"):
        for visitor in (stage.visitors["rep"], stage.visitors["anonymous"]):
            problems += ask(visitor, "GET", ADDRESSES[name].path(), name, **headers)
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize(
    "path", ["/%00", "/%FF/", "//", "/..%2f..%2f", "/deals//", "/api/", "/api/v1/x%00/", "/" + "x/" * 2000]
)
def test_addresses_that_do_not_exist(stage, path):
    for visitor, verb in itertools.product((stage.visitors["rep"], stage.visitors["anonymous"]), ("GET", "POST")):
        answer = visitor.send(verb, path)
        assert (answer.outcome in {"absent", "done", "sign in"}, answer.failure) == (True, "")


def test_enough_is_tried():
    """At least 200 combinations, counted without those that depend on what an address reads."""
    assert 2 * len(READ) + 4 * len(WRITTEN) > 200
