"""How deals flow: what moved the pipeline, what slips, stalls, comes back; how wins come about."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from metrics.catalogue.deals import BUYERS, CLOSING, DEAL, ORIGIN, SELLERS, SOLD, closed
from metrics.catalogue.pipeline import LEVEL, OPEN_DEAL, OPENING, cycle_days, open_deals
from metrics.dimensions import TIME
from metrics.facts.fact import CLOSED, OPEN, OPENED
from metrics.facts.flows import DEMOED, EXPECTED, FORECAST, FROM_LEADS, KNOWN_CONTACTS, REOPENED, SPOKEN, STALLED
from metrics.facts.flows import SlippedMeasure as Slipped
from metrics.formulas.standing import StandingRatio
from metrics.measures.measure import Measure
from metrics.measures.ripening import Ripening
from metrics.metric import Quantile, Ratio, Total
from metrics.question import Question
from metrics.waterfall.movement import MOVE, Movement, Moves


@dataclass(frozen=True)
class WonSince(Measure):
    """Deals opened in the period that are won as of the day."""

    live: bool = True

    def condition(self, q: Question) -> Q:
        wins = CLOSED.everything(q).filter(deal=OuterRef("deal"), outcome="won", closed_on__lte=q.as_of)
        return self.where & Q(Exists(wins))


@dataclass(frozen=True)
class ForecastMoney(Measure):
    """Money that is won or expected in the period; a period to come has it as well."""

    live: bool = True

    def covered(self, q: Question) -> bool:
        first = self.fact.coverage(q)
        return first is not None and first <= q.as_of and q.period.end > first


_SIZED = SOLD & Q(base_minor__gte=0)
_WON = SOLD & Q(outcome="won")
moves = Moves("open_money_moves", OPEN, value="base_minor", money=True)
reopened = Measure("reopened", REOPENED, SOLD, version=2)
created = Measure("deals_opened", OPENED, SOLD)
created_won = WonSince("deals_opened_won", OPENED, SOLD)
won_value = Measure("won_value", CLOSED, _WON & _SIZED, value="base_minor", money=True)
closed_value = Measure("closed_value", CLOSED, _SIZED, value="base_minor", money=True)
won_amounts = Measure("won_amounts", CLOSED, _WON & _SIZED, value="base_minor", histogram=True, live=True)
demoed = Measure("demoed", DEMOED, SOLD, live=True)
demoed_won = Measure("demoed_won", DEMOED, _WON, live=True)
win_touches = Measure("win_touches", SPOKEN, _WON, value="touches", live=True)
spoken_won = Measure("spoken_won", SPOKEN, _WON, live=True)
lead_days = Measure("lead_days", FROM_LEADS, SOLD, value="lead_days", histogram=True, live=True)
stalled = Measure("stalled", STALLED, SOLD, live=True)
stalled_money = Measure("stalled_money", STALLED, SOLD, value="base_minor", money=True, live=True)
known_contacts = Measure("known_contacts", KNOWN_CONTACTS, SOLD, value="contacts", live=True)
expected = Measure("expected", EXPECTED, SOLD, live=True)
slipped = Slipped("slipped", EXPECTED, SOLD, live=True)
forecast_money = ForecastMoney("forecast_money", FORECAST, value="base_minor", money=True)

LIVE_DEAL = (*SELLERS, *ORIGIN, *BUYERS, "pipeline", "deal_kind", "currency", *TIME)

METRICS = (
    Movement(
        slug="pipeline_movement",
        name=_("Pipeline movement"),
        unit="money",
        better="neutral",
        group="pipeline",
        timing="leading",
        dimensions=(MOVE, *SELLERS, *TIME),
        of=moves,
        date=_("the day of the move"),
        help=_("What the open pipeline gained and lost: every move of every deal, in the named bars of a waterfall."),
        formula=_("new + reopened + increased + transferred in - won - lost - decreased - transferred out +/- rates"),
        example="60 + 15 new + 5 increased - 20 won - 10 lost: 50, a movement of -10",
    ),
    Total(
        slug="reopened_deals",
        version=2,
        name=_("Reopened deals"),
        unit="count",
        better="lower",
        group="pipeline",
        timing="lagging",
        dimensions=LIVE_DEAL,
        of=reopened,
        date=_("the day on which the deal was opened again"),
        help=_("Deals that were closed and are open again; a close that is taken back within 24 hours was an error."),
        formula=_("number of times that a deal was opened again that had been closed for a day or longer"),
        example="won on 28 June, reopened on 3 July, won on 9 July: 1 in July",
    ),
    Total(
        slug="stalled_deals",
        name=_("Stalled deals"),
        unit="count",
        better="lower",
        group="pipeline",
        timing="leading",
        dimensions=OPEN_DEAL,
        of=stalled,
        level=True,
        date=LEVEL,
        help=_(
            "Open deals that are in their stage for longer than nine of ten deals won in the twelve months before (and "
            "than 14 days), without a call, mail or meeting for more than 30 days, or past their expected close."
        ),
        formula=_("number of open deals that are too long in their stage, not spoken about or overdue"),
        example="3 of 12 open deals: 3",
    ),
    Total(
        slug="stalled_pipeline",
        name=_("Stalled pipeline"),
        unit="money",
        better="lower",
        group="pipeline",
        timing="leading",
        dimensions=OPEN_DEAL,
        of=stalled_money,
        level=True,
        date=LEVEL,
        help=_("What the stalled deals are worth: see there when a deal is stalled."),
        formula=_("sum of the amounts of stalled deals"),
        example="stalled deals of 1,000, 2,000 and an unknown amount: 3,000, n 3",
    ),
    StandingRatio(
        slug="close_date_slippage",
        name=_("Close-date slippage"),
        unit="percent",
        better="lower",
        group="pipeline",
        timing="leading",
        dimensions=OPEN_DEAL,
        top=slipped,
        bottom=expected,
        date=_("the expected close as it stood when the period began"),
        help=_(
            "Of the deals that were expected to close in the period when it began, how many are open and expected "
            "after it now. Deals lost, or moved inside the period, have not slipped."
        ),
        formula=_("deals moved past the period / deals expected in it at its beginning"),
        example="10 expected, 3 moved to the next quarter: 30%",
    ),
    StandingRatio(
        slug="contacts_per_open_deal",
        name=_("Contacts per open deal"),
        unit="ratio",
        better="higher",
        group="pipeline",
        timing="leading",
        dimensions=OPEN_DEAL,
        top=known_contacts,
        bottom=open_deals,
        date=LEVEL,
        help=_(
            "How many people of the customer were spoken to about an open deal, by calls, mails, meetings, demos or "
            "proposals."
        ),
        formula=_("people spoken to about open deals / open deals"),
        example="7 contacts on 2 deals: 3.5",
    ),
    Total(
        slug="forecast_category_amount",
        name=_("Forecast by category"),
        unit="money",
        better="higher",
        group="forecast",
        timing="leading",
        dimensions=OPEN_DEAL,
        of=forecast_money,
        date=_("the closing day of won deals, the expected close of open ones"),
        help=_(
            "Deals won in the period (closed) and open deals expected to close in it, by category as of the day; whole "
            "deals of their owner. Omitted ones are in none."
        ),
        formula=_("amounts won + amounts expected, by category"),
        example="closed 50, commit 100, best case 150, pipeline 200: 500",
    ),
    Quantile(
        slug="time_to_close",
        name=_("Time to close"),
        unit="days",
        better="lower",
        group="pipeline",
        timing="lagging",
        dimensions=LIVE_DEAL,
        of=lead_days,
        date=CLOSING,
        help=_("Half of the deals won that came from a lead took no longer from the lead's coming to the close."),
        formula=_("median of the days from lead to close; deals without a lead are out"),
        example="lead on 1 January, won on 2 March: 60 days",
    ),
    Ratio(
        slug="created_win_rate",
        name=_("Win rate by opening"),
        unit="percent",
        better="higher",
        group="performance",
        timing="lagging",
        dimensions=DEAL,
        top=created_won,
        bottom=created,
        cohort=True,
        ripens=Ripening(_("wins"), took=cycle_days),
        date=OPENING,
        help=_("Of the deals opened in the period, how many are won by the as-of day; it rises while they ripen."),
        formula=_("deals won so far / deals opened"),
        example="100 opened, 3 won, 7 lost, 90 open: 3%",
    ),
    Ratio(
        slug="win_rate_value",
        name=_("Win rate by value"),
        unit="percent",
        better="higher",
        group="performance",
        timing="lagging",
        dimensions=DEAL,
        top=won_value,
        bottom=closed_value,
        n_of=closed,
        date=CLOSING,
        help=_("Of the money decided in the period, how much was won; negative amounts are left out."),
        formula=_("amounts won / (amounts won + amounts lost)"),
        example="300 won, 200 lost: 60%",
    ),
    Quantile(
        slug="median_deal_size",
        name=_("Deal size, median"),
        unit="money",
        better="higher",
        group="performance",
        timing="lagging",
        dimensions=DEAL,
        of=won_amounts,
        date=CLOSING,
        help=_("Half of the deals won are worth no more; one large deal does not move it."),
        formula=_("median of the amounts of deals won"),
        example="1, 2, 3, 4 and 90: 3, where the mean is 20",
    ),
    Ratio(
        slug="demo_to_win_rate",
        name=_("Demo-to-win rate"),
        unit="percent",
        better="higher",
        group="activity",
        timing="leading",
        dimensions=DEAL,
        top=demoed_won,
        bottom=demoed,
        date=CLOSING,
        help=_("Of the deals decided in the period for which a demo was held before, how many were won."),
        formula=_("deals won after a demo / deals won or lost after a demo"),
        example="10 deals with a demo closed, 4 won: 40%",
    ),
    Ratio(
        slug="touches_per_win",
        name=_("Touches per won deal"),
        unit="ratio",
        better="lower",
        group="activity",
        timing="leading",
        dimensions=DEAL,
        top=win_touches,
        bottom=spoken_won,
        date=CLOSING,
        help=_("Calls, mails, meetings, demos and proposals on a won deal and its lead, up to the day of the close."),
        formula=_("touches of deals won / deals won"),
        example="three deals won with 10, 14 and 18 touches: 14",
    ),
)
