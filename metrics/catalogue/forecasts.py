"""What is to come: whether the pipeline covers the target."""

from django.utils.translation import gettext_lazy as _

from metrics.catalogue.deals import won_revenue
from metrics.coverage import Coverage, DueDeals
from metrics.dimensions import TIME
from metrics.facts import OPEN
from metrics.measures import Measure
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
)
