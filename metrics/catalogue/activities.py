"""Activities: what reps did, by the day they did it."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from metrics.dimensions import TIME
from metrics.facts import ACTIVITIES
from metrics.measures import Measure
from metrics.metric import Total

ACTIVITY = ("rep", "team", "activity_kind", *TIME)
DOING = _("the day on which it was done")

done = Measure("activities", ACTIVITIES)
calls = Measure("calls", ACTIVITIES, Q(kind="call") & ~Q(direction="in"))
demos = Measure("demos", ACTIVITIES, Q(kind="demo"))

METRICS = (
    Total(
        slug="activities_logged",
        name=_("Activities logged"),
        unit="count",
        better="range",
        group="activity",
        timing="leading",
        dimensions=ACTIVITY,
        of=done,
        date=DOING,
        help=_("Calls, e-mails, meetings and the like that were done; credit goes to who did them."),
        formula=_("number of activities done, no-shows left out"),
        example="3 calls, 2 e-mails, 1 meeting: 6",
    ),
    Total(
        slug="calls_made",
        name=_("Calls made"),
        unit="count",
        better="range",
        group="activity",
        timing="leading",
        dimensions=ACTIVITY,
        of=calls,
        date=DOING,
        help=_("Outgoing calls that were made."),
        formula=_("number of outgoing calls done"),
        example="18 outgoing, 4 incoming: 18",
    ),
    Total(
        slug="demos_held",
        name=_("Demos held"),
        unit="count",
        better="higher",
        group="activity",
        timing="leading",
        dimensions=ACTIVITY,
        of=demos,
        date=DOING,
        help=_("Demonstrations that took place."),
        formula=_("number of demos done, no-shows left out"),
        example="9 booked, 2 no-shows: 7",
    ),
)
