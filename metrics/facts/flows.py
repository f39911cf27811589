"""Facts about how deals flow: by which day they are reopened, expected, forecast, stalled, spoken about."""

import datetime
from dataclasses import dataclass
from fractions import Fraction

from django.db import models
from django.db.models import Case, Count, DateField, Exists, F, Min, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import ngettext

from accounts import formats
from metrics.answers import asked_once
from metrics.facts.day_counts import DaysBetween, counted, touches, touches_of_deal
from metrics.facts.fact import CLOSED, OPEN, ClosedDeals, DealFact, OpenDeals
from metrics.facts.stage_times import days_in_stages
from metrics.measures.measure import Measure
from metrics.periods import DAY, add_months
from metrics.question import Question
from pipeline.models import DealEvent, DealVersion
from pipeline.models.history import DealVersionQuerySet

GRACE = datetime.timedelta(hours=24)
"""Who opens a deal again sooner mends a mistake (METRICS.md, entry 73)."""
QUIET_DAYS = 30
"""Without a touch for longer, an open deal is stalled."""
LEAST_DAYS = 14
"""No stage is too long before so many days."""
USUAL = Fraction(9, 10)
"""Of the deals won, so many were faster: who is slower is stalled."""


@dataclass(frozen=True)
class ReopenedDeals(DealFact):
    """Deals that were closed at the end of the day before and are open at the end of this one.

    A deal that was closed the day before and opened again within ``GRACE`` was closed by mistake, and is none.
    """

    def everything(self, q: Question) -> DealVersionQuerySet:
        before = DealVersion.objects.known_on(q.known_at).filter(deal=OuterRef("deal"), valid_to=OuterRef("valid_from"))
        closed = before.exclude(outcome="open")
        opened = DealEvent.objects.filter(
            deal=OuterRef("deal"), effective_on=OuterRef("valid_to"), patch__outcome="open",
            effective_at__lt=OuterRef("closed_at") + GRACE,
        )  # fmt: skip
        if q.known_at is not None:
            opened = opened.filter(recorded_at__lte=q.known_at)
        closed_days = DaysBetween(F("valid_to"), F("closed_on"))
        mistaken = closed.annotate(closed_days=closed_days).filter(Exists(opened), closed_days=1)
        return super().everything(q).filter(Exists(closed), outcome="open").exclude(Exists(mistaken))

    def coverage(self, q: Question) -> datetime.date | None:
        """The first close, whether it held or not: before it there was nothing that could be opened again."""
        return super().everything(q).aggregate(first=Min("closed_on"))["first"]


@dataclass(frozen=True)
class SpokenDeals(ClosedDeals):
    """Closed deals with ``touches`` up to the close; those of the lead are the deal's."""

    def everything(self, q: Question) -> DealVersionQuerySet:
        return super().everything(q).annotate(touches=touches_of_deal(OuterRef("closed_on")))


@dataclass(frozen=True)
class DemoedDeals(ClosedDeals):
    """Closed deals with a demo that was held before, for the deal or the lead it came from."""

    def everything(self, q: Question) -> DealVersionQuerySet:
        held = touches(OuterRef("closed_on")).filter(kind="demo")
        mine = Q(Exists(held.filter(deal=OuterRef("deal")))) | Q(Exists(held.filter(lead__deal=OuterRef("deal"))))
        return super().everything(q).filter(mine)


@dataclass(frozen=True)
class WonFromLeads(ClosedDeals):
    """Won deals that came from a lead, with ``lead_days`` from its coming to the close."""

    def everything(self, q: Question) -> DealVersionQuerySet:
        rows = super().everything(q).filter(outcome="won", deal__lead__deleted_at=None, deal__lead__isnull=False)
        return rows.annotate(lead_days=DaysBetween(F("closed_on"), F("deal__lead__created_on"))).filter(
            lead_days__gte=0
        )

    def notes(self, q: Question) -> list[str]:
        """How many won deals have no lead whose coming is known before the close."""
        won = CLOSED.filtered(CLOSED.scoped(CLOSED.in_period(q), q), q).filter(outcome="won").exclude(kind="credit")
        left = won.exclude(pk__in=self.everything(q).order_by().values("pk")).count()
        words = ngettext("%(n)s won deal without a lead left out", "%(n)s won deals without a lead left out", left)
        return [words % {"n": formats.number(left)}] if left else []


@dataclass(frozen=True)
class KnownContacts(OpenDeals):
    """Open deals with ``contacts``: how many people of the customer were spoken to about the deal by then."""

    def in_period(self, q: Question) -> DealVersionQuerySet:
        spoken = touches(q.level_day).filter(deal=OuterRef("deal"), contact__isnull=False)
        people = counted(spoken, "deal", Count("contact", distinct=True))
        return super().in_period(q).annotate(contacts=people)


