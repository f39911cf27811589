"""The market: how large it is, and how much of it is ours."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from metrics.catalogue.customer_base import active
from metrics.catalogue.pipeline import LEVEL
from metrics.dimensions import TIME
from metrics.facts.fact import CLOSED
from metrics.measures.markets import MARKET, MARKETS, SLICES, MarketSizes, OfMarket, YearOfSales
from metrics.metric import Total

companies = MarketSizes("market_companies", MARKETS, value="accounts")
money = MarketSizes("market_money", MARKETS, value="base_minor", money=True)
year_of_sales = YearOfSales("year_of_sales", CLOSED, Q(outcome="won"), value="base_minor", money=True)

METRICS = (
    Total(
        slug="addressable_market",
        name=_("Addressable market"),
        unit="count",
        better="neutral",
        group="customer",
        timing="leading",
        dimensions=(MARKET, *SLICES, *TIME),
        of=companies,
        level=True,
        date=_("the year of the size, the newest one up to the period's"),
        help=_(
            "Companies that could buy, as the source that was entered says: the market that can be served (SAM), by"
            " market also everybody (TAM) and who can be won (SOM). Only what was entered for exactly this slice"
            " counts."
        ),
        formula=_("number of companies entered for the market"),
        example="SAM of 150,000 companies in a TAM of 600,000",
    ),
    Total(
        slug="addressable_revenue",
        name=_("Addressable market, money a year"),
        unit="money",
        better="neutral",
        group="customer",
        timing="leading",
        dimensions=(MARKET, *SLICES, *TIME),
        of=money,
        level=True,
        date=_("the year of the size, the newest one up to the period's"),
        help=_("What the addressable market spends a year, as the source that was entered says."),
        formula=_("money a year entered for the market"),
        example="60 million a year",
    ),
    OfMarket(
        slug="market_penetration",
        name=_("Market penetration"),
        unit="percent",
        better="higher",
        group="customer",
        timing="lagging",
        dimensions=(*SLICES, *TIME),
        top=active,
        bottom=companies,
        n_of=active,
        date=LEVEL,
        help=_("Active customers of the companies that could be served. Above 100% the market's size is wrong."),
        formula=_("active customers / companies of the market that can be served"),
        example="2,000 of 150,000: 1.33%",
    ),
    OfMarket(
        slug="market_share",
        name=_("Market share"),
        unit="percent",
        better="higher",
        group="customer",
        timing="lagging",
        dimensions=(*SLICES, *TIME),
        top=year_of_sales,
        bottom=money,
        n_of=year_of_sales,
        date=_("the twelve months that end with the period's last day"),
        help=_(
            "What was won in twelve months, of what the market that can be served spends a year. It sets deals won"
            " against sales of the market, which may be booked later."
        ),
        formula=_("won revenue of twelve months / money a year of the market"),
        example="900,000 of 60 million: 1.5%",
    ),
)
