"""Facts whose rows are accounts: who is a customer on which day. An account's owner and kind are today's."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Exists, Min, OuterRef, Q, Subquery, Value

from accounts.models import Account
from metrics.facts.fact import CLOSED, Fact
from metrics.periods import DAY
from metrics.question import Question
from pipeline.models import DealVersion, Subscription

WINDOW_DAYS = 365
"""Who bought within so many days, the last one included, is a customer without a subscription."""
ACCOUNT_COLUMNS = {
    "rep": "owner_id", "team": "owner__team_id", "segment": "segment", "industry": "industry", "region": "region",
    "channel": "first_channel_id",
}  # fmt: skip


def running(day: datetime.date) -> Q:
    """Subscriptions that bring money at the end of a day; a trial at 0 brings none."""
    return Q(starts_on__lte=day, monthly_amount__gt=0) & (Q(ends_on=None) | Q(ends_on__gt=day))


def purchases(q: Question) -> models.QuerySet[DealVersion]:
    """Deals won as of the question's day; neither credit notes nor wins at 0."""
    return CLOSED.everything(q).filter(outcome="won").exclude(kind="credit").exclude(amount_minor=0).order_by()


def is_customer(q: Question, day: datetime.date) -> Q:
    """Accounts that subscribe at the end of a day, or bought in the 365 days up to it."""
    bought = purchases(q).filter(closed_on__gt=day - WINDOW_DAYS * DAY, closed_on__lte=day)
    subscribes = Subscription.objects.filter(running(day), account=OuterRef("pk"))
    return Q(Exists(bought.filter(account=OuterRef("pk")))) | Q(Exists(subscribes))


@dataclass(frozen=True)
class AccountFact(Fact):
    """Accounts on a day: a level. ``counted_on`` is the day."""

    def everything(self, q: Question) -> models.QuerySet[Any]:
        rows = Account.objects.filter(deleted_at=None)
        if q.by == "channel" or any(dimension == "channel" for dimension, _member in q.where):
            first = purchases(q).filter(account=OuterRef("pk")).order_by("closed_on", "closed_at", "deal")
            rows = rows.annotate(first_channel_id=Subquery(first.values("channel")[:1]))
        return rows

    def on(self, q: Question, day: datetime.date) -> models.QuerySet[Any]:
        """All accounts with ``counted_on``; none while the period lies ahead."""
        rows = self.everything(q).annotate(counted_on=Value(day, models.DateField()))
        return rows.none() if q.period.start > q.as_of else rows

    def coverage(self, q: Question) -> datetime.date | None:
        """The first purchase or the first subscription of anybody."""
        bought = purchases(q).aggregate(first=Min("closed_on"))["first"]
        subscribed = Subscription.objects.aggregate(first=Min("starts_on"))["first"]
        return min(filter(None, (bought, subscribed)), default=None)


@dataclass(frozen=True)
class ActiveCustomers(AccountFact):
    """Customers at the end of the period."""

    def in_period(self, q: Question) -> models.QuerySet[Any]:
        return self.on(q, q.level_day).filter(is_customer(q, q.level_day))


@dataclass(frozen=True)
class OpeningCustomers(AccountFact):
    """Customers at the end of the day before the period, with ``stays``: whether they still are at its end."""

    def in_period(self, q: Question) -> models.QuerySet[Any]:
        rows = self.on(q, q.level_day).filter(is_customer(q, q.period.start - DAY))
        return rows.annotate(
            stays=models.Case(
                models.When(is_customer(q, q.level_day), then=Value(True)),
                default=Value(False),
                output_field=models.BooleanField(),
            )
        )


@dataclass(frozen=True)
class Buyers(AccountFact):
    """Accounts that have bought by the end of the period, with ``to_date``: all that they paid, credit notes off."""

    def in_period(self, q: Question) -> models.QuerySet[Any]:
        rows = self.on(q, q.level_day)
        bought = purchases(q).filter(account=OuterRef("pk"), closed_on__lte=q.level_day)
        money = CLOSED.everything(q).filter(outcome="won", account=OuterRef("pk"), closed_on__lte=q.level_day)
        total = money.order_by().values("account").annotate(total=models.Sum("base_minor")).values("total")
        return rows.filter(Exists(bought)).annotate(to_date=Subquery(total, models.BigIntegerField()))


ACTIVE = ActiveCustomers("account", "counted_on", ACCOUNT_COLUMNS, level=True)
OPENING = OpeningCustomers("account", "counted_on", ACCOUNT_COLUMNS, level=True)
BUYERS = Buyers("account", "counted_on", ACCOUNT_COLUMNS, level=True)
