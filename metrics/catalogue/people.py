"""The sales people: who leaves, who reaches the target."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from metrics.dimensions import TIME
from metrics.formulas.standing import StandingRatio
from metrics.measures.people import PEOPLE_OF_SALES, Headcount, Leavers, Staff, Targeted
from metrics.measures.ramp import Ramp, RampMedian


@dataclass(frozen=True, kw_only=True)
class Turnover(StandingRatio):
    """People who left are no share of the average number: more may leave than were ever there at once."""

    @property
    def counts_cases(self) -> bool:
        return False


headcount = Headcount("headcount", PEOPLE_OF_SALES)
leavers = Leavers("leavers", PEOPLE_OF_SALES)
staff = Staff("staff", PEOPLE_OF_SALES)
targeted = Targeted("reps_with_target", PEOPLE_OF_SALES)
ramp = Ramp("ramp_months", PEOPLE_OF_SALES)
reached = Targeted("reps_on_target", PEOPLE_OF_SALES, reached=True)

METRICS = (
    StandingRatio(
        slug="reps_on_target_rate",
        name=_("Reps at or above target"),
        unit="percent",
        better="higher",
        group="performance",
        timing="lagging",
        dimensions=("team", *TIME),
        top=reached,
        bottom=targeted,
        date=_("the period of the target"),
        help=_(
            "Of the reps with a target for their won revenue who were there for at least 30 days (or all of a shorter "
            "period), how many reached it. In a running period by pace: what is won so far for the share of the "
            "working days that are over."
        ),
        formula=_("reps at 100% of their target or more / reps with a target"),
        example="6 of 10: 60%",
    ),
    Turnover(
        slug="rep_turnover_rate",
        name=_("Rep turnover"),
        unit="percent",
        better="lower",
        group="performance",
        timing="lagging",
        dimensions=("team", *TIME),
        top=leavers,
        bottom=headcount,
        n_of=staff,
        date=_("the last day of work"),
        help=_(
            "Sales people who left in the period, against the average number who were there; who was there for half "
            "of it counts half. A change of team is no leaving."
        ),
        formula=_("people who left / (days employed / days of the period)"),
        example="2 leavers, 20 people on average: 10%",
    ),
    RampMedian(
        slug="ramp_time",
        name=_("Ramp time of new reps, median"),
        unit="months",
        better="lower",
        group="performance",
        timing="lagging",
        dimensions=("team", *TIME),
        of=ramp,
        cohort=True,
        date=_("the day on which the rep was hired"),
        help=_(
            "Full calendar months until the won revenue of three months in a row reaches 80% of their targets, of the "
            "reps hired in the period who have had a target. Who is not there yet, or left before, counts for as long "
            "as he was seen (Kaplan-Meier); while more than half are not there, there is no median."
        ),
        formula=_("the first month at which at most half of the hires are not at 80% of their target yet"),
        example="4 and 6 months, one seen for 3 months: 4",
    ),
)
