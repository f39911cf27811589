"""Moves of recurring revenue as a measure: read from the subscriptions of the accounts that moved in the period."""

import datetime
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from accounts.models import Account
from metrics.answers import asked_once
from metrics.cells import Cell, Cells
from metrics.dimensions import ALL, TIME, name_members
from metrics.facts.accounts import ACCOUNT_COLUMNS
from metrics.facts.recurring import Subscriptions
from metrics.measures.accounts import MonthlyMoney
from metrics.measures.mrr_moves import Move, Run, moves_of
from metrics.periods import parse_period
from metrics.question import Question
from metrics.records.listed import ListedRow

MOVEMENT = "mrr_move"


@dataclass(frozen=True)
class MonthlyMoves(MonthlyMoney):
    """Moves of the asked ``kinds`` (empty: all), each times ``sign``. n is the number of moves."""

    kinds: tuple[str, ...] = ()
    sign: int = 1
    dimensions: tuple[str, ...] = (MOVEMENT,)

    def live_cells(self, q: Question) -> Cells:
        found: dict[Any, Cell] = defaultdict(Cell)
        kinds = _columns_of_accounts(q) if q.by not in (None, MOVEMENT, *TIME) else {}
        for move in self.moves(q):
            found[_raw(q.by, move, kinds)].add(move.amount * self.sign, 1)
        if q.by is None:
            return {ALL: found.get("", Cell())}
        names = name_members(q.by, list(found))
        cells: Cells = defaultdict(Cell)
        for raw, cell in found.items():
            cells[names[raw]].add(cell.total, cell.n)  # type: ignore[arg-type]
        return dict(cells)

    def moves(self, q: Question) -> list[Move]:
        """The moves of the period up to the as-of day, by day and account."""
        key = ("mrr moves", q.period, q.scope, q.where, q.as_of)
        return [move for move in asked_once(q, key, lambda: _moves(q)) if not self.kinds or move.kind in self.kinds]

    def records(self, q: Question) -> Any:
        moves = self.moves(q)
        accounts = Account.objects.in_bulk({move.account for move in moves})
        rows = []
        for move in moves:
            account = accounts[move.account]
            amount = move.amount * self.sign
            rows.append(ListedRow(move.day, account.pk, account.name, account.external_id or "", amount))
        return rows

    def population(self, q: Question) -> Any:
        """The subscriptions whose beginning or end makes the moves."""
        return SUBSCRIPTION_MOVES.touched(q)


@dataclass(frozen=True)
class MovingSubscriptions(Subscriptions):
    """Subscriptions by the days on which they begin and end. Filters are those of the account."""

    def touched(self, q: Question) -> Any:
        """Subscriptions that begin or end in the period, in the scope and with the filters."""
        span = (q.period.start, min(q.period.last_day, q.as_of))
        rows = self.everything(q).filter(Q(starts_on__range=span) | Q(ends_on__range=span))
        here = tuple((dimension, member) for dimension, member in q.where if dimension not in (MOVEMENT, *TIME))
        return self.filtered(self.scoped(rows, q), q, skip=(MOVEMENT, *TIME)) if here else self.scoped(rows, q)


SUBSCRIPTION_MOVES = MovingSubscriptions(
    "account", "starts_on", {key: f"account__{column}" for key, column in ACCOUNT_COLUMNS.items() if key != "channel"}
)


def _moves(q: Question) -> list[Move]:
    if q.period.start > q.as_of:
        return []
    accounts = SUBSCRIPTION_MOVES.touched(q).order_by().values("account")
    rows = SUBSCRIPTION_MOVES.everything(q).filter(account__in=accounts, base_minor__isnull=False).order_by()
    runs = [Run(*row) for row in rows.values_list("account", "starts_on", "ends_on", "base_minor").iterator()]
    last = min(q.period.last_day, q.as_of)
    return [move for move in moves_of(runs) if q.period.start <= move.day <= last and _passes(q, move)]


def _passes(q: Question, move: Move) -> bool:
    for dimension, member in q.where:
        if dimension == MOVEMENT and move.kind != member:
            return False
        if dimension in TIME and not _in_span(q, member, move.day):
            return False
    return True


def _in_span(q: Question, member: str, day: datetime.date) -> bool:
    span = parse_period(member, today=q.as_of, fiscal_start=q.company.fiscal_year_start_month)
    return span.start <= day < span.end


def _columns_of_accounts(q: Question) -> dict[int, Any]:
    """By account, the value of the asked dimension."""
    column = ACCOUNT_COLUMNS[q.by or "rep"]
    accounts = SUBSCRIPTION_MOVES.touched(q).order_by().values("account")
    return dict(Account.objects.filter(pk__in=accounts).values_list("pk", column))


def _raw(by: str | None, move: Move, kinds: dict[int, Any]) -> Any:
    if by is None:
        return ""
    if by == MOVEMENT:
        return move.kind
    return move.day if by in TIME else kinds.get(move.account)
