"""Stages: how many deals pass each, how many drop out, how long they stay."""

from django.utils.translation import gettext_lazy as _

from metrics.catalogue.deals import ORIGIN, SELLERS
from metrics.dimensions import TIME
from metrics.facts.visits import ENTRIES, EXITS, Advanced, StillThere, VisitMeasure
from metrics.metric import Quantile, Ratio

VISIT = ("stage", *SELLERS, *ORIGIN, "pipeline", "deal_kind", *TIME)
ENTERING = _("the day on which the deal first came into the stage")
LEAVING = _("the day on which the deal left the stage for good")

advanced = Advanced("stage_advanced", ENTRIES)
resolved = Advanced("stage_resolved", ENTRIES, resolved=True)
dropped = Advanced("stage_dropped", ENTRIES, dropped=True)
stage_days = VisitMeasure("stage_days", EXITS, value="all_days", histogram=True)
latest_days = VisitMeasure("stage_latest_days", EXITS, value="days", histogram=True)

METRICS = (
    Ratio(
        slug="stage_conversion_rate",
        name=_("Stage conversion rate"),
        unit="percent",
        better="higher",
        group="pipeline",
        timing="leading",
        dimensions=VISIT,
        top=advanced,
        bottom=resolved,
        cohort=True,
        ripens=StillThere("ends"),
        date=ENTERING,
        help=_(
            "Of the deals that first came into a stage in the period and have left it, how many came into any later "
            "stage or were won. Deals still in it are left out; back and forth is one entry."
        ),
        formula=_("deals that advanced / (deals that advanced + deals lost or back in an earlier stage)"),
        example="40 entered, 22 advanced, 10 lost, 8 still there: 22 / 32 = 68.8%",
    ),
    Ratio(
        slug="stage_drop_off_rate",
        name=_("Stage drop-off rate"),
        unit="percent",
        better="lower",
        group="pipeline",
        timing="leading",
        dimensions=VISIT,
        top=dropped,
        bottom=resolved,
        cohort=True,
        ripens=StillThere("ends"),
        date=ENTERING,
        help=_("Of the deals that first came into a stage in the period and have left it, how many got no further."),
        formula=_("deals lost or back in an earlier stage / deals that have left the stage"),
        example="40 entered, 22 advanced, 10 lost, 8 still there: 10 / 32 = 31.3%",
    ),
    Quantile(
        slug="time_in_stage",
        name=_("Time in stage, median"),
        unit="days",
        better="lower",
        group="pipeline",
        timing="leading",
        dimensions=VISIT,
        of=stage_days,
        date=LEAVING,
        help=_("Half of the deals that left a stage in the period were there no longer, all their stays added up."),
        formula=_("median of the days of all stays of a deal in a stage"),
        example="stays of 4 + 3, 10 and 1 days: median 7",
    ),
    Quantile(
        slug="time_in_stage_latest",
        name=_("Time in stage, latest stay, median"),
        unit="days",
        better="lower",
        group="pipeline",
        timing="leading",
        dimensions=VISIT,
        of=latest_days,
        date=LEAVING,
        help=_("Half of the deals that left a stage in the period were there no longer the last time."),
        formula=_("median of the days of the last stay of a deal in a stage"),
        example="stays of 4, then 3 days, 10 days and 1 day: median 3",
    ),
)
