"""Customers: who bought for the first time."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from metrics.catalogue.deals import BUYERS, CLOSING, ORIGIN, PRODUCTS, SELLERS, SOLD
from metrics.dimensions import TIME
from metrics.facts.fact import CLOSED, ClosedDeals
from metrics.measures.measure import Measure
from metrics.metric import Total
from metrics.question import Question
from pipeline.models.history import DealVersionQuerySet


@dataclass(frozen=True)
class FirstWins(ClosedDeals):
    """The first won deal of each account. A win at 0 and a credit note make no customer; one without an amount does."""

    def everything(self, q: Question) -> DealVersionQuerySet:
        wins = CLOSED.everything(q).filter(SOLD, outcome="won").exclude(amount_minor=0)
        same_day = Q(closed_on=OuterRef("closed_on"))
        earlier = wins.filter(account=OuterRef("account")).filter(
            Q(closed_on__lt=OuterRef("closed_on"))
            | (same_day & Q(closed_at__lt=OuterRef("closed_at")))
            | (same_day & Q(closed_at=OuterRef("closed_at"), deal__lt=OuterRef("deal")))
        )
        return wins.filter(account__isnull=False).filter(~Exists(earlier))

    def coverage(self, q: Question) -> Any:
        return CLOSED.coverage(q)


FIRST_WINS = FirstWins(CLOSED.kind, CLOSED.date, CLOSED.columns)
new_customer = Measure("new_customers", FIRST_WINS)

METRICS = (
    Total(
        slug="new_customers",
        name=_("New customers"),
        unit="count",
        better="higher",
        group="customer",
        timing="lagging",
        dimensions=(*SELLERS, *ORIGIN, *BUYERS, *PRODUCTS, "pipeline", *TIME),
        of=new_customer,
        date=CLOSING,
        help=_("Accounts whose first won deal was closed in the period; each account is new once."),
        formula=_("number of accounts with their first win in the period"),
        example="3 first wins in May: 3",
    ),
)
