"""The web: who visits, who follows, who becomes a lead or a customer; and how good the data about people is."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from metrics.catalogue.customers import FIRST_WINS
from metrics.catalogue.deals import CLOSING, SELLERS
from metrics.catalogue.leads import LEAD
from metrics.dimensions import TIME
from metrics.facts.contacts import CONTACTS, ContactMeasure, Duplicated
from metrics.facts.fact import LEADS
from metrics.facts.leads import WON_LEADS
from metrics.facts.readings import FOLLOWERS, SESSIONS, VISITORS, Flow, Level, Visitors
from metrics.formulas.standing import StandingRatio
from metrics.measures.combined import Across
from metrics.measures.measure import Measure
from metrics.metric import Total

BY_CHANNEL = ("channel", *TIME)
WEB = Q(channel__kind__in=["paid", "organic", "inbound"])
READING = _("the day of the reading")
STANDING = _("the end of the period, or the as-of day when that comes first")

web_leads = Measure("web_leads", LEADS, WEB, live=True)
web_customers = Measure("web_customers", FIRST_WINS, WEB, live=True)
visitors = Visitors("visitors", VISITORS)
won_leads = Measure("won_leads", WON_LEADS, live=True)
sessions = Flow("sessions", SESSIONS)
organic = Flow("organic_sessions", SESSIONS, Q(channel__kind="organic"))
followers = Level("followers", FOLLOWERS)
filled = ContactMeasure("contact_fields_filled", CONTACTS, value="filled")
required = ContactMeasure("contact_fields", CONTACTS, value="required")
contacts = ContactMeasure("contacts", CONTACTS)
twice = Duplicated("contacts_twice", CONTACTS)

METRICS = (
    Across(
        slug="visitor_to_lead_rate",
        name=_("Visitor-to-lead rate"),
        unit="percent",
        better="higher",
        group="marketing",
        timing="leading",
        dimensions=BY_CHANNEL,
        top=web_leads,
        bottom=visitors,
        n_of=web_leads,
        date=_("visitors on the day of the reading, leads on the day they came"),
        help=_(
            "Leads of paid, organic and inbound channels for each visitor of the website. Who comes twice "
            "is one visitor of the period, so where there is more than one reading of unique visitors in "
            "it, sessions are taken instead."
        ),
        formula=_("leads from the web / unique visitors, else sessions"),
        example="30 leads from 1,500 visitors: 2%",
    ),
    Across(
        slug="visitor_conversion_rate",
        name=_("Visitor-to-customer rate"),
        unit="percent",
        better="higher",
        group="marketing",
        timing="lagging",
        dimensions=BY_CHANNEL,
        top=web_customers,
        bottom=visitors,
        n_of=web_customers,
        date=_("visitors on the day of the reading, customers on the day of their first win"),
        help=_(
            "New customers whose first deal came by a paid, organic or inbound channel for each visitor of "
            "the website. Who comes twice is one visitor of the period, so where there is more than one "
            "reading of unique visitors in it, sessions are taken instead."
        ),
        formula=_("new customers from the web / unique visitors, else sessions"),
        example="100 visitors, 10 customers: 10%",
    ),
    Total(
        slug="conversions",
        name=_("Conversions"),
        unit="count",
        better="higher",
        group="marketing",
        timing="lagging",
        dimensions=LEAD,
        of=won_leads,
        date=CLOSING,
        help=_("Leads whose deal was won in the period, whenever they came; each converts once at most."),
        formula=_("number of leads with a deal won"),
        example="8 leads won in May: 8",
    ),
    Total(
        slug="website_traffic",
        name=_("Website traffic"),
        unit="count",
        better="higher",
        group="marketing",
        timing="leading",
        dimensions=BY_CHANNEL,
        of=sessions,
        date=READING,
        help=_(
            "Sessions on the website, as somebody entered or imported them. Days without a reading are not "
            "known and are told apart."
        ),
        formula=_("sum of the readings of website sessions"),
        example="410, 380 and 500: 1,290 sessions",
    ),
    Total(
        slug="organic_traffic",
        name=_("Organic traffic"),
        unit="count",
        better="higher",
        group="marketing",
        timing="leading",
        dimensions=BY_CHANNEL,
        of=organic,
        date=READING,
        help=_("Sessions on the website that came by a channel of the kind organic."),
        formula=_("sum of the readings of website sessions by organic channels"),
        example="200 of 500 sessions: 200",
    ),
    Total(
        slug="social_followers",
        name=_("Social media followers"),
        unit="count",
        better="higher",
        group="marketing",
        timing="leading",
        dimensions=BY_CHANNEL,
        of=followers,
        level=True,
        date=STANDING,
        help=_("The last reading of each network, no older than 35 days. Who follows on two networks counts twice."),
        formula=_("last reading of followers at the end of the period, summed over the networks"),
        example="1,050 on one network, 400 on another: 1,450",
    ),
    StandingRatio(
        slug="contact_completeness",
        name=_("Completeness of contacts"),
        unit="percent",
        better="higher",
        group="marketing",
        timing="leading",
        dimensions=(*SELLERS, *TIME),
        top=filled,
        bottom=required,
        n_of=contacts,
        date=STANDING,
        help=_(
            "Of the fields name, e-mail, phone and title of all contacts, how many are filled. Their "
            "content is today's, whatever day is asked; rep and team are the account's."
        ),
        formula=_("fields filled / (4 x contacts)"),
        example="45 of 60 fields: 75%",
    ),
    StandingRatio(
        slug="duplicate_rate",
        name=_("Duplicate rate"),
        unit="percent",
        better="lower",
        group="marketing",
        timing="leading",
        dimensions=(*SELLERS, *TIME),
        top=twice,
        bottom=contacts,
        date=STANDING,
        help=_(
            "Contacts that are there twice in the asked scope: with the same e-mail as another one, or with the "
            "same name at the same account."
        ),
        formula=_("contacts with a twin / contacts"),
        example="8 of 400: 2%",
    ),
)
