"""What is to come: whether the pipeline covers the target, what is forecast, how good forecasts were."""

from django.utils.translation import gettext_lazy as _

from metrics.catalogue.deals import won_revenue
from metrics.dimensions import TIME
from metrics.facts.fact import OPEN
from metrics.forecasting.metrics import METHOD, Expected, Judgement
from metrics.formulas.coverage import Coverage, DueDeals
from metrics.measures.measure import Measure
from metrics.metric import Metric

due_money = Measure(
    "due_money", DueDeals("deal", "expected_close_on", OPEN.columns, level=True), value="base_minor", money=True,
    live=True,
)  # fmt: skip

METRICS: tuple[Metric, ...] = (
    Coverage(
        slug="pipeline_coverage",
        name=_("Pipeline coverage"),
        unit="ratio",
        better="range",
        group="forecast",
        timing="leading",
        dimensions=("rep", "team", "channel", *TIME),
        due=due_money,
        of=won_revenue,
        date=_("the expected close of open deals, the closing day of won ones"),
        help=_(
            "How often the open deals that are expected to close in the period would pay for what is missing to its "
            "target for won revenue, as of the day. Once the target is reached there is nothing to cover. Win one of "
            "three and you need 3."
        ),
        formula=_("open amounts expected to close in the period / (target - won so far)"),
        example="600 open, target 300, 100 won: 600 / 200 = 3",
    ),
    Expected(
        slug="revenue_forecast",
        name=_("Revenue forecast"),
        unit="money",
        better="neutral",
        group="forecast",
        timing="leading",
        dimensions=("rep", "team", METHOD, *TIME),
        date=_("the period that is forecast; as of the day of the run"),
        help=_(
            "What a period's won revenue is expected to come to, by the newest run that was kept as of the day: each "
            "method's figure, and as the figure itself that of the method which missed least at this lead time before. "
            "Months, quarters and years are forecast before every month and every week; the interval is from P10 to "
            "P90."
        ),
        formula=_("won so far + what the rest is expected to bring"),
        example="won 100, open 200 x 0.3 + 50 x 0.8: 200",
    ),
    Judgement(
        slug="forecast_accuracy",
        name=_("Forecast accuracy"),
        unit="percent",
        better="higher",
        group="forecast",
        timing="lagging",
        dimensions=("rep", "team", METHOD, *TIME),
        of=won_revenue,
        date=_("the month that was forecast"),
        help=_(
            "How near forecasts came that were kept before the first day of each month: over all months that are over, "
            "what was missed by as a share of what was won, taken from 100%. Below 0 where more was missed than won. "
            "Forecasts stay as they were; what was won is as it is known now."
        ),
        formula=_("(won - sum of |forecast - won|) / won"),
        example="forecast 110 and 90, won 100 and 100: 1 - 20 / 200 = 90%",
    ),
    Judgement(
        slug="forecast_bias",
        name=_("Forecast bias"),
        unit="percent",
        better="range",
        group="forecast",
        timing="lagging",
        dimensions=("rep", "team", METHOD, *TIME),
        of=won_revenue,
        signed=True,
        date=_("the month that was forecast"),
        help=_(
            "Whether forecasts kept before the first day of each month promised too much (above 0) or too little "
            "(below): over all months that are over, errors with their sign as a share of what was won."
        ),
        formula=_("sum of (forecast - won) / won"),
        example="forecast 110 and 90, won 100 and 100: 0 / 200 = 0%",
    ),
)
