"""Recurring revenue: what subscriptions bring a month, how it moves, and how much of it stays."""

from django.utils.translation import gettext_lazy as _

from metrics.catalogue.deals import BUYERS, PRODUCTS, SELLERS
from metrics.catalogue.pipeline import LEVEL
from metrics.cohorts.customers import AGE, CohortRetention
from metrics.cohorts.revenue import FIRST, GROSS, NET, PAYING, CohortRevenue
from metrics.dimensions import TIME
from metrics.facts.recurring import BEFORE, RETAINED, SUBSCRIPTIONS
from metrics.formulas.standing import StandingRatio
from metrics.formulas.yearly import Yearly
from metrics.measures.accounts import AccountMeasure, MonthlyMoney, OfAccounts
from metrics.measures.mrr_moves import CHURN, CONTRACTION, EXPANSION, REACTIVATION
from metrics.measures.recurring import MOVEMENT, SUBSCRIPTION_MOVES, MonthlyMoves
from metrics.metric import Total

SUBSCRIBER = (*SELLERS, *BUYERS, "channel", *PRODUCTS, *TIME)
HOLDER = (*SELLERS, *BUYERS, *TIME)
MOVING = _("the day on which an account's monthly amount changed")
BEGINNING = _("the day from which the account first brought recurring revenue that lasted to the end of the month")
TRAILING = _("the twelve months that end with the period's last day")

monthly = MonthlyMoney("monthly_money", SUBSCRIPTIONS, value="base_minor", money=True)
subscribers = OfAccounts("subscribers", SUBSCRIPTIONS)
opening_month = MonthlyMoney("opening_monthly_money", BEFORE, value="base_minor", money=True)
moves = MonthlyMoves("monthly_moves", SUBSCRIPTION_MOVES, value="base_minor", money=True)
lost_month = MonthlyMoves(
    "lost_monthly_money", SUBSCRIPTION_MOVES, value="base_minor", money=True, kinds=(CHURN, CONTRACTION), sign=-1
)
net_lost_month = MonthlyMoves(
    "net_lost_monthly_money",
    SUBSCRIPTION_MOVES,
    value="base_minor",
    money=True,
    kinds=(CHURN, CONTRACTION, EXPANSION, REACTIVATION),
    sign=-1,
)
then = AccountMeasure("retained_opening", RETAINED, value="opening", money=True)
now = AccountMeasure("retained_closing", RETAINED, value="closing", money=True)
kept = AccountMeasure("retained_kept", RETAINED, value="kept", money=True)
cohort_first = CohortRevenue("cohort_first_revenue", PAYING, money=True, part=FIRST)
cohort_net = CohortRevenue("cohort_net_revenue", PAYING, money=True, part=NET)
cohort_gross = CohortRevenue("cohort_gross_revenue", PAYING, money=True, part=GROSS)

