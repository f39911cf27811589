"""Facts about stages: deals by the day on which they first came into a stage, and by the day on which they left it.

Visits keep times of day and stand as they are known now. A closed deal's stay in its closing stage is no visit here.
"""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import formats
from accounts.business_dates import day_start
from metrics.answers import asked_once
from metrics.facts.fact import Fact
from metrics.measures.measure import Measure
from metrics.measures.ripening import RIPE, Ripening, Unripe
from metrics.periods import DAY
from metrics.question import Question
from pipeline.models import DealVersion, StageVisit

COLUMNS = {
    "rep": "visit_owner_id", "team": "visit_team_id", "stage": "stage_id", "pipeline": "stage__pipeline_id",
    "channel": "deal__channel_id", "campaign": "deal__campaign_id", "deal_kind": "deal__kind",
}  # fmt: skip


@dataclass(frozen=True)
class VisitFact(Fact):
    """Visits of open stages up to the end of the as-of day; duplicates, spam and tests are out.

    ``visit_owner_id`` and ``visit_team_id`` are those of the deal on the visit's day, which is the column ``date``.
    """

    def known(self, q: Question) -> QuerySet[StageVisit]:
        """Every visit that had begun by the end of the as-of day, of whatever stage."""
        end = day_start(q.as_of + DAY, q.company.zone)
        return StageVisit.objects.filter(Q(entered_at=None) | Q(entered_at__lt=end))

    def everything(self, q: Question) -> QuerySet[StageVisit]:
        versions = DealVersion.objects.known_on(None).filter(deal=OuterRef("deal"))
        discounted = versions.filter(discounted_on__lte=q.as_of)
        rows = self.known(q).filter(stage__outcome="open", deal__deleted_at=None).exclude(Exists(discounted))
        then = versions.filter(valid_from__lte=OuterRef(self.date)).filter(
            Q(valid_to=None) | Q(valid_to__gt=OuterRef(self.date))
        )
        return rows.annotate(
            visit_owner_id=Subquery(then.values("owner")[:1]), visit_team_id=Subquery(then.values("team")[:1])
        )

    def notes(self, q: Question) -> list[str]:
        words = _("stages are shown as they are known today; only deals keep what was known when")
        return [words] if q.known_at else []

    def coverage(self, q: Question) -> datetime.date | None:
        first = self.known(q).aggregate(first=Min("entered_at"))["first"]
        return first.astimezone(q.company.zone).date() if first else None


@dataclass(frozen=True)
class FirstEntries(VisitFact):
    """The first visit of each deal to each stage. ``latest``: the stage in which the deal stands as of the day."""

    def everything(self, q: Question) -> QuerySet[StageVisit]:
        known = self.known(q).filter(deal=OuterRef("deal"))
        before = Q(entered_at=None) | Q(entered_at__lt=OuterRef("entered_at")) | _same_time(pk__lt=OuterRef("pk"))
        earlier = known.filter(stage=OuterRef("stage")).filter(before).exclude(pk=OuterRef("pk"))
        rows = super().everything(q).filter(entered_at__isnull=False).exclude(Exists(earlier))
        latest = known.order_by(F("entered_at").desc(nulls_last=True), "-pk")
        return rows.annotate(latest=Subquery(latest.values("stage")[:1]))


@dataclass(frozen=True)
class LastExits(VisitFact):
    """Each deal's last time of leaving each stage; deals that are in it again have not left it.

    ``all_days``: the whole days of all visits to the stage. A stay whose beginning nobody knows leaves the deal out.
    """

    def everything(self, q: Question) -> QuerySet[StageVisit]:
        end = day_start(q.as_of + DAY, q.company.zone)
        mine = self.known(q).filter(deal=OuterRef("deal"), stage=OuterRef("stage"))
        later = mine.filter(Q(entered_at__gt=OuterRef("entered_at")) | _same_time(pk__gt=OuterRef("pk")))
        rows = super().everything(q).filter(left_at__lt=end)
        rows = rows.exclude(Exists(later)).exclude(Exists(mine.filter(entered_at=None)))
        stays = mine.order_by().values("deal").annotate(total=Sum("days"))
        return rows.annotate(all_days=Subquery(stays.values("total")))


def _same_time(**order: Any) -> Q:
    return Q(entered_at=OuterRef("entered_at"), **order)


@dataclass(frozen=True)
class VisitMeasure(Measure):
    """Visits, with records by deal and day: a deal that came into two stages on one day is one record."""

    live: bool = True

    def records(self, q: Question) -> QuerySet[Any]:
        rows = self.population(q).annotate(recorded_day=F(self.fact.date))
        part = Sum(self.value) if self.value else Count("pk")
        return rows.order_by().values("recorded_day", "deal_id").annotate(contribution=part)


@dataclass(frozen=True)
class Advanced(VisitMeasure):
    """First entries of deals that came into a later stage of the pipeline afterwards, or were won.

    ``resolved``: those too that left the stage otherwise: lost, or back to an earlier one as of the day.
    ``dropped``: those alone.
    """

    resolved: bool = False
    dropped: bool = False

    def notes(self, q: Question) -> list[str]:
        """How many deals are in the stage still, so that nobody knows how it ends."""
        if not self.resolved:
            return []
        still = self.undecided(q)
        words = ngettext(
            "%(n)s entry is not decided yet: the deal is still in the stage",
            "%(n)s entries are not decided yet: the deal is still in the stage",
            still,
        )
        waiting = [words % {"n": formats.number(still)}] if still else []
        return [*waiting, *super().notes(q)]

    def undecided(self, q: Question) -> int:
        """How many entries the measure does not take, because the deal is still in the stage."""
        rows = self.fact.filtered(self.fact.scoped(self.fact.in_period(q), q), q).filter(self.where)
        return asked_once(q, ("undecided", self.key, q), rows.exclude(self.condition(q)).count)

    def condition(self, q: Question) -> Q:
        later = VisitFact.known(self.visits, q).filter(deal=OuterRef("deal"))
        later = later.filter(Q(entered_at__gt=OuterRef("entered_at")) | _same_time(pk__gt=OuterRef("pk")))
        further = Q(
            stage__outcome="open", stage__pipeline=OuterRef("stage__pipeline"),
            stage__position__gt=OuterRef("stage__position"),
        )  # fmt: skip
        advanced = Q(Exists(later.filter(further | Q(stage__outcome="won"))))
        gone = ~Q(latest=F("stage"))
        if self.dropped:
            return self.where & gone & ~advanced
        return self.where & (advanced | gone if self.resolved else advanced)

    @property
    def visits(self) -> VisitFact:
        if not isinstance(self.fact, VisitFact):
            raise TypeError(f"{self.key} is no measure of visits")
        return self.fact


@dataclass(frozen=True)
class StillThere(Ripening):
    """Entries of deals that are in the stage still, however long: the notes of the measure tell of them."""

    def age(self, q: Question) -> int | None:
        return None

    def unripe(self, q: Question, cases: Measure) -> Unripe:
        return Unripe(cases.undecided(q), "") if isinstance(cases, Advanced) else RIPE


ENTRIES = FirstEntries("deal", "entered_on", COLUMNS)
EXITS = LastExits("deal", "left_on", COLUMNS)
