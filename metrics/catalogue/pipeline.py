"""Pipeline: what is open, what was created, how long it takes."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from metrics.catalogue.deals import BUYERS, CLOSING, DEAL, ORIGIN, PRODUCTS, SELLERS, SOLD, average_deal_size, win_rate
from metrics.dimensions import TIME
from metrics.facts.fact import CLOSED, OPEN, OPENED
from metrics.formulas.derived import Velocity
from metrics.measures.measure import Measure
from metrics.metric import Quantile, Ratio, Total

OPEN_DEAL = (
    *SELLERS, *ORIGIN, *BUYERS, "pipeline", "stage", "forecast_category", "customer", "deal_kind", "currency", *TIME,
)  # fmt: skip
LEVEL = _("the last day of the period, at its end")
OPENING = _("the day on which the deal was opened")

open_money = Measure("open_money", OPEN, value="base_minor", money=True)
open_weighted = Measure("open_weighted", OPEN, value="weighted")
open_deals = Measure("open_deals", OPEN, SOLD)
created_money = Measure("created_money", OPENED, value="base_minor", money=True)
_timed = SOLD & Q(outcome="won", cycle_days__isnull=False)
cycle_days = Measure("cycle_days", CLOSED, _timed, value="cycle_days", histogram=True)
cycle_total = Measure("cycle_total", CLOSED, _timed, value="cycle_days")
cycle_deals = Measure("cycle_deals", CLOSED, _timed)

METRICS = (
    Total(
        slug="open_pipeline",
        name=_("Open pipeline"),
        unit="money",
        better="higher",
        group="pipeline",
        timing="leading",
        dimensions=OPEN_DEAL,
        of=open_money,
        level=True,
        date=LEVEL,
        help=_("The amounts of the deals open at the end of the day; deals without an amount add 0 and are counted."),
        formula=_("sum of the amounts of open deals, the category omitted left out"),
        example="10, 20 and 30 thousand open on 31 May: 60,000; 20 won on 5 June: 40,000",
    ),
    Total(
        slug="open_deals",
        name=_("Open deals"),
        unit="count",
        better="neutral",
        group="pipeline",
        timing="leading",
        dimensions=(*OPEN_DEAL, *PRODUCTS),
        of=open_deals,
        level=True,
        date=LEVEL,
        help=_("Deals neither won nor lost at the end of the day."),
        formula=_("number of open deals, the category omitted left out"),
        example="3 on 31 May, 2 on 5 June",
    ),
    Total(
        slug="weighted_pipeline",
        name=_("Weighted pipeline"),
        unit="money",
        better="higher",
        group="pipeline",
        timing="leading",
        dimensions=OPEN_DEAL,
        of=open_weighted,
        scale=10_000,
        level=True,
        date=LEVEL,
        help=_("Open amounts times the chance of winning: the deal's own, else its stage's, as it was on that day."),
        formula=_("sum of amount x probability over open deals"),
        example="100 x 20% + 200 x 50% = 120",
    ),
    Total(
        slug="pipeline_created",
        name=_("Pipeline created"),
        unit="money",
        better="higher",
        group="pipeline",
        timing="leading",
        dimensions=DEAL,
        of=created_money,
        date=OPENING,
        help=_("What the deals opened in the period were worth on their first day, whatever became of them."),
        formula=_("sum of the first amounts of deals opened"),
        example="five deals of 10,000, three closed since: 50,000",
    ),
    cycle_length := Ratio(
        slug="sales_cycle_length",
        name=_("Sales cycle"),
        unit="days",
        better="lower",
        group="pipeline",
        timing="lagging",
        dimensions=(*DEAL, *PRODUCTS),
        top=cycle_total,
        bottom=cycle_deals,
        date=CLOSING,
        help=_("The mean number of days from opening to close of the deals won; won deals only."),
        formula=_("days from opening to close / number of deals won with a known start"),
        example="10, 20 and 60 days: mean 30",
    ),
    Quantile(
        slug="sales_cycle_median",
        name=_("Sales cycle, median"),
        unit="days",
        better="lower",
        group="pipeline",
        timing="lagging",
        dimensions=DEAL,
        of=cycle_days,
        date=CLOSING,
        help=_("Half of the deals won took no longer than this from opening to close."),
        formula=_("median of the days from opening to close of deals won"),
        example="10, 20 and 60 days: median 20",
    ),
    Velocity(
        slug="sales_velocity",
        name=_("Sales velocity"),
        unit="money_per_day",
        better="higher",
        group="pipeline",
        timing="leading",
        dimensions=(*SELLERS, *ORIGIN, *BUYERS, "pipeline", "deal_kind", "currency", *TIME),
        open_deals=open_deals,
        win_rate=win_rate,
        deal_size=average_deal_size,
        cycle=cycle_length,
        date=_("closing days in the period; open deals at its end"),
        help=_("Money a day that the open deals bring at this period's win rate, deal size and mean cycle."),
        formula=_("open deals x win rate x average deal size / mean sales cycle"),
        example="50 x 20% x 6,000 / 60 = 1,000 a day",
    ),
)
