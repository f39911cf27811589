"""What a customer costs, brings and is worth."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from metrics.catalogue.customer_base import active, before, customer_money, left
from metrics.catalogue.customers import new_customer
from metrics.catalogue.deals import BUYERS, CLOSING, DEAL, SELLERS
from metrics.catalogue.marketing import spend
from metrics.catalogue.recurring import monthly, subscribers
from metrics.dimensions import TIME
from metrics.facts.accounts import ACCOUNT_COLUMNS
from metrics.facts.fact import CLOSED
from metrics.facts.recurring import NEW_SUBSCRIPTIONS, RECURRING_WINS
from metrics.facts.spend import PEOPLE, ExpenseFact, Expenses
from metrics.formulas.economics import Lifetime, LifetimeRatio, LifetimeValue, Pair, Payback
from metrics.measures.accounts import MonthlyMoney, OfAccounts
from metrics.measures.combined import Across, Combined
from metrics.measures.lines import LineMeasure, costed, earned
from metrics.measures.measure import Measure
from metrics.metric import Ratio, Total
from metrics.models import Expense

SEGMENTS = (*BUYERS, *TIME)
YEAR_BEFORE = _("the twelve months that end with the period's last day")
SPENT = _("costs on the day to which they belong, customers on the day of their first win")


@dataclass(frozen=True)
class CostToServe(ExpenseFact):
    """Expenses that are booked on an account."""


_SERVED = CostToServe(
    "expense", "day", {key: f"account__{column}" for key, column in ACCOUNT_COLUMNS.items() if key != "channel"}
)
_HELD = Q(outcome="won", account__isnull=False)

acquiring = Expenses(
    "acquiring_expenses", PEOPLE, Q(category__in=Expense.SALES_CATEGORIES, purpose=Expense.Purpose.ACQUIRE)
)
acquisition = Combined("acquisition_costs", parts=((1, spend), (1, acquiring)))
yearly = Measure("yearly_value", RECURRING_WINS, value="yearly", money=True, live=True)
recurring_wins = Measure("recurring_wins", RECURRING_WINS, live=True)
new_monthly = MonthlyMoney("new_monthly_money", NEW_SUBSCRIPTIONS, value="base_minor", money=True)
new_subscribers = OfAccounts("new_subscribers", NEW_SUBSCRIPTIONS)
customer_earned = LineMeasure("customer_earned", CLOSED, _HELD, value="profit_minor", money=True)
customer_costed = LineMeasure("customer_costed", CLOSED, _HELD, value="costed_minor", money=True)
serving = Expenses("serving_expenses", _SERVED, Q(account__isnull=False))
customer_profit = Combined("customer_profit", parts=((1, customer_earned), (-1, serving)))

_MARGIN = Pair(earned, costed)
_COST = Pair(acquisition, new_customer)
_LIFETIME = Lifetime(Pair(monthly, subscribers), Pair(customer_money, active), _MARGIN, Pair(left, before))

METRICS = (
    Across(
        slug="cac",
        name=_("Customer acquisition cost (CAC)"),
        unit="money",
        better="lower",
        group="financial",
        timing="lagging",
        dimensions=TIME,
        top=acquisition,
        bottom=new_customer,
        n_of=new_customer,
        date=SPENT,
        help=_(
            "What was spent to win new customers, for each one won: sales expenses whose purpose that is, and all"
            " marketing, campaigns and expenses. Costs and customers are of the same period; while a company grows, the"
            " costs of later customers make it look higher."
        ),
        formula=_("(sales expenses to win customers + marketing spend) / new customers"),
        example="(20,000 + 40,000) / 40 = 1,500",
    ),
    Payback(
        slug="cac_payback",
        name=_("CAC payback"),
        unit="months",
        better="lower",
        group="financial",
        timing="lagging",
        dimensions=TIME,
        cost=_COST,
        monthly=Pair(new_monthly, new_subscribers),
        margin=_MARGIN,
        words=(_("cost of a new customer"), _("margin of a new customer a month")),
        date=_("the three months that end with the period's last day"),
        help=_(
            "Months until the margin of a new customer has paid what winning him cost: costs, new customers and gross"
            " margin of three months, and what the accounts that began to subscribe in them bring a month. Without a"
            " margin above 0 it never does, and nothing is shown."
        ),
        formula=_("acquisition cost / (monthly revenue of a new subscriber x gross margin)"),
        example="1,500 / (125 x 80%) = 15 months",
    ),
    Ratio(
        slug="acv",
        name=_("Annual contract value (ACV)"),
        unit="money",
        better="higher",
        group="financial",
        timing="lagging",
        dimensions=DEAL,
        top=yearly,
        bottom=recurring_wins,
        date=CLOSING,
        help=_(
            "What the subscriptions that a deal won began bring in twelve months, for each such deal. Fees that are"
            " paid once are no part of it, renewals neither; a subscription without an end counts for twelve months."
        ),
        formula=_("12 x monthly amounts that deals won began / deals won that began any"),
        example="36,000 over 36 months: 12,000",
    ),
    LifetimeValue(
        slug="clv",
        name=_("Customer lifetime value (CLV)"),
        unit="money",
        better="higher",
        group="customer",
        timing="lagging",
        dimensions=SEGMENTS,
        of=_LIFETIME,
        words=(_("margin of a customer a year"), _("churn a year")),
        date=YEAR_BEFORE,
        help=_(
            "The margin that a customer brings until he leaves, if all goes on as in the last twelve months. A year's"
            " revenue is twelve times what a subscriber pays a month or, where nothing is subscribed to, what was won"
            " for each active customer. Shown from 30 customers on, when 5 of them or more left: a lifetime without an"
            " end can't be told."
        ),
        formula=_("revenue of a customer a year x gross margin / customer churn rate of the year"),
        example="100 x 80% / 5% = 1,600",
    ),
    LifetimeValue(
        slug="clv_discounted",
        name=_("Customer lifetime value, discounted"),
        unit="money",
        better="higher",
        group="customer",
        timing="lagging",
        dimensions=SEGMENTS,
        of=_LIFETIME,
        discounted=True,
        words=(_("margin of a customer a year x retention"), _("discount + churn a year")),
        date=YEAR_BEFORE,
        help=_(
            "Like the lifetime value, with money of later years worth 10% less a year; a year's margin comes at its"
            " end."
        ),
        formula=_("margin a year x retention / (1 + 10% - retention)"),
        example="margin 100, retention 80%: 80 / 0.3 = 266.67",
    ),
    LifetimeRatio(
        slug="ltv_to_acv",
        name=_("LTV to ACV"),
        unit="ratio",
        better="higher",
        group="customer",
        timing="lagging",
        dimensions=SEGMENTS,
        of=_LIFETIME,
        against=Pair(yearly, recurring_wins),
        revenue=True,
        words=(_("revenue of a customer's lifetime"), _("annual contract value")),
        date=YEAR_BEFORE,
        help=_(
            "The revenue of a customer's lifetime against the annual contract value, both of twelve months. At 1 or"
            " below customers do not outlast their first year."
        ),
        formula=_("revenue of a customer a year / churn / annual contract value"),
        example="4,800 / 1,200 = 4",
    ),
    LifetimeRatio(
        slug="ltv_to_cac",
        name=_("LTV to CAC"),
        unit="ratio",
        better="higher",
        group="customer",
        timing="lagging",
        dimensions=TIME,
        of=_LIFETIME,
        against=_COST,
        words=(_("customer lifetime value"), _("customer acquisition cost")),
        date=YEAR_BEFORE,
        help=_(
            "The margin of a customer's lifetime against what winning a customer cost in the same twelve months. Below"
            " 1 a customer never pays for being won."
        ),
        formula=_("customer lifetime value / customer acquisition cost"),
        example="1,600 / 400 = 4",
    ),
    Total(
        slug="customer_profit",
        name=_("Customer profit"),
        unit="money",
        better="higher",
        group="customer",
        timing="lagging",
        dimensions=(*SELLERS, *BUYERS, *TIME),
        of=customer_profit,
        date=_("deals on the day they were closed, costs on the day to which they belong"),
        help=_(
            "What the deals of accounts earned, less the expenses booked on accounts. Lines without a known cost are"
            " left out; hours of work are not in it unless they are entered as an expense, and no cost is spread."
        ),
        formula=_("net value of lines - their cost - expenses booked on the accounts"),
        example="1,400 - 800 - 150 = 450",
    ),
    Across(
        slug="segment_profit",
        name=_("Segment profitability"),
        unit="percent",
        better="higher",
        group="customer",
        timing="lagging",
        dimensions=SEGMENTS,
        top=customer_profit,
        bottom=customer_costed,
        date=_("deals on the day they were closed, costs on the day to which they belong"),
        help=_(
            "Customer profit as a share of the revenue with a known cost; by segment, industry or region. A deal"
            " belongs to the segment that its account had on that day, an expense to the one that it has today."
        ),
        formula=_("customer profit / revenue with a known cost"),
        example="450 + 50 on revenue of 2,000: 25%",
    ),
)
