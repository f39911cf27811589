"""Tasks by the day on which they were due, proposals that were not sent before, and the time of calls."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import ngettext

from accounts import formats
from metrics.facts.fact import ACTIVITIES, Fact
from metrics.measures.measure import Measure
from metrics.periods import DAY
from metrics.question import Question
from pipeline.models import Activity


@dataclass(frozen=True)
class TaskFact(Fact):
    """Tasks of people whose day is over, by the day on which they were due when that day came."""

    def everything(self, q: Question) -> QuerySet[Any]:
        over = q.as_of - DAY if q.as_of >= q.today else q.as_of
        rows = Activity.objects.filter(deleted_at=None, automated=False, kind=Activity.Kind.TASK)
        return rows.filter(original_due_on__lte=over)


TASKS = TaskFact("activity", "original_due_on", ACTIVITIES.columns)
ON_TIME = Q(done_on__lte=F("original_due_on"))


@dataclass(frozen=True)
class NewProposals(Measure):
    """Proposals, but for those that repeat an earlier one with the same subject on the same deal."""

    live: bool = True

    def condition(self, q: Question) -> Q:
        before = Q(done_at__lt=OuterRef("done_at")) | Q(done_at=OuterRef("done_at"), pk__lt=OuterRef("pk"))
        same = self.fact.everything(q).filter(self.where, deal=OuterRef("deal"), subject__iexact=OuterRef("subject"))
        return self.where & (Q(deal=None) | Q(subject="") | Q(~Exists(same.filter(before))))


@dataclass(frozen=True)
class TalkTime(Measure):
    """Minutes of calls in which somebody spoke. Calls that nobody timed add nothing."""

    def notes(self, q: Question) -> list[str]:
        calls = self.fact.filtered(self.fact.scoped(self.fact.in_period(q), q), q).filter(SPOKEN, duration_minutes=None)
        missing = calls.count()
        words = ngettext("%(n)s call without a duration", "%(n)s calls without a duration", missing)
        return [words % {"n": formats.number(missing)}] if missing else []


SPOKEN = Q(kind="call", outcome__in=["spoke", "meeting_set"])
