"""Marketing: what it costs and what comes back."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from metrics.catalogue.deals import BUYERS, CLOSING, ORIGIN, SELLERS, won, won_money
from metrics.catalogue.leads import created
from metrics.dimensions import TIME
from metrics.facts.fact import CLOSED
from metrics.facts.spend import EXPENSES, SPEND, Expenses, Spent
from metrics.formulas.shares import PositiveRatio
from metrics.measures.attributed import Attributed, AttributedMargin, Influenced, WonCosts
from metrics.measures.combined import Across, Combined
from metrics.measures.measure import Measure
from metrics.metric import Total
from metrics.models import Expense

BY_ORIGIN = (*ORIGIN, *TIME)
MODELS = (*BY_ORIGIN, "model")
PARTNERS = ["partner", "referral"]
SPENDING = _("the day on which the money was spent")
BOTH = _("each side on its own day: money spent on the day of spending, leads on the day they came")
RETURNS = _("deals on the day they were closed, money spent on the day of spending")
_won = Q(outcome="won")

campaign_spend = Spent("campaign_spend", SPEND)
marketing_expenses = Expenses("marketing_expenses", EXPENSES, Q(category=Expense.Category.MARKETING))
spend = Combined("marketing_spend", parts=((1, campaign_spend), (1, marketing_expenses)))
attributed = Attributed("attributed_money", CLOSED, _won, value="credit")
margin = AttributedMargin("attributed_margin", CLOSED, _won, value="credit")
returned = Combined("attributed_return", parts=((1, margin), (-1, spend)))
influenced = Influenced("influenced_money", CLOSED, _won, value="credit")
costs = WonCosts("won_costs", CLOSED, _won, value="credit")
channel_expenses = Expenses(
    "channel_expenses", EXPENSES, Q(category__in=Expense.SALES_CATEGORIES, channel__isnull=False)
)
all_costs = Combined("channel_costs", parts=((1, spend), (1, channel_expenses)))
profit = Combined("channel_profit", parts=((1, won_money), (-1, costs), (-1, all_costs)))
of_all = Measure("won_whole_money", CLOSED, _won, value="base_minor", money=True)
of_unknown = Measure("won_unknown_money", CLOSED, _won & Q(channel__isnull=True), value="base_minor", money=True)
of_partners = Measure(
    "partner_money", CLOSED, _won & Q(channel__kind__in=PARTNERS), value="credit", money=True, live=True
)

METRICS = (
    Total(
        slug="marketing_spend",
        name=_("Marketing spend"),
        unit="money",
        better="neutral",
        group="marketing",
        timing="leading",
        dimensions=BY_ORIGIN,
        of=spend,
        date=SPENDING,
        help=_(
            "What was spent on campaigns and other marketing, at the exchange rate of its day; a credit "
            "note lowers its own day. Known of the company only."
        ),
        formula=_("spend of campaigns + expenses of the category marketing"),
        example="1,200 + 800 - 100 credit: 1,900",
    ),
    Across(
        slug="cost_per_lead",
        name=_("Cost per lead"),
        unit="money",
        better="lower",
        group="marketing",
        timing="leading",
        dimensions=BY_ORIGIN,
        top=spend,
        bottom=created,
        date=BOTH,
        help=_(
            "Marketing spend of the period for each lead that came in it. The costs of channels do not add "
            "up to the cost of all."
        ),
        formula=_("marketing spend / leads that came"),
        example="1,900 / 50 = 38",
    ),
    Across(
        slug="romi",
        name=_("Return on marketing investment"),
        unit="percent",
        better="higher",
        group="marketing",
        timing="lagging",
        dimensions=MODELS,
        top=returned,
        bottom=spend,
        n_of=attributed,
        overlaps=("model",),
        date=RETURNS,
        help=_(
            "What won deals left after their known costs, attributed to their touches, less marketing "
            "spend, for each unit of it. Last touch, unless a model is chosen (model=linear). A deal whose "
            "costs nobody knows counts whole, and how many is said. Attributed is not caused."
        ),
        formula=_("(attributed revenue - known costs of these deals - marketing spend) / marketing spend"),
        example="100,000 attributed, margin 60%, spend 20,000: (60,000 - 20,000) / 20,000 = 200%",
    ),
    Total(
        slug="campaign_influenced_revenue",
        name=_("Campaign-influenced revenue"),
        unit="money",
        better="higher",
        group="marketing",
        timing="lagging",
        dimensions=BY_ORIGIN,
        of=influenced,
        overlaps=ORIGIN,
        date=CLOSING,
        help=_(
            "Won revenue of deals that a campaign touched within 180 days before the close. A deal counts "
            "whole for each campaign, so campaigns do not add up; the total counts it once."
        ),
        formula=_("sum of the amounts of deals won with a touch in the 180 days before"),
        example="10,000 touched by A and B: A 10,000, B 10,000, total 10,000",
    ),
    Total(
        slug="attributed_revenue",
        name=_("Attributed revenue"),
        unit="money",
        better="higher",
        group="marketing",
        timing="lagging",
        dimensions=MODELS,
        of=attributed,
        overlaps=("model",),
        date=CLOSING,
        help=_(
            "Won revenue, split over the touches of each deal up to its close, to the cent. The model is "
            "the last touch unless another is chosen: first, linear, position (40-20-40) or time_decay "
            "(half-life seven days), as in model=linear. Without a touch the deal's own campaign and "
            "channel count; without these it is unknown, so every model adds up to won revenue."
        ),
        formula=_("sum of the amounts of deals won x share of the touch"),
        example="9,000, position, four touches: 3,600, 900, 900, 3,600",
    ),
    Across(
        slug="channel_return",
        name=_("Return by channel"),
        unit="ratio",
        better="higher",
        group="marketing",
        timing="lagging",
        dimensions=BY_ORIGIN,
        top=profit,
        bottom=all_costs,
        n_of=won,
        date=RETURNS,
        help=_(
            "What a channel's won deals left after their known costs, its marketing spend and the sales "
            "expenses booked on its campaigns, for each unit of these. A channel without costs has no "
            "return."
        ),
        formula=_("(won revenue - known costs - spend - sales expenses) / (spend + sales expenses)"),
        example="revenue 1,000, cost 400, spend 200: 400 / 200 = 2",
    ),
    PositiveRatio(
        slug="unknown_source_share",
        name=_("Share of unknown origin"),
        version=3,
        unit="percent",
        better="lower",
        group="marketing",
        timing="leading",
        dimensions=(*SELLERS, *BUYERS, *TIME),
        top=of_unknown,
        bottom=of_all,
        date=CLOSING,
        help=_(
            "How much of the won revenue came by no known channel; whole deals of the owner at the close. Where credit"
            " notes leave no revenue above 0 there is no share of it."
        ),
        formula=_("amounts of deals won without a channel / amounts of deals won"),
        example="200 of 1,000: 20%",
    ),
    Total(
        slug="partner_sourced_revenue",
        name=_("Revenue from partners"),
        unit="money",
        better="higher",
        group="marketing",
        timing="lagging",
        dimensions=(*SELLERS, *ORIGIN, *BUYERS, *TIME),
        of=of_partners,
        date=CLOSING,
        help=_(
            "Won revenue of deals that came by a channel of the kind partner or referral; a credit note "
            "lowers its own day."
        ),
        formula=_("sum of the amounts of deals won by such channels"),
        example="300 of 1,000: 300",
    ),
)
