"""Measures of who buys: money of new and of current customers, and who buys something new to him."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Exists, ExpressionWrapper, OuterRef, Q, Value
from django.utils.translation import ngettext

from accounts import formats
from metrics.facts.fact import CLOSED, ClosedDeals
from metrics.measures.measure import Measure
from metrics.periods import DAY
from metrics.question import Question
from pipeline.models import VersionProduct
from pipeline.models.history import DealVersionQuerySet

YEAR = datetime.timedelta(days=365)


def purchases(q: Question) -> DealVersionQuerySet:
    """Wins that make a customer: neither a credit note nor one at 0."""
    rows: DealVersionQuerySet = CLOSED.everything(q).filter(outcome="won").exclude(kind="credit")
    return rows.exclude(amount_minor=0)


@dataclass(frozen=True)
class CustomerMoney(Measure):
    """Won money of accounts by how long they have been customers on the day.

    ``customer``: "new" within 365 days of the account's first win, "existing" after that; empty for both. Deals
    without an account are in none of them.
    """

    live: bool = True
    customer: str = ""

    def condition(self, q: Question) -> Q:
        known = self.where & Q(outcome="won", account__isnull=False, base_minor__isnull=False)
        if not self.customer:
            return known
        year_ago = ExpressionWrapper(OuterRef("closed_on") - Value(YEAR), models.DateField())
        earlier = Exists(purchases(q).filter(account=OuterRef("account"), closed_on__lt=year_ago))
        return known & (Q(earlier) if self.customer == "existing" else ~Q(earlier))

    def notes(self, q: Question) -> list[str]:
        if self.customer:
            return []
        won = self.fact.in_period(q).filter(outcome="won", account=None, base_minor__isnull=False)
        lost = self.fact.filtered(self.fact.scoped(won, q), q).count()
        words = ngettext("%(n)s deal without an account, left out", "%(n)s deals without an account, left out", lost)
        return [words % {"n": formats.number(lost)}] if lost else []


@dataclass(frozen=True)
class ActiveBefore(ClosedDeals):
    """The last purchase of each account that bought in the 365 days before the period."""

    adds_up = False

    def in_period(self, q: Question) -> DealVersionQuerySet:
        before = purchases(q).filter(account__isnull=False, closed_on__lt=q.period.start)
        same_day = Q(closed_on=OuterRef("closed_on"), deal__gt=OuterRef("deal"))
        later = before.filter(Q(closed_on__gt=OuterRef("closed_on")) | same_day, account=OuterRef("account"))
        return before.filter(~Exists(later), closed_on__gte=q.period.start - YEAR)

    def coverage(self, q: Question) -> Any:
        return CLOSED.coverage(q)


@dataclass(frozen=True)
class CrossSold(Measure):
    """Of these, who bought in the period from a family that he had never bought from before it.

    A product without a family is a family of its own.
    """

    live: bool = True

    def condition(self, q: Question) -> Q:
        end = min(q.period.end, q.as_of + DAY)
        during = purchases(q).filter(closed_on__gte=q.period.start, closed_on__lt=end)
        before = purchases(q).filter(closed_on__lt=q.period.start)
        same = Q(product=OuterRef("product")) | (
            Q(product__family=OuterRef("product__family")) & ~Q(product__family="")
        )
        known = VersionProduct.objects.filter(
            same, version__in=before.values("pk"), version__account=OuterRef("version__account")
        )
        bought = VersionProduct.objects.filter(
            ~Exists(known),
            version__in=during.values("pk"),
            version__account=OuterRef("account"),
            product__isnull=False,
        )
        return self.where & Q(Exists(bought))


ACTIVE_BEFORE = ActiveBefore(CLOSED.kind, CLOSED.date, CLOSED.columns)
