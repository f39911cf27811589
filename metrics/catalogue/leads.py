"""Leads: how many came, how fast they were answered, what became of them. All by the day they came."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from metrics.catalogue.deals import ORIGIN, SELLERS
from metrics.dimensions import TIME
from metrics.facts import LEADS
from metrics.lead_measures import BecameCustomer, UpTo
from metrics.measures import Measure
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
)
