"""Activities: what reps did, by the day they did it."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from metrics.dimensions import TIME
from metrics.facts.activities import ON_TIME, SPOKEN, TASKS, NewProposals, TalkTime
from metrics.facts.fact import ACTIVITIES
from metrics.measures.capacity import PerRepDay
from metrics.measures.measure import Measure
from metrics.measures.ripening import Ripening
from metrics.metric import Ratio, Total

ACTIVITY = ("rep", "team", "activity_kind", *TIME)
DOING = _("the day on which it was done")

BY_REP = ("rep", "team", *TIME)

_outgoing_call = Q(kind="call") & ~Q(direction="in")
_outgoing_mail = Q(kind="email") & ~Q(direction="in")

done = Measure("activities", ACTIVITIES)
calls = Measure("calls", ACTIVITIES, _outgoing_call)
demos = Measure("demos", ACTIVITIES, Q(kind="demo"))
connected = Measure("calls_connected", ACTIVITIES, _outgoing_call & SPOKEN)
emails = Measure("emails", ACTIVITIES, _outgoing_mail)
delivered = Measure("emails_delivered", ACTIVITIES, _outgoing_mail & ~Q(outcome="bounced"))
replied = Measure("emails_replied", ACTIVITIES, _outgoing_mail & Q(outcome="replied"))
bounced = Measure("emails_bounced", ACTIVITIES, _outgoing_mail & Q(outcome="bounced"))
proposals = NewProposals("proposals", ACTIVITIES, Q(kind="proposal"))
talked = TalkTime("talk_minutes", ACTIVITIES, SPOKEN & Q(duration_minutes__isnull=False), value="duration_minutes")
tasks = Measure("tasks_due", TASKS, live=True)
on_time = Measure("tasks_on_time", TASKS, ON_TIME, live=True)

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
        help=_("Calls, e-mails, meetings and the like that people did; a machine's are left out."),
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
    Ratio(
        slug="call_connect_rate",
        name=_("Call connect rate"),
        unit="percent",
        better="higher",
        group="activity",
        timing="leading",
        dimensions=BY_REP,
        top=connected,
        bottom=calls,
        date=DOING,
        help=_(
            "Of the outgoing calls, those in which somebody was spoken to or a meeting was set. Voicemail "
            "is no connection."
        ),
        formula=_("outgoing calls with the outcome spoke or meeting set / outgoing calls"),
        example="6 of 18 calls answered: 33.3%",
    ),
    Total(
        slug="emails_sent",
        name=_("E-mails sent"),
        unit="count",
        better="range",
        group="activity",
        timing="leading",
        dimensions=BY_REP,
        of=emails,
        date=DOING,
        help=_(
            "Outgoing e-mails that people sent; one e-mail to five people is one. Those of a sequence are left out."
        ),
        formula=_("number of outgoing e-mails, a machine's left out"),
        example="12 personal, 300 of a sequence: 12",
    ),
    Ratio(
        slug="email_reply_rate",
        name=_("E-mail reply rate"),
        unit="percent",
        better="higher",
        group="activity",
        timing="leading",
        dimensions=BY_REP,
        top=replied,
        bottom=delivered,
        cohort=True,
        ripens=Ripening(_("replies"), days=14),
        date=_("the day on which the e-mail was sent"),
        help=_(
            "Of the outgoing e-mails that were delivered, those whose outcome says that somebody replied. "
            "Young e-mails may still be answered."
        ),
        formula=_("outgoing e-mails replied to / outgoing e-mails that did not bounce"),
        example="100 sent, 4 bounced, 12 replied: 12 / 96 = 12.5%",
    ),
    Ratio(
        slug="email_bounce_rate",
        name=_("E-mail bounce rate"),
        unit="percent",
        better="lower",
        group="activity",
        timing="leading",
        dimensions=BY_REP,
        top=bounced,
        bottom=emails,
        date=DOING,
        help=_("Outgoing e-mails that could not be delivered."),
        formula=_("outgoing e-mails that bounced / outgoing e-mails"),
        example="4 of 100: 4%",
    ),
    Total(
        slug="proposals_sent",
        name=_("Proposals sent"),
        unit="count",
        better="range",
        group="activity",
        timing="leading",
        dimensions=BY_REP,
        of=proposals,
        date=DOING,
        help=_(
            "Proposals and answers to requests that went out. One with the subject of an earlier one on the "
            "same deal is a revision and does not count again."
        ),
        formula=_("number of proposals, revisions left out"),
        example="5 proposals and 1 answer, 2 of them revisions: 4",
    ),
    PerRepDay(
        slug="activities_per_rep_day",
        name=_("Activities per rep and working day"),
        unit="ratio",
        better="range",
        group="activity",
        timing="leading",
        dimensions=ACTIVITY,
        of=done,
        date=DOING,
        help=_(
            "Activities done per working day of a rep who was employed, idle days included. Working days are the "
            "company's, its holidays left out."
        ),
        formula=_("activities done / working days on which reps were employed"),
        example="240 activities in 18 days of four reps: 13.3",
    ),
    Total(
        slug="talk_minutes",
        name=_("Talk time"),
        unit="minutes",
        better="neutral",
        group="activity",
        timing="leading",
        dimensions=BY_REP,
        of=talked,
        date=DOING,
        help=_(
            "Minutes of calls, in and out, in which somebody was spoken to. Calls without a duration add "
            "nothing and are told apart."
        ),
        formula=_("sum of the minutes of calls with the outcome spoke or meeting set"),
        example="5, 12 and 3 minutes: 20",
    ),
    Ratio(
        slug="task_on_time_rate",
        name=_("Tasks done on time"),
        unit="percent",
        better="higher",
        group="activity",
        timing="leading",
        dimensions=BY_REP,
        top=on_time,
        bottom=tasks,
        date=_("the day on which the task was due when that day came"),
        help=_(
            "Of the tasks that were due, those done by the end of that day. Putting a task off after its "
            "day does not make it on time; a day that runs on is left out."
        ),
        formula=_("tasks done by their day / tasks due"),
        example="18 of 20: 90%",
    ),
)
