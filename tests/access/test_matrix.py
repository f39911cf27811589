"""Nine principals, every address of the resolver, own and foreign and absent records, six verbs: as the table says."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.core.cache import cache

from tests.access.addresses import Address, all_addresses
from tests.access.belongings import ABSENT, Kind
from tests.access.bodies import WRITERS, WRITES_NOTHING, body_for, version_of
from tests.access.conftest import Stage
from tests.access.table import GET, TABLE, Row, expected, row_of
from tests.access.traces import changed, digest, rolled_back
from tests.access.visitors import PRINCIPALS, STRANGERS, Answer

pytestmark = pytest.mark.django_db
GROUP_VERBS = ("GET", "POST")
FEW = STRANGERS | {"rep", "admin"}
"""Who stands for all with verbs that go the way of GET or POST."""
VERBS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
ADDRESSES = all_addresses()
NO_KIND = Kind({}, {})


@dataclass(frozen=True)
class Cell:
    """Who does what to whose record; ``right`` are the outcomes that the table allows."""

    who: str
    verb: str
    whose: str
    pk: int
    sees: bool
    right: frozenset[str]

    @property
    def is_denied(self) -> bool:
        return "done" not in self.right


def cells(address: Address, row: Row, stage: Stage) -> Iterator[Cell]:
    """Each principal with each verb on own, foreign and absent records, as far as the address names any."""
    kind = stage.kinds[row.names] if row.names else NO_KIND
    for who in PRINCIPALS:
        for verb in GROUP_VERBS if row.foreign else VERBS:
            for whose in targets(kind, who, verb) if address.names_record else [""]:
                if verb not in GROUP_VERBS and whose == "" and who not in FEW:
                    continue
                sees = row.foreign or not row.names or who in kind.seen_by.get(whose, ())
                may_write = who != "leader" and (whose, who) not in kind.read_only
                right = expected(row, who=who, verb=verb, sees=sees, may_write=may_write)
                yield Cell(who, verb, whose, kind.pks.get(whose, ABSENT), sees, frozenset(right))


def targets(kind: Kind, who: str, verb: str) -> list[str]:
    """Whose records to try: all with GET and POST; with other verbs one in sight, one out of sight, one absent.

    In sight the others cost a page each and go the way of GET or of POST, so two principals stand for all there.
    """
    seen = [whose for whose in kind.pks if who in kind.seen_by[whose]]
    unseen = [whose for whose in kind.pks if whose not in seen]
    if who in STRANGERS:
        return [*unseen[:1], "absent"]
    writable = [whose for whose in seen if (whose, who) not in kind.read_only]
    if verb in GROUP_VERBS:
        read_only = [whose for whose in seen if whose not in writable]
        return [*writable[:1], *read_only[:1], *unseen, "absent"]
    return [*(writable[:1] if who in FEW else []), *unseen[:1], "absent"]


def send(stage: Stage, address: Address, row: Row, cell: Cell) -> Answer:
    body = None
    if cell.verb not in GET:
        body = body_for(address.name, stage.cast, version_of(row.names, cell.pk))
    path = address.path(cell.pk)
    answer = stage.visitors[cell.who].send(cell.verb, path, body)
    return answer.without(path, f'?{row.names}={cell.pk}"') if row.names else answer


def ask(stage: Stage, address: Address, row: Row, cell: Cell) -> tuple[Answer, str]:
    """The answer and what is wrong with it. What was allowed is undone; what was denied must leave nothing to undo."""
    if cell.is_denied:
        answer = send(stage, address, row, cell)
    else:
        with rolled_back():
            answer = send(stage, address, row, cell)
    right = cell.right
    if not cell.is_denied and cell.verb not in GET:
        right |= {"bad input", "conflict", "refused" if row.names and cell.whose != "absent" else "bad input"}
    if answer.outcome in right:
        return answer, ""
    wanted = " or ".join(sorted(cell.right))
    record = f" {cell.whose}'s" if cell.whose else ""
    what = f"{cell.who}: {cell.verb}{record} is {answer.outcome} ({answer.status}), should be {wanted}"
    return answer, f"{what} {answer.failure}".strip()


def differing(one: Answer, other: Answer) -> str:
    """The first lines of two answers that differ."""
    if one.body == other.body:
        return f"{(one.status, one.location)} and {(other.status, other.location)}"
    pairs = zip(one.body.splitlines(), other.body.splitlines(), strict=False)
    return next((f"{line!r} and {that!r}" for line, that in pairs if line != that), "one of them is longer")


def test_the_table_has_a_row_for_every_address():
    assert sorted(name for name in ADDRESSES if row_of(name) is None) == []


def test_the_table_has_no_row_for_nothing():
    assert sorted(name for name in TABLE if not name.endswith("*") and name not in ADDRESSES) == []


def test_the_table_says_which_kind_every_record_is():
    rows = {name: row_of(name) for name, address in ADDRESSES.items() if address.names_record}
    assert sorted(name for name, row in rows.items() if row and not row.names and not row.foreign) == []


@pytest.mark.parametrize("name", [name for name in ADDRESSES if row_of(name)])
def test_every_cell_is_as_the_table_says(stage, name):
    cache.clear()
    address, row = ADDRESSES[name], row_of(name)
    before, problems, absent, foreign = digest(), [], {}, []
    for cell in cells(address, row, stage):
        answer, problem = ask(stage, address, row, cell)
        problems += [problem] if problem else []
        if cell.whose == "absent":
            absent[cell.who, cell.verb] = answer
        elif row.names and not cell.sees:
            foreign.append((cell, answer))
    problems += [
        f"{cell.who}: {cell.verb} tells {cell.whose}'s record from an absent one: {differing(answer, other)}"
        for cell, answer in foreign
        if answer != (other := absent[cell.who, cell.verb])
    ]
    assert not problems, "\n".join(problems)
    assert changed(before, digest()) == [], "something denied was written all the same"


@pytest.mark.parametrize("name", [name for name in ADDRESSES if row_of(name) and "POST" in row_of(name).verbs])
def test_who_has_the_right_can_do_it(stage, name):
    """Else the refusals of the matrix could be for another reason than the right."""
    address, row = ADDRESSES[name], row_of(name)
    if row.foreign or row.open_to_all:
        pytest.skip("a library's page")
    kind = stage.kinds[row.names] if row.names else NO_KIND
    whose = "rep" if "rep" in kind.pks or not row.names else "company"
    who = WRITERS.get(name, "rep" if whose == "rep" and "rep" in row.sends & row.opens else "admin")
    before = digest()
    with rolled_back():
        cell = Cell(who, "POST", whose, kind.pks.get(whose, 0), True, frozenset({"done"}))
        answer = send(stage, address, row, cell)
        after = digest()
    assert answer.outcome == "done", answer
    assert bool(changed(before, after)) is (name not in WRITES_NOTHING)
