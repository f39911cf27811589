"""Facts about subscriptions: what runs on a day, and what the accounts of an opening day bring later.

A month's amount is in the base currency at the rate of the subscription's first day, so that rates move nothing.
"""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Least

from metrics.facts.accounts import ACCOUNT_COLUMNS, AccountFact, running
from metrics.facts.fact import CLOSED, ClosedDeals, Fact
from metrics.formulas.yearly import MONTHS as YEAR
from metrics.periods import DAY, add_months
from metrics.question import Question
from pipeline.models import Subscription
from pipeline.models.history import DealVersionQuerySet

SUBSCRIPTION_COLUMNS = {
    "rep": "account__owner_id", "team": "account__owner__team_id", "segment": "account__segment",
    "industry": "account__industry", "region": "account__region", "channel": "deal__channel_id",
    "product": "product_id", "product_family": "product__family",
}  # fmt: skip


@dataclass(frozen=True)
class Subscriptions(Fact):
    """Subscriptions that run at the end of the period."""

    def everything(self, q: Question) -> models.QuerySet[Any]:
        return Subscription.objects.filter(account__deleted_at=None)

    def in_period(self, q: Question) -> models.QuerySet[Any]:
        rows = self.everything(q).filter(running(self.day(q)))
        return rows.none() if q.period.start > q.as_of else rows

    def day(self, q: Question) -> datetime.date:
        """The day at whose end it is looked."""
        return q.level_day


@dataclass(frozen=True)
class SubscriptionsBefore(Subscriptions):
    """Subscriptions that ran at the end of the day before the period."""

    def day(self, q: Question) -> datetime.date:
        return q.period.start - DAY


@dataclass(frozen=True)
class NewSubscriptions(Subscriptions):
    """Of those, the ones of accounts that had none before the period."""

    def in_period(self, q: Question) -> models.QuerySet[Any]:
        earlier = Subscription.objects.filter(
            account=OuterRef("account"), monthly_amount__gt=0, starts_on__lt=q.period.start
        )
        return super().in_period(q).exclude(Exists(earlier))


@dataclass(frozen=True)
class RecurringWins(ClosedDeals):
    """Deals won that began subscriptions, with ``yearly``: twelve months of those that began first.

    A renewal is another subscription of the same deal and adds nothing to what was sold.
    """

    def everything(self, q: Question) -> DealVersionQuerySet:
        before = Subscription.objects.filter(deal=OuterRef("deal"), starts_on__lt=OuterRef("starts_on"))
        began = Subscription.objects.filter(deal=OuterRef("deal"), monthly_amount__gt=0).exclude(Exists(before))
        total = began.order_by().values("deal").annotate(total_=YEAR * Sum("base_minor")).values("total_")
        rows = super().everything(q).filter(Exists(began), outcome="won")
        return rows.annotate(yearly=Subquery(total, models.BigIntegerField())).filter(yearly__isnull=False)


@dataclass(frozen=True)
class Retained(AccountFact):
    """Accounts that subscribed twelve months before the end of the period, with what they bring.

    ``opening`` is a month's amount then, ``closing`` at the end (0 when they left), ``kept`` the smaller of both.
    Who came later is not in it; who left and came back by the end is.
    """

    def in_period(self, q: Question) -> models.QuerySet[Any]:
        opening, closing = trailing_days(q)
        rows = self.on(q, q.level_day).annotate(opening=_monthly(opening), closing=_monthly(closing))
        return rows.filter(opening__gt=0).annotate(kept=Least("opening", "closing"))

    def coverage(self, q: Question) -> datetime.date | None:
        return SUBSCRIPTIONS.coverage(q)


def trailing_days(q: Question) -> tuple[datetime.date, datetime.date]:
    """The last day before the twelve months that end with the period's last day, and that day."""
    closing = q.level_day
    return add_months(closing + DAY, -12) - DAY, closing


def _monthly(day: datetime.date) -> Coalesce:
    """What an account's subscriptions bring a month at the end of a day, 0 without any."""
    rows = Subscription.objects.filter(running(day), account=OuterRef("pk")).order_by().values("account")
    total = rows.annotate(total_=Sum("base_minor")).values("total_")
    return Coalesce(Subquery(total, models.BigIntegerField()), Value(0), output_field=models.BigIntegerField())


SUBSCRIPTIONS = Subscriptions("account", "starts_on", SUBSCRIPTION_COLUMNS, level=True)
NEW_SUBSCRIPTIONS = NewSubscriptions("account", "starts_on", SUBSCRIPTION_COLUMNS, level=True)
RECURRING_WINS = RecurringWins("deal", CLOSED.date, CLOSED.columns)
BEFORE = SubscriptionsBefore("account", "starts_on", SUBSCRIPTION_COLUMNS, level=True)
RETAINED = Retained("account", "counted_on", {k: v for k, v in ACCOUNT_COLUMNS.items() if k != "channel"}, level=True)