@dataclass(frozen=True)
class StalledDeals(OpenDeals):
    """Open deals that are too long in their stage, were not spoken about, or should be closed by now.

    Too long: more days than 90 % of the deals won in the twelve months before spent in the stage, and more than 14.
    """

    def in_period(self, q: Question) -> DealVersionQuerySet:
        day = q.level_day
        quiet_since = day - QUIET_DAYS * DAY
        spoken = touches(day).filter(deal=OuterRef("deal"), done_on__gte=quiet_since)
        is_quiet = ~Exists(spoken) & (Q(opened_on=None) | Q(opened_on__lt=quiet_since))
        rows = super().in_period(q).annotate(stage_days=DaysBetween(Value(day, DateField()), _in_stage_since(q)))
        return rows.filter(_too_long(q) | Q(is_quiet) | Q(expected_close_on__lt=day))


def _in_stage_since(q: Question) -> Coalesce:
    """The day on which the version's deal came into its stage the last time."""
    others = DealVersion.objects.known_on(q.known_at).filter(
        deal=OuterRef("deal"), valid_to__lte=OuterRef("valid_from")
    )
    left = others.exclude(stage=OuterRef("stage")).order_by("-valid_to").values("valid_to")[:1]
    return Coalesce(Subquery(left), F("opened_on"), output_field=DateField())


def _too_long(q: Question) -> Q:
    limits = asked_once(q, ("stage limits", q.level_day, q.known_at), lambda: stage_limits(q))
    slow = Q(stage_days__gt=LEAST_DAYS) & ~Q(stage__in=list(limits))
    for stage, limit in limits.items():
        slow |= Q(stage=stage, stage_days__gt=limit)
    return slow


def stage_limits(q: Question) -> dict[int, int]:
    """By stage, the whole days that nine of ten deals won in the twelve months up to the day did not exceed there."""
    day = q.level_day
    won = CLOSED.everything(q).filter(outcome="won", closed_on__gt=add_months(day, -12), closed_on__lte=day)
    found = days_in_stages(won.order_by().values("deal"))
    return {stage: max(LEAST_DAYS, int(found.quantile(stage, USUAL) or 0)) for stage in found.stages}


@dataclass(frozen=True)
class ExpectedDeals(DealFact):
    """Deals open when the period began, by the day on which they were then expected to close."""

    adds_up = False

    def in_period(self, q: Question) -> DealVersionQuerySet:
        if q.period.start > q.as_of:
            return self.everything(q).none()
        rows = self.everything(q).valid_on(q.period.start - DAY).filter(outcome="open").exclude(category="omitted")
        return rows.filter(expected_close_on__gte=q.period.start, expected_close_on__lt=q.period.end)

    def coverage(self, q: Question) -> datetime.date | None:
        return OPEN.coverage(q)


@dataclass(frozen=True)
class SlippedMeasure(Measure):
    """Of the expected deals, those still open and expected after the period at its end, or as of the day before it."""

    def condition(self, q: Question) -> Q:
        day = None if q.level_day >= q.today else q.level_day
        now = self.deals.everything(q).valid_on(day).filter(deal=OuterRef("deal"), outcome="open")
        return self.where & Q(Exists(now.filter(expected_close_on__gte=q.period.end)))


@dataclass(frozen=True)
class ForecastDeals(DealFact):
    """Deals won in the period and deals expected to close in it, as they stand on the as-of day.

    ``forecast_day`` is the closing day of a won deal and the expected one of an open deal; ``forecast`` its category.
    """

    def everything(self, q: Question) -> DealVersionQuerySet:
        rows = (
            super()
            .everything(q)
            .valid_on(q.valid_day)
            .exclude(outcome="lost")
            .exclude(outcome="open", category="omitted")
        )
        won = Q(outcome="won")
        return rows.annotate(
            forecast_day=Case(When(won, then=F("closed_on")), default=F("expected_close_on"), output_field=DateField()),
            forecast=Case(When(won, then=Value("closed")), default=F("category"), output_field=models.CharField()),
        )

    def in_period(self, q: Question) -> DealVersionQuerySet:
        """The days to come belong to it: what is expected lies ahead."""
        span = {"forecast_day__gte": q.period.start, "forecast_day__lt": q.period.end}
        return self.everything(q).filter(**span)

    def coverage(self, q: Question) -> datetime.date | None:
        rows = DealFact.everything(self, q).exclude(opened_on=None)
        return rows.aggregate(first=Min("opened_on"))["first"]


REOPENED = ReopenedDeals("deal", "valid_from", CLOSED.columns)
SPOKEN = SpokenDeals("deal", "closed_on", CLOSED.columns)
DEMOED = DemoedDeals("deal", "closed_on", CLOSED.columns)
FROM_LEADS = WonFromLeads("deal", "closed_on", CLOSED.columns)
KNOWN_CONTACTS = KnownContacts("deal", "valid_from", OPEN.columns, level=True)
STALLED = StalledDeals("deal", "valid_from", OPEN.columns, level=True)
EXPECTED = ExpectedDeals("deal", "expected_close_on", OPEN.columns)
FORECAST = ForecastDeals("deal", "forecast_day", {**OPEN.columns, "forecast_category": "forecast"})
