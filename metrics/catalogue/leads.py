"""Leads: how many came, how fast they were answered, what became of them. All by the day they came."""

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from metrics.catalogue.deals import ORIGIN, SELLERS, SOLD
from metrics.dimensions import TIME
from metrics.facts.fact import LEADS
from metrics.facts.flows import FROM_LEADS
from metrics.facts.leads import ANSWERED, Due, InTime, RipeLeads, RoutingMinutes
from metrics.measures.leads import BecameCustomer, UpTo
from metrics.measures.measure import Measure
from metrics.measures.ripening import Ripening
from metrics.metric import Quantile, Ratio, Total

LEAD = (*SELLERS, *ORIGIN, *TIME)
COMING = _("the day on which the lead came")

created = Measure("leads", LEADS)
qualified = UpTo("leads_qualified", LEADS, milestone="qualified_on")
converted = UpTo("leads_converted", LEADS, milestone="converted_on")
customers = BecameCustomer("leads_won", LEADS)
response = UpTo(
    "response_minutes",
    LEADS,
    (Q(channel__isnull=True) | ~Q(channel__kind="outbound")) & Q(response_minutes__isnull=False),
    value="response_minutes",
    histogram=True,
    milestone="responded_on",
)
_inbound = Q(channel__isnull=True) | ~Q(channel__kind="outbound")

answered = Measure("leads_answered", ANSWERED, live=True)
answered_so_far = UpTo("leads_answered_so_far", LEADS, milestone="responded_on")
in_time = InTime("leads_answered_in_time", LEADS, _inbound)
due = Due("leads_due", LEADS, _inbound)
routed = RoutingMinutes("routing_minutes", LEADS)
days_to_win = Measure("days_to_win", FROM_LEADS, SOLD, value="lead_days", histogram=True, live=True)


def _ripening(outcome: str | Promise, key: str, milestone: str) -> Ripening:
    """How long leads take to ``milestone``, the day on which they come to it."""
    fact = RipeLeads(LEADS.kind, milestone, LEADS.columns)
    return Ripening(outcome, took=Measure(key, fact, value="ripe_days", histogram=True, live=True))


METRICS = (
    Total(
        slug="leads_created",
        name=_("Leads created"),
        unit="count",
        better="higher",
        group="marketing",
        timing="leading",
        dimensions=LEAD,
        of=created,
        date=COMING,
        help=_("Leads that came in the period; spam, tests and duplicates are left out."),
        formula=_("number of leads"),
        example="30 web, 20 event, 5 duplicates: 50",
    ),
    Ratio(
        slug="lead_qualification_rate",
        name=_("Lead qualification rate"),
        unit="percent",
        better="higher",
        group="marketing",
        timing="leading",
        dimensions=LEAD,
        top=qualified,
        bottom=created,
        cohort=True,
        ripens=_ripening(_("qualifications"), "days_to_qualify", "qualified_on"),
        date=COMING,
        help=_("Of the leads that came in the period, how many are qualified by the as-of day."),
        formula=_("leads qualified so far / leads that came"),
        example="50 leads, 20 qualified: 40%",
    ),
    Ratio(
        slug="lead_to_opportunity_rate",
        name=_("Lead-to-deal rate"),
        unit="percent",
        better="higher",
        group="marketing",
        timing="leading",
        dimensions=LEAD,
        top=converted,
        bottom=created,
        cohort=True,
        ripens=_ripening(_("deals"), "days_to_convert", "converted_on"),
        date=COMING,
        help=_("Of the leads that came in the period, how many became a deal by the as-of day."),
        formula=_("leads converted so far / leads that came"),
        example="50 leads, 15 with a deal: 30%",
    ),
    Ratio(
        slug="lead_to_customer_rate",
        name=_("Lead-to-customer rate"),
        unit="percent",
        better="higher",
        group="marketing",
        timing="lagging",
        dimensions=LEAD,
        top=customers,
        bottom=created,
        cohort=True,
        ripens=Ripening(_("wins"), took=days_to_win),
        date=COMING,
        help=_("Of the leads that came in the period, how many have a deal that is won by the as-of day."),
        formula=_("leads whose deal is won so far / leads that came"),
        example="100 leads of January, 8 won: 8%",
    ),
    Quantile(
        slug="lead_response_time",
        name=_("Lead response time, median"),
        unit="minutes",
        better="lower",
        group="activity",
        timing="leading",
        dimensions=LEAD,
        of=response,
        date=COMING,
        help=_("Half of the answered leads had their first answer within so many minutes."),
        formula=_("median of the whole minutes from coming to the first answer"),
        example="3, 5, 9 and 40 minutes: 7",
    ),
    Total(
        slug="leads_contacted",
        name=_("Leads contacted"),
        unit="count",
        better="higher",
        group="activity",
        timing="leading",
        dimensions=LEAD,
        of=answered,
        date=_("the day of the first answer"),
        help=_("Leads that had their first answer in the period, whenever they came; each counts once ever."),
        formula=_("number of leads first answered"),
        example="40 leads had their first call in May: 40",
    ),
    Ratio(
        slug="lead_contact_rate",
        name=_("Lead contact rate"),
        unit="percent",
        better="higher",
        group="activity",
        timing="leading",
        dimensions=LEAD,
        top=answered_so_far,
        bottom=created,
        cohort=True,
        ripens=_ripening(_("answers"), "days_to_answer", "responded_on"),
        date=COMING,
        help=_("Of the leads that came in the period, how many were answered by the as-of day."),
        formula=_("leads answered so far / leads that came"),
        example="50 leads, 46 answered: 92%",
    ),
    Ratio(
        slug="lead_response_sla_rate",
        name=_("Leads answered within an hour"),
        unit="percent",
        better="higher",
        group="activity",
        timing="leading",
        dimensions=LEAD,
        top=in_time,
        bottom=due,
        cohort=True,
        date=COMING,
        help=_(
            "Of the leads that came in the period and did not come by an outbound channel, how many were "
            "answered within 60 minutes, day and night. Leads that can still be answered in time are left "
            "out; those never answered stay in."
        ),
        formula=_("leads answered within 60 minutes / leads answered or older than 60 minutes"),
        example="30 of 40: 75%",
    ),
    Quantile(
        slug="lead_routing_time",
        name=_("Lead routing time, median"),
        unit="minutes",
        better="lower",
        group="activity",
        timing="leading",
        dimensions=LEAD,
        of=routed,
        date=COMING,
        help=_(
            "Half of the leads had their first owner within so many minutes; a lead that its own owner made "
            "is left out."
        ),
        formula=_("median of the whole minutes from coming to the first owner"),
        example="0.5, 1 and 30 minutes: 1",
    ),
)
