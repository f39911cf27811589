"""Moves of recurring revenue: a pure ledger, account by account and day by day.

An account that had nothing is new, or a reactivation when it had something before; one that has something after is an
expansion or a contraction; one that ends at nothing is a churn. Whatever happens on one day is one move. Opening
amount + all moves = closing amount, for every account and every span of days.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

NEW, EXPANSION, CONTRACTION, CHURN, REACTIVATION = "new", "expansion", "contraction", "churn", "reactivation"


class Run(NamedTuple):
    """A monthly amount of an account from ``starts_on`` up to, not including, ``ends_on`` (None: still running)."""

    account: int
    starts_on: datetime.date
    ends_on: datetime.date | None
    amount: int


class Move(NamedTuple):
    """What an account's monthly amount changed by on a day."""

    day: datetime.date
    account: int
    kind: str
    amount: int


def moves_of(runs: Iterable[Run]) -> list[Move]:
    """Every move of every account, by day and account."""
    changes: dict[int, dict[datetime.date, int]] = defaultdict(lambda: defaultdict(int))
    for run in runs:
        if run.ends_on == run.starts_on:
            continue
        changes[run.account][run.starts_on] += run.amount
        if run.ends_on is not None:
            changes[run.account][run.ends_on] -= run.amount
    return sorted(move for account, days in changes.items() for move in _ledger(account, days))


def _ledger(account: int, days: Mapping[datetime.date, int]) -> Iterator[Move]:
    level, was_there = 0, False
    for day in sorted(days):
        if change := days[day]:
            yield Move(day, account, _kind(level, change, was_there=was_there), change)
            level, was_there = level + change, True


def _kind(level: int, change: int, *, was_there: bool) -> str:
    if level == 0:
        return REACTIVATION if was_there else NEW
    if level + change == 0:
        return CHURN
    return EXPANSION if change > 0 else CONTRACTION
