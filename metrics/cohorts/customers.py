"""Cohorts of customers: who bought for the first time in a month, and in which later months they were active.

Active in a month is who bought in it or subscribes at its end. Three statements read everything that is asked, however
many cohorts and months.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from django.db import models
from django.db.models import Min, OuterRef, Subquery

from metrics.answers import asked_once
from metrics.cells import Cell, Cells
from metrics.cohorts.revenue_lives import month_index
from metrics.dimensions import TIME
from metrics.facts.accounts import ACCOUNT_COLUMNS, AccountFact, purchases
from metrics.formulas.standing import StandingRatio
from metrics.measures.accounts import AccountMeasure
from metrics.measures.measure import named_cells
from metrics.periods import DAY, add_months
from metrics.question import Question
from metrics.records.listed import ListedRow
from pipeline.models import Subscription

AGE = "age"


@dataclass(frozen=True)
class CohortAccounts(AccountFact):
    """Accounts by the day of their first purchase, ``first_on``."""

    def in_period(self, q: Question) -> models.QuerySet[Any]:
        bought = purchases(q).filter(account=OuterRef("pk")).values("account").annotate(first=Min("closed_on"))
        rows = self.on(q, q.as_of).annotate(first_on=Subquery(bought.values("first"), models.DateField()))
        return rows.filter(first_on__gte=q.period.start, first_on__lt=min(q.period.end, q.as_of + DAY))


class Life(NamedTuple):
    """A customer: day of the first purchase, and the ages (in months) of which is known whether he was ``active``.

    ``sums``, where they are asked for: what he has paid by the end of each age in minor units, credit notes off.
    """

    account: int
    name: str
    external_id: str
    first_on: datetime.date
    raw: Any
    oldest: int
    active: frozenset[int]
    sums: tuple[int, ...] = ()

    @property
    def cohort(self) -> datetime.date:
        """The first day of the month of the first purchase."""
        return self.first_on.replace(day=1)


def lives(q: Question) -> list[Life]:
    """The customers of the question's cohorts, by first purchase; ``raw`` is the asked dimension's value."""
    key = ("lives", q.period, q.scope, q.where, q.by, q.as_of, q.known_at)
    return asked_once(q, key, lambda: list(_lives(q)))


def _lives(q: Question) -> Iterator[Life]:
    column = ACCOUNT_COLUMNS.get(q.by or "", "pk")
    rows = AccountMeasure("lives", COHORTS).population(without_age(q)).order_by("first_on", "pk")
    found = list(rows.values_list("pk", "name", "external_id", "first_on", column))
    ids = rows.order_by().values("pk")
    months: dict[int, set[int]] = defaultdict(set)
    for account, day in purchases(q).filter(account__in=ids).values_list("account", "closed_on").distinct():
        if day is not None:
            months[account].add(month_index(day))
    runs: dict[int, list[tuple[datetime.date, datetime.date | None]]] = defaultdict(list)
    for account, starts_on, ends_on in Subscription.objects.filter(account__in=ids, monthly_amount__gt=0).values_list(
        "account", "starts_on", "ends_on"
    ):
        runs[account].append((starts_on, ends_on))
    over = month_index(q.as_of + DAY) - 1
    for account, name, external_id, first_on, raw in found:
        born = month_index(first_on)
        ages = {month - born for month in months[account]} | {
            age for run in runs[account] for age in _ages_of(run, first_on, over - born)
        }
        oldest = max(over - born, 0)
        yield Life(
            account, name, external_id or "", first_on, raw, oldest, frozenset(age for age in ages if age <= oldest)
        )


def _ages_of(run: tuple[datetime.date, datetime.date | None], first_on: datetime.date, oldest: int) -> Iterator[int]:
    """Ages at whose month's end a subscription runs."""
    starts_on, ends_on = run
    for age in range(max(0, month_index(starts_on) - month_index(first_on)), oldest + 1):
        last = add_months(first_on.replace(day=1), age + 1) - DAY
        if ends_on is not None and ends_on <= last:
            return
        if starts_on <= last:
            yield age


def without_age(q: Question) -> Question:
    where = tuple((dimension, member) for dimension, member in q.where if dimension != AGE)
    return replace(q, where=where, by="channel" if q.by == "channel" else None)


def _ages(q: Question, life: Any) -> range | tuple[int, ...]:
    """The ages at which a life is asked for: all, the given one, else the oldest that is over."""
    asked = [int(member) for dimension, member in q.where if dimension == AGE and member.isdecimal()]
    if asked:
        return tuple(age for age in asked if 1 <= age <= life.oldest)
    if q.by == AGE:
        return range(1, life.oldest + 1)
    return (life.oldest,) if life.oldest else ()


@dataclass(frozen=True)
class CohortMeasure(AccountMeasure):
    """Customers of the cohorts that are old enough; with ``active`` those active at that age."""

    active: bool = False
    dimensions: tuple[str, ...] = (AGE,)

    def lives(self, q: Question) -> Sequence[Any]:
        """Whoever is in the question's cohorts."""
        return lives(q)

    def amount(self, life: Any, age: int) -> int | None:
        """What one adds at an age that is over for him; None: he is not in it."""
        return 1 if not self.active or age in life.active else None

    def _entries(self, q: Question) -> Iterator[tuple[Any, int, int]]:
        for life in self.lives(q):
            for age in _ages(q, life):
                amount = self.amount(life, age)
                if amount is not None:
                    yield life, age, amount

    def live_cells(self, q: Question) -> Cells:
        found: dict[Any, Cell] = defaultdict(Cell)
        for life, age, amount in self._entries(q):
            found[_raw(q.by, life, age)].add(amount, 1)
        return named_cells(found, q)

    def records(self, q: Question) -> Any:
        return [
            ListedRow(life.first_on, life.account, life.name, life.external_id, amount)
            for life, _age, amount in self._entries(q)
        ]


def _raw(by: str | None, life: Any, age: int) -> Any:
    if by is None:
        return ""
    if by == AGE:
        return age
    return life.first_on if by in TIME else life.raw


@dataclass(frozen=True, kw_only=True)
class CohortRetention(StandingRatio):
    """Retention by cohort and age; each cohort at the last age that is over, unless an age is asked for."""

    splits_by_time: bool = True


COHORTS = CohortAccounts("account", "first_on", ACCOUNT_COLUMNS)
