"""Deals: won, lost, how many, how large, how fast."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from metrics.dimensions import TIME
from metrics.facts.fact import CLOSED
from metrics.formulas.derived import Growth
from metrics.measures.capacity import PerCapacity
from metrics.measures.measure import Measure
from metrics.metric import Ratio, Total

SELLERS = ("rep", "team")
ORIGIN = ("channel", "campaign")
BUYERS = ("segment", "industry", "region")
PRODUCTS = ("product", "product_family")
DEAL = (*SELLERS, *ORIGIN, *BUYERS, "pipeline", "customer", "deal_kind", "currency", *TIME)
CLOSING = _("the day on which the deal was closed")

# A credit note (METRICS.md R7) lowers money on its own day; it is no deal that was won, lost or took any time.
SOLD = ~Q(kind="credit")
_sized = SOLD & Q(outcome="won", base_minor__isnull=False)

won = Measure("won", CLOSED, SOLD & Q(outcome="won"))
won_money = Measure("won_money", CLOSED, Q(outcome="won"), value="credit", money=True)
won_sized = Measure("won_sized", CLOSED, _sized)
won_sized_money = Measure("won_sized_money", CLOSED, _sized, value="base_minor", money=True)
lost = Measure("lost", CLOSED, SOLD & Q(outcome="lost"))
closed = Measure("closed", CLOSED, SOLD)

METRICS = (
    won_revenue := Total(
        slug="won_revenue",
        name=_("Won revenue"),
        unit="money",
        better="higher",
        group="performance",
        timing="lagging",
        dimensions=(*DEAL, *PRODUCTS),
        of=won_money,
        date=CLOSING,
        help=_("What the deals won in the period are worth, in the base currency at the rate of the closing day."),
        formula=_("sum of the amounts of deals won"),
        example="five deals of 1,000 to 5,000: 15,000",
    ),
    Growth(
        slug="revenue_growth",
        name=_("Revenue growth"),
        unit="percent",
        better="higher",
        group="performance",
        timing="lagging",
        dimensions=(*DEAL, *PRODUCTS),
        of=won_revenue,
        date=CLOSING,
        help=_("Won revenue against the period before; a running period against as many days of the one before."),
        formula=_("(won revenue - won revenue of the period before) / won revenue of the period before"),
        example="120,000 after 100,000: +20%",
    ),
    Total(
        slug="deals_won",
        name=_("Deals won"),
        unit="count",
        better="higher",
        group="performance",
        timing="lagging",
        dimensions=(*DEAL, *PRODUCTS),
        of=won,
        date=CLOSING,
        help=_(
            "Deals won in the period. A reopened deal counts once, at its last close; a credit note does not count."
        ),
        formula=_("number of deals won"),
        example="3 won, 2 lost: 3",
    ),
    Total(
        slug="deals_closed",
        name=_("Deals closed"),
        unit="count",
        better="neutral",
        group="performance",
        timing="lagging",
        dimensions=(*DEAL, *PRODUCTS, "lost_reason"),
        of=closed,
        date=CLOSING,
        help=_("Deals won or lost in the period; credit notes, duplicates, spam and tests are left out."),
        formula=_("deals won + deals lost"),
        example="3 won, 2 lost: 5",
    ),
    average_deal_size := Ratio(
        slug="average_deal_size",
        name=_("Average deal size"),
        unit="money",
        better="higher",
        group="performance",
        timing="lagging",
        dimensions=(*DEAL, *PRODUCTS),
        top=won_sized_money,
        bottom=won_sized,
        n_of=won,
        date=CLOSING,
        help=_("The mean amount of the deals won whose amount is known; whole deals of the owner at the close."),
        formula=_("amounts of deals won / number of deals won with a known amount"),
        example="1,000 to 5,000 in five deals: 15,000 / 5 = 3,000",
    ),
    win_rate := Ratio(
        slug="win_rate",
        name=_("Win rate"),
        unit="percent",
        better="higher",
        group="performance",
        timing="lagging",
        dimensions=(*DEAL, *PRODUCTS),
        top=won,
        bottom=closed,
        date=CLOSING,
        help=_("Deals won out of deals decided in the period. Open deals do not count."),
        formula=_("deals won / (deals won + deals lost)"),
        example="12 won, 8 lost: 60%, between 38.7% and 78.1%",
    ),
    Ratio(
        slug="win_loss_ratio",
        name=_("Win-loss ratio"),
        unit="ratio",
        better="higher",
        group="performance",
        timing="lagging",
        dimensions=(*DEAL, *PRODUCTS),
        top=won,
        bottom=lost,
        n_of=closed,
        date=CLOSING,
        help=_("How many deals are won for each one lost; without a loss there is no ratio."),
        formula=_("deals won / deals lost"),
        example="12 : 8 = 1.5",
    ),
    Total(
        slug="revenue_by_channel",
        name=_("Revenue by channel"),
        unit="money",
        better="higher",
        group="marketing",
        timing="lagging",
        dimensions=DEAL,
        of=won_money,
        date=CLOSING,
        help=_("Won revenue by the channel the deal came from: its own, else its lead's; else it is unknown."),
        formula=_("sum of the amounts of deals won, by channel"),
        example="web 500, partner 300, unknown 200: 1,000",
    ),
    Total(
        slug="revenue_by_product",
        name=_("Revenue by product"),
        unit="money",
        better="higher",
        group="performance",
        timing="lagging",
        dimensions=(*PRODUCTS, *DEAL),
        of=won_money,
        date=CLOSING,
        help=_("Won revenue by the lines of the deals; what no line covers is unknown, so that the parts add up."),
        formula=_("sum of quantity x unit price x (1 - discount) over the lines of deals won"),
        example="2 x 100 - 10% and 1 x 50: 180 and 50",
    ),
    PerCapacity(
        slug="sales_productivity",
        name=_("Revenue per rep"),
        unit="money",
        better="higher",
        group="performance",
        timing="lagging",
        dimensions=("team", *TIME),
        of=won_money,
        date=CLOSING,
        help=_("Won revenue per rep employed; who was there for half of the period counts half."),
        formula=_("won revenue / (days employed / days of the period)"),
        example="900,000 / 4.5 = 200,000",
    ),
)
