"""The ledger of the open pipeline: every move of every deal, day by day, by the rules of ``pipeline_moves``."""

import datetime
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from metrics.answers import asked_once
from metrics.cells import Cell
from metrics.dimensions import ALL, TIME, Member, find_values, name_members
from metrics.measures.measure import Measure
from metrics.metric import Parts, Stream, Total
from metrics.periods import parse_period
from metrics.question import Question
from metrics.records.listed import ListedRow
from metrics.waterfall.changes import COLUMNS, STATES, deal_names, scoped_moves, state_of
from metrics.waterfall.moves import Move, split

MOVE = "move"


class Entry(NamedTuple):
    """A move and its day."""

    day: datetime.date
    deal: int
    move: Move


@dataclass(frozen=True)
class Moves(Measure):
    """The open pipeline as a ledger: its level is the measure, its moves are what ``Movement`` adds up."""

    live: bool = True
    dimensions: tuple[str, ...] = (MOVE,)


@dataclass(frozen=True, kw_only=True)
class Movement(Total):
    """What the open pipeline gained and lost in a period: its level at the end less its level before the beginning.

    Sliced by ``move`` it is the waterfall of all moves, also of deals that went and came back.
    """

    def sliced(self, q: Question) -> dict[Member, Parts]:
        entries = ledger(q)
        if not q.by and not entries and not self.of.covered(q):
            return {ALL: Parts(None, None, None, 0)}
        cells: dict[Any, Cell] = defaultdict(Cell)
        for entry in entries:
            cells[_raw(q.by, entry)].add(entry.move.amount, 1)
        names = {"": ALL} if not q.by else name_members(q.by, list(cells))
        found: dict[Member, Cell] = {} if q.by else {ALL: Cell()}
        for raw, cell in cells.items():
            found.setdefault(names[raw], Cell()).add(cell.total, cell.n)  # type: ignore[arg-type]
        return {member: Parts(cell.total, cell.total, None, cell.n) for member, cell in found.items()}

    def streams(self, q: Question) -> list[Stream]:
        """What each deal added on each day."""
        sums: dict[tuple[datetime.date, int], int] = defaultdict(int)
        for entry in ledger(q):
            sums[entry.day, entry.deal] += entry.move.amount
        names = deal_names(sorted({deal for _day, deal in sums}))
        rows = [ListedRow(day, deal, *names[deal], amount) for (day, deal), amount in sorted(sums.items())]
        return [Stream(rows, self.of.fact.kind)]


def _raw(by: str | None, entry: Entry) -> Any:
    match by:
        case None:
            return ""
        case "move":
            return entry.move.bar
        case "rep":
            return entry.move.place.owner
        case "team":
            return entry.move.place.team
        case _:
            return entry.day


def ledger(q: Question) -> list[Entry]:
    """The moves of the period's days that pass the question's filters, up to the as-of day."""
    key = ("ledger", q.period, q.scope, q.where, q.as_of, q.known_at, q.by in ("rep", "team"))
    return asked_once(q, key, lambda: [entry for entry in _moves(q) if _passes(q, entry)])


def _moves(q: Question) -> Iterator[Entry]:
    apart = q.by in ("rep", "team") or any(dimension in ("rep", "team") for dimension, _member in q.where)
    for day, deal, before, after in _steps(q):
        moves = split(before, after, closing=None, base=q.company.base_currency)
        for move in _at_places(moves, q) if apart else scoped_moves(moves, q.scope):
            yield Entry(day, deal, move)


def _at_places(moves: list[Move], q: Question) -> list[Move]:
    """The moves at the places of the scope, transfers between them included: a member of the scope sees them."""
    scope = q.scope
    match scope.kind:
        case "team":
            return [move for move in moves if move.place.team in scope.team_ids]
        case "rep":
            return [move for move in moves if move.place.owner == scope.id]
        case _:
            return moves


def _steps(q: Question) -> Iterator[tuple[datetime.date, int, Any, Any]]:
    """Each day of the period on which a deal's version changed, with the states before and after."""
    last = q.level_day
    if last < q.period.start:
        return
    span = (q.period.start, last)
    rows = STATES.everything(q).order_by()
    ended = rows.filter(valid_to__range=span).values_list("valid_to", *COLUMNS)
    before = {(deal, day): state_of(values) for day, deal, *values in ended.iterator()}
    began = rows.filter(valid_from__range=span).order_by("valid_from", "deal").values_list("valid_from", *COLUMNS)
    for day, deal, *values in began.iterator():
        yield day, deal, before.get((deal, day)), state_of(values)


def _passes(q: Question, entry: Entry) -> bool:
    for dimension, member in q.where:
        if dimension in TIME:
            span = parse_period(member, today=q.as_of, fiscal_start=q.company.fiscal_year_start_month)
            if not span.start <= entry.day < span.end:
                return False
        elif _raw(dimension, entry) not in _values(q, dimension, member):
            return False
    return True


def _values(q: Question, dimension: str, member: str) -> list[Any]:
    return asked_once(q, ("values", dimension, member), lambda: find_values(dimension, member))