METRICS = (
    Total(
        slug="mrr",
        name=_("Monthly recurring revenue (MRR)"),
        unit="money",
        better="higher",
        group="financial",
        timing="lagging",
        dimensions=SUBSCRIBER,
        of=monthly,
        level=True,
        date=LEVEL,
        help=_(
            "What the subscriptions that run at the end of the day bring a month, in the base currency at the rate of"
            " each one's first day. Trials at 0 bring nothing; the day on which one ends is the first without it."
        ),
        formula=_("sum of the monthly amounts of running subscriptions"),
        example="1,200 a year and twice 50 a month less 10%: 100 + 90 = 190",
    ),
    Yearly(
        slug="arr",
        name=_("Annual recurring revenue (ARR)"),
        unit="money",
        better="higher",
        group="financial",
        timing="lagging",
        dimensions=SUBSCRIBER,
        of=monthly,
        level=True,
        date=LEVEL,
        help=_("Twelve times the monthly recurring revenue at the end of the day."),
        formula=_("12 x monthly recurring revenue"),
        example="190 a month: 2,280",
    ),
    StandingRatio(
        slug="arpa",
        name=_("Average revenue per account (ARPA)"),
        unit="money",
        better="higher",
        group="customer",
        timing="lagging",
        dimensions=SUBSCRIBER,
        top=monthly,
        bottom=subscribers,
        date=LEVEL,
        help=_(
            "What a subscribing account brings a month at the end of the day. Where nothing is sold as a subscription"
            " it is not known: there, see the revenue per customer."
        ),
        formula=_("monthly recurring revenue / accounts that subscribe"),
        example="5,000 a month from 40 accounts: 125",
    ),
    Total(
        slug="mrr_movements",
        name=_("MRR movements"),
        unit="money",
        better="higher",
        group="financial",
        timing="lagging",
        dimensions=(MOVEMENT, *HOLDER),
        of=moves,
        date=MOVING,
        help=_(
            "How recurring revenue changed, account by account: new, expansion, contraction, churn, reactivation."
            " To end one of two subscriptions is a contraction; to come back after a churn is a reactivation. Opening"
            " revenue plus all moves is closing revenue."
        ),
        formula=_("sum of the changes of the accounts' monthly amounts"),
        example="166.67 new, 60 expansion, -60 contraction, -166.67 churn: 0",
    ),
    StandingRatio(
        slug="nrr",
        name=_("Net revenue retention (NRR)"),
        unit="percent",
        better="higher",
        group="financial",
        timing="lagging",
        dimensions=HOLDER,
        top=now,
        bottom=then,
        date=TRAILING,
        help=_(
            "Of the monthly revenue of those who subscribed twelve months ago, how much the same accounts bring today,"
            " more or less as they buy now. Accounts that came later are left out."
        ),
        formula=_("monthly revenue of these accounts today / their monthly revenue twelve months ago"),
        example="100 a year ago, 15 more, 5 less, 8 gone: 102%",
    ),
    StandingRatio(
        slug="grr",
        name=_("Gross revenue retention (GRR)"),
        unit="percent",
        better="higher",
        group="financial",
        timing="lagging",
        dimensions=HOLDER,
        top=kept,
        bottom=then,
        date=TRAILING,
        help=_(
            "Like net revenue retention, but no account counts for more than it brought twelve months ago: what one"
            " buys on top hides no loss of another."
        ),
        formula=_("sum of the smaller of then and today by account / monthly revenue twelve months ago"),
        example="A 60 and now 75, B 40 and now 27: (60 + 27) / 100 = 87%",
    ),
    CohortRetention(
        slug="cohort_nrr",
        name=_("Net retention by cohort"),
        unit="percent",
        better="higher",
        group="financial",
        timing="lagging",
        dimensions=(AGE, *HOLDER),
        overlaps=(AGE,),
        top=cohort_net,
        bottom=cohort_first,
        date=BEGINNING,
        help=_(
            "Of what the accounts whose recurring revenue began in the period brought at the end of their first month,"
            " how much they bring at the end of the last month that is over, more or less as they buy now. By age: so"
            " many months later, of the accounts that are that old. One that left and came back stays in its cohort."
        ),
        formula=_("monthly revenue of the cohort so many months later / that at the end of its first month"),
        example="A 100 and C 200 began in January; five months later A 150 and C 200: 350 / 300 = 116.7%",
    ),
    CohortRetention(
        slug="cohort_grr",
        name=_("Gross retention by cohort"),
        unit="percent",
        better="higher",
        group="financial",
        timing="lagging",
        dimensions=(AGE, *HOLDER),
        overlaps=(AGE,),
        top=cohort_gross,
        bottom=cohort_first,
        date=BEGINNING,
        help=_(
            "Like net retention by cohort, but no account counts for more than it brought at the end of its"
            " first month: what one buys on top hides no loss of another."
        ),
        formula=_("sum of the smaller of first and later monthly revenue by account / first monthly revenue"),
        example="A 100 and now 150, C 200 and now 120: (100 + 120) / 300 = 73.3%",
    ),
    StandingRatio(
        slug="mrr_churn_rate",
        name=_("MRR churn rate, gross"),
        unit="percent",
        better="lower",
        group="financial",
        timing="lagging",
        dimensions=HOLDER,
        top=lost_month,
        bottom=opening_month,
        date=MOVING,
        help=_("What was lost in the period by churn and contraction, of the monthly revenue before it."),
        formula=_("(churn + contraction) / opening monthly revenue"),
        example="opening 100, churn 10, contraction 10: 20%",
    ),
    StandingRatio(
        slug="net_mrr_churn_rate",
        name=_("MRR churn rate, net"),
        unit="percent",
        better="lower",
        group="financial",
        timing="lagging",
        dimensions=HOLDER,
        top=net_lost_month,
        bottom=opening_month,
        date=MOVING,
        help=_("The gross rate less what present accounts added and lost ones brought back. Below 0 is growth."),
        formula=_("(churn + contraction - expansion - reactivation) / opening monthly revenue"),
        example="opening 100, churn 10, contraction 10, expansion 10: 10%",
    ),
)
