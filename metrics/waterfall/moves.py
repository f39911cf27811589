"""What happened to a deal's part of the open pipeline between two states: pure, no database, no clock.

A deal counts in a view of the pipeline while it is open, not omitted, and (where the view asks for one) expected to
close in a period. It stands at its place: the owner and the team it has then. ``split`` turns the difference between
two states into moves, each in one bar at one place, such that for every set of places

    what the deal counted before + its moves there = what it counts after.

So a waterfall balances for the company, a team and a rep alike, the bars of teams add up to those of the company, and
a transfer inside a scope leaves it as it was. The rules, first one that fits (docs/decisions/0005):

1.  Counted neither before nor after: no move.
2.  Counted only after: one move with the amount it has then, where it stands then. ``new`` when the deal did not exist
    before, ``reopened`` when it was closed, ``pulled_in`` when it was expected to close outside the period, else
    ``increased`` (it had been omitted from the forecast).
3.  Counted before, and owner or team are others after: ``transferred_out`` there and ``transferred_in`` here, both with
    the amount from before. What follows happens at the new place.
4.  Counted only before: one move with the amount it had. ``won``, ``lost``, ``pushed_out`` when it is expected to close
    outside the period now, else ``decreased`` (omitted).
5.  Counted both times: what the new amount would have changed at the old rate is ``increased`` or ``decreased``, the
    rest is ``exchange_rate``. An amount in another currency is a new amount as a whole; where a rate was or is missing,
    all of the difference is the rate's.

It is the net difference of two states: a deal that was pushed out and pulled in again in between has not moved.
"""

import datetime
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from accounts.money import convert_minor
from metrics.periods import Period

BARS = (
    "new", "reopened", "pulled_in", "increased", "transferred_in",
    "won", "lost", "decreased", "pushed_out", "transferred_out", "exchange_rate",
)  # fmt: skip
"""Between starting and ending, in the order of the chart."""
TRANSFERS = ("transferred_in", "transferred_out")


class Place(NamedTuple):
    """Where a deal stands: ids of its owner and team; None where it has none."""

    owner: int | None
    team: int | None


@dataclass(frozen=True)
class DealState:
    """A deal at the end of a day. ``base_minor`` None: the amount or its rate is not known, so it counts 0."""

    outcome: str
    category: str
    place: Place
    amount_minor: int | None
    currency: str
    rate: Decimal | None
    base_minor: int | None
    expected_close_on: datetime.date | None

    def counts(self, closing: Period | None) -> bool:
        """Whether the deal is in the view; ``closing`` None: whenever it is expected to close."""
        return self.outcome == "open" and self.category != "omitted" and self.is_expected(closing)

    def is_expected(self, closing: Period | None) -> bool:
        if closing is None:
            return True
        return self.expected_close_on is not None and closing.start <= self.expected_close_on < closing.end

    @property
    def value(self) -> int:
        """What it counts, in minor units of the base currency."""
        return self.base_minor or 0


@dataclass(frozen=True)
class Move:
    """A signed amount in one bar at one place. ``deals``: +1 where the deal enters the place, -1 where it leaves it."""

    bar: str
    place: Place
    amount: int
    deals: int = 0


def split(before: DealState | None, after: DealState | None, *, closing: Period | None, base: str) -> list[Move]:
    """The moves between two states of one deal; None: it does not exist. See the rules above."""
    was, now = before is not None and before.counts(closing), after is not None and after.counts(closing)
    if after is None or not (was or now):
        return []
    if before is None or not was:
        return [Move(_entrance(before, closing), after.place, after.value, 1)]
    moves = []
    if before.place != after.place:
        moves += [
            Move("transferred_out", before.place, -before.value, -1),
            Move("transferred_in", after.place, before.value, 1),
        ]
    if not now:
        return [*moves, Move(_exit(after, closing), after.place, -before.value, -1)]
    return moves + _revalued(before, after, base)


def _entrance(before: DealState | None, closing: Period | None) -> str:
    if before is None:
        return "new"
    if before.outcome != "open":
        return "reopened"
    return "increased" if before.is_expected(closing) else "pulled_in"


def _exit(after: DealState, closing: Period | None) -> str:
    if after.outcome != "open":
        return after.outcome
    return "decreased" if after.is_expected(closing) else "pushed_out"


def _revalued(before: DealState, after: DealState, base: str) -> list[Move]:
    difference = after.value - before.value
    by_amount = _by_amount(before, after, base)
    by_rate = difference - by_amount
    moves = []
    if by_amount:
        moves.append(Move("increased" if by_amount > 0 else "decreased", after.place, by_amount))
    if by_rate:
        moves.append(Move("exchange_rate", after.place, by_rate))
    return moves


def _by_amount(before: DealState, after: DealState, base: str) -> int:
    """The part of a difference that comes from the amount, not from the rate."""
    difference = after.value - before.value
    if before.currency != after.currency or None in (before.amount_minor, after.amount_minor):
        return difference
    if before.amount_minor == after.amount_minor or before.rate is None or after.rate is None:
        return 0
    if before.rate == after.rate:
        return difference
    rate = Fraction(before.rate)
    at_old_rate = [
        convert_minor(amount, before.currency, base, rate)
        for amount in (before.amount_minor, after.amount_minor)
        if amount is not None
    ]
    return at_old_rate[1] - at_old_rate[0]


def within(moves: Iterable[Move], *, owner: int | None = None, teams: Collection[int] | None = None) -> list[Move]:
    """A deal's moves as a rep or some teams see them; without either, as the company does.

    A transfer between two places of the scope is none: out and in take each other away.
    """
    mine = [move for move in moves if _is_in(move.place, owner, teams)]
    transfers = [move for move in mine if move.bar in TRANSFERS]
    return [move for move in mine if move.bar not in TRANSFERS] if len(transfers) == len(TRANSFERS) else mine


def _is_in(place: Place, owner: int | None, teams: Collection[int] | None) -> bool:
    if owner is not None:
        return place.owner == owner
    return teams is None or place.team in teams
