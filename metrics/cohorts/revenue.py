"""Revenue by cohort: what the accounts that began to subscribe in a month bring so many months later, and what those
that bought for the first time in a month have brought by then.

Recurring revenue is that of the metric: at the end of a month, in the base currency at the rate of each subscription's
first day. Over all cohorts a calendar month adds up to it.
"""

import datetime
import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, QuerySet

from metrics.answers import asked_once
from metrics.cohorts.customers import COHORTS, CohortMeasure, Life, lives, without_age
from metrics.cohorts.revenue_lives import month_index, revenue_story
from metrics.facts.accounts import ACCOUNT_COLUMNS, AccountFact
from metrics.facts.fact import CLOSED
from metrics.measures.accounts import AccountMeasure, unpriced_note
from metrics.measures.mrr_moves import Run
from metrics.periods import DAY
from metrics.question import Question
from pipeline.models import Subscription

NET, GROSS, FIRST = "net", "gross", "first"


@dataclass(frozen=True)
class PayingAccounts(AccountFact):
    """Accounts that ever had a subscription that brings money."""

    def in_period(self, q: Question) -> QuerySet[Any]:
        paid = Subscription.objects.filter(account=OuterRef("pk"), monthly_amount__gt=0)
        return self.on(q, q.as_of).filter(Exists(paid))


class RevenueLife(NamedTuple):
    """An account from its first month with recurring revenue on; ``months``: minor units at the end of each."""

    account: int
    name: str
    external_id: str
    first_on: datetime.date
    raw: Any
    months: tuple[int, ...]

    @property
    def oldest(self) -> int:
        return len(self.months) - 1

    @property
    def cohort(self) -> datetime.date:
        return self.first_on.replace(day=1)


def revenue_lives(q: Question) -> list[RevenueLife]:
    """The accounts of the question's cohorts, by the day on which their revenue began."""
    key = ("revenue lives", q.period, q.scope, q.where, q.by, q.as_of)
    return asked_once(q, key, lambda: sorted(_revenue_lives(q), key=lambda life: (life.first_on, life.account)))


def _revenue_lives(q: Question) -> Iterator[RevenueLife]:
    column = ACCOUNT_COLUMNS.get(q.by or "", "pk")
    rows = AccountMeasure("revenue_lives", PAYING).population(without_age(q)).order_by("pk")
    found = list(rows.values_list("pk", "name", "external_id", column))
    runs: dict[int, list[Run]] = defaultdict(list)
    paid = Subscription.objects.filter(
        account__in=rows.order_by().values("pk"), monthly_amount__gt=0, base_minor__isnull=False
    )
    terms: Any = paid.values_list("account", "starts_on", "ends_on", "base_minor")
    for row in terms:
        runs[row[0]].append(Run(*row))
    over = month_index(q.as_of + DAY) - 1
    for account, name, external_id, raw in found:
        story = revenue_story(runs[account], over)
        if story and q.period.start <= story[0] < q.period.end:
            yield RevenueLife(account, name, external_id or "", story[0], raw, story[1])


@dataclass(frozen=True)
class CohortRevenue(CohortMeasure):
    """Recurring revenue of the cohorts that are old enough: at that age (``part`` net), of it no more than each account
    brought first (gross), or what they brought first."""

    part: str = NET

    def lives(self, q: Question) -> Sequence[Any]:
        return revenue_lives(q)

    def amount(self, life: Any, age: int) -> int | None:
        first, then = life.months[0], life.months[age]
        return {NET: then, GROSS: min(first, then), FIRST: first}[self.part]

    def notes(self, q: Question) -> list[str]:
        """Subscriptions of whose revenue nobody knows what it is in the base currency."""
        if self.part != FIRST:
            return []
        accounts = AccountMeasure("revenue_lives", PAYING).population(without_age(q)).order_by().values("pk")
        unpriced = Subscription.objects.filter(account__in=accounts, monthly_amount__gt=0, base_minor=None)
        return unpriced_note(unpriced.count())


def spending(q: Question) -> list[Life]:
    """The customers of the question's cohorts with what they have paid by each age."""
    key = ("spending", q.period, q.scope, q.where, q.by, q.as_of, q.known_at)
    return asked_once(q, key, lambda: list(_spending(q)))


def _spending(q: Question) -> Iterator[Life]:
    accounts = AccountMeasure("lives", COHORTS).population(without_age(q)).order_by().values("pk")
    rows = CLOSED.everything(q).filter(outcome="won", account__in=accounts, base_minor__isnull=False).order_by()
    wins: Any = rows.values_list("account", "closed_on", "base_minor")
    paid: dict[int, Counter[int]] = defaultdict(Counter)
    for account, day, minor in wins.iterator():
        paid[account][month_index(day)] += minor
    for life in lives(q):
        born, months = month_index(life.first_on), paid[life.account]
        before = sum(minor for month, minor in months.items() if month < born)
        by_age = (months[born + age] for age in range(life.oldest + 1))
        yield life._replace(sums=tuple(itertools.accumulate(by_age, initial=before))[1:])


@dataclass(frozen=True)
class CohortSpending(CohortMeasure):
    """What the customers of the cohorts that are old enough have paid by the end of that age, from their first
    purchase on."""

    def lives(self, q: Question) -> Sequence[Any]:
        return spending(q)

    def amount(self, life: Any, age: int) -> int | None:
        paid: int = life.sums[age]
        return paid


PAYING = PayingAccounts("account", "first_on", {k: v for k, v in ACCOUNT_COLUMNS.items() if k != "channel"})
