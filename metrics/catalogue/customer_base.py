"""The customer base: who is a customer, who stays, who buys again, and what they are worth so far."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from metrics.catalogue.customers import FIRST_WINS, FirstWins, new_customer
from metrics.catalogue.deals import BUYERS as KINDS
from metrics.catalogue.deals import CLOSING, ORIGIN, PRODUCTS, SELLERS, SOLD
from metrics.catalogue.pipeline import LEVEL
from metrics.cohorts.customers import COHORTS, CohortMeasure, CohortRetention
from metrics.cohorts.revenue import CohortSpending
from metrics.dimensions import TIME
from metrics.facts.accounts import ACTIVE, BUYERS, OPENING, WINDOW_DAYS, purchases
from metrics.facts.day_counts import DaysBetween
from metrics.facts.fact import CLOSED, ClosedDeals
from metrics.formulas.standing import StandingRatio
from metrics.measures.accounts import AccountMeasure, OfAccounts
from metrics.measures.measure import Measure
from metrics.measures.product_buyers import Penetration, ProductBuyers, WhateverTheyBuy
from metrics.measures.ripening import Ripening
from metrics.metric import Total
from metrics.periods import DAY
from metrics.question import Question
from pipeline.models.history import DealVersionQuerySet

CUSTOMER = (*SELLERS, *KINDS, "channel", *TIME)
SALE = (*SELLERS, *ORIGIN, *KINDS, *PRODUCTS, "pipeline", "deal_kind", "currency", *TIME)
ENDS = _("the end of the day before the period, and the end of its last day")


@dataclass(frozen=True)
class MaturedFirstWins(FirstWins):
    """First purchases that lie 365 days back or more: who made them had a year to come again."""

    def in_period(self, q: Question) -> DealVersionQuerySet:
        matured: DealVersionQuerySet = super().in_period(q).filter(closed_on__lte=q.as_of - WINDOW_DAYS * DAY)  # type: ignore[assignment]
        return matured

    def coverage(self, q: Question) -> Any:
        return CLOSED.coverage(q)


@dataclass(frozen=True)
class BoughtAgain(Measure):
    """First purchases whose account bought a second time within 365 days."""

    live: bool = True

    def condition(self, q: Question) -> Q:
        later = purchases(q).filter(account=OuterRef("account")).exclude(deal=OuterRef("deal"))
        gaps = later.annotate(gap=DaysBetween(F("closed_on"), OuterRef("closed_on")))
        soon = gaps.filter(gap__gte=0, gap__lte=WINDOW_DAYS)
        return self.where & Q(Exists(soon))


_MATURED = MaturedFirstWins(FIRST_WINS.kind, FIRST_WINS.date, FIRST_WINS.columns)
_BUYING = ClosedDeals("account", CLOSED.date, CLOSED.columns)
_HELD = Q(outcome="won", account__isnull=False)

active = AccountMeasure("active_customers", ACTIVE)
before = AccountMeasure("customers_before", OPENING)
stayed = AccountMeasure("customers_stayed", OPENING, Q(stays=True))
left = AccountMeasure("customers_left", OPENING, Q(stays=False))
first_purchases = Measure("matured_first_wins", _MATURED, live=True)
bought_again = BoughtAgain("first_wins_bought_again", _MATURED)
customer_money = Measure(
    "customer_money", CLOSED, _HELD & Q(base_minor__isnull=False), value="base_minor", money=True
)  # fmt: skip
buyers = OfAccounts("buyers", _BUYING, _HELD & SOLD & ~Q(amount_minor=0))
to_date = AccountMeasure("customer_value", BUYERS, value="to_date", money=True)
product_buyers = ProductBuyers("product_buyers", ACTIVE)
customers = WhateverTheyBuy("customers_of_any_product", ACTIVE)
in_cohort = CohortMeasure("cohort", COHORTS)
in_cohort_active = CohortMeasure("cohort_active", COHORTS, active=True)
cohort_spending = CohortSpending("cohort_spending", COHORTS, money=True)

METRICS = (
    Total(
        slug="active_customers",
        name=_("Active customers"),
        unit="count",
        better="higher",
        group="customer",
        timing="lagging",
        dimensions=CUSTOMER,
        of=active,
        level=True,
        date=LEVEL,
        help=_(
            "Accounts that subscribe at the end of the day, or bought in the 365 days up to it. A win at 0, a credit"
            " note and a trial make no customer. Owner, segment, industry and region are the account's of today."
        ),
        formula=_("number of accounts with a running subscription or a purchase in 365 days"),
        example="bought in August 2024, in March 2025 and in January 2023; on 30 June 2025: 2",
    ),
    retention_rate := StandingRatio(
        slug="customer_retention_rate",
        name=_("Customer retention rate"),
        unit="percent",
        better="higher",
        group="customer",
        timing="lagging",
        dimensions=CUSTOMER,
        top=stayed,
        bottom=before,
        date=ENDS,
        help=_(
            "Of the customers when the period began, how many still are at its end. Who comes back later or is new does"
            " not count. A month is not to be compared with a year."
        ),
        formula=_("customers at the beginning who are at the end, too / customers at the beginning"),
        example="200 at the beginning, 220 at the end, 40 of them new: 180 / 200 = 90%",
    ),
    churn_rate := StandingRatio(
        slug="customer_churn_rate",
        name=_("Customer churn rate"),
        unit="percent",
        better="lower",
        group="customer",
        timing="lagging",
        dimensions=CUSTOMER,
        top=left,
        bottom=before,
        date=ENDS,
        help=_(
            "Of the customers when the period began, how many no longer are at its end. Who came and left within it is"
            " not in it. A subscription ends on the first day without it."
        ),
        formula=_("customers at the beginning who are not at the end / customers at the beginning"),
        example="20 of 200: 10%",
    ),
    CohortRetention(
        slug="cohort_retention",
        name=_("Cohort retention"),
        unit="percent",
        better="higher",
        group="customer",
        timing="lagging",
        dimensions=("age", *CUSTOMER),
        overlaps=("age",),
        top=in_cohort_active,
        bottom=in_cohort,
        date=_("the day of the account's first purchase"),
        help=_(
            "Of the accounts that bought for the first time in the period, how many bought again or subscribed in the"
            " last month that is over. By age: so many calendar months after the first purchase, of the accounts that"
            " are that old; a month that is not over is left out, not 0."
        ),
        formula=_("accounts of the cohort active in the month / accounts of the cohort that are old enough"),
        example="50 in the cohort, 40 active after a month, 35 after two: 80%, 70%",
    ),
    CohortRetention(
        slug="cohort_value",
        name=_("Customer value by cohort"),
        unit="money",
        better="higher",
        group="customer",
        timing="lagging",
        dimensions=("age", *CUSTOMER),
        overlaps=("age",),
        top=cohort_spending,
        bottom=in_cohort,
        date=_("the day of the account's first purchase"),
        help=_(
            "What an account that bought for the first time in the period has paid on average by the end of the last"
            " month that is over, credit notes off. By age: by the end of so many calendar months after the first"
            " purchase, of the accounts that are that old, so that young and old customers compare."
        ),
        formula=_("won revenue of the cohort's accounts by the end of the month / accounts that are old enough"),
        example="A paid 1,000 at once and 500 two months later, B 300: 650 a month later, 900 after two",
    ),
    StandingRatio(
        slug="repeat_purchase_rate",
        name=_("Repeat-purchase rate"),
        unit="percent",
        better="higher",
        group="customer",
        timing="lagging",
        dimensions=(*SELLERS, *ORIGIN, *KINDS, *TIME),
        top=bought_again,
        bottom=first_purchases,
        cohort=True,
        ripens=Ripening(_("second purchases"), days=WINDOW_DAYS, left_out=new_customer),
        date=_("the day of the account's first purchase"),
        help=_(
            "Of the customers won in the period who have had 365 days since, how many bought a second time within 365"
            " days. Who has not had that long is left out."
        ),
        formula=_("customers with a second purchase within 365 days / customers whose first is 365 days ago or more"),
        example="12 of 40 matured customers: 30%",
    ),
    StandingRatio(
        slug="revenue_per_customer",
        name=_("Revenue per customer"),
        unit="money",
        better="higher",
        group="customer",
        timing="lagging",
        dimensions=SALE,
        top=customer_money,
        bottom=buyers,
        date=CLOSING,
        help=_(
            "What the accounts that bought in the period brought, credit notes off, for each of them. An account counts"
            " once however often it bought; deals without an account are left out."
        ),
        formula=_("amounts won from accounts - credit notes / accounts that bought"),
        example="900,000 from 60 customers: 15,000",
    ),
    Total(
        slug="clv_historic",
        name=_("Customer value to date"),
        unit="money",
        better="higher",
        group="customer",
        timing="lagging",
        dimensions=CUSTOMER,
        of=to_date,
        level=True,
        date=_("all days up to the end of the period"),
        help=_(
            "All that the customers have brought since their first purchase, credit notes off. Young customers have had"
            " less time: compare cohorts of one age."
        ),
        formula=_("sum of the amounts won of all customers up to the day"),
        example="1,000 + 500 - 100 credit note: 1,400",
    ),
    Penetration(
        slug="product_penetration",
        name=_("Product penetration"),
        unit="percent",
        better="higher",
        group="customer",
        timing="lagging",
        dimensions=(*PRODUCTS, *SELLERS, *KINDS, *TIME),
        top=product_buyers,
        bottom=customers,
        date=LEVEL,
        help=_(
            "Of the active customers, how many have ever bought the product, by a deal or a subscription; without a"
            " product: any that is known. A customer with two products is counted with both."
        ),
        formula=_("active customers who have bought the product / active customers"),
        example="50 of 200: 25%",
    ),
)
