"""Measures of surveys: answers, and what they vote for.

Of several answers of one contact to one invitation the last one counts. What is about the relation as a whole and what
is about a single occasion (a touchpoint) are never mixed in a net promoter score.
"""

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When

from metrics.dimensions import Member
from metrics.facts.fact import Fact
from metrics.measures.measure import Measure
from metrics.metric import Parts, Ratio, Stream
from metrics.models import SurveyResponse
from metrics.numbers import Z95, ratio
from metrics.question import Question

FEWEST = 5
"""A rep sees the figure of so many answers, so that nobody's answer can be told from it."""
_COLUMNS = {
    "rep": "owner_id", "team": "team_id", "segment": "segment", "industry": "industry", "region": "region",
    "touchpoint": "touchpoint",
}  # fmt: skip


@dataclass(frozen=True)
class SurveyFact(Fact):
    """Answers by their day. ``vote``: 1 of a promoter, -1 of a detractor, else 0."""

    def everything(self, q: Question) -> QuerySet[Any]:
        vote = Case(
            When(score__gte=9, then=Value(1)),
            When(score__lte=6, then=Value(-1)),
            default=Value(0),
            output_field=IntegerField(),
        )
        return SurveyResponse.objects.exclude(Exists(self.twins(q))).annotate(vote=vote)

    def twins(self, q: Question) -> QuerySet[Any]:
        """Answers of the same contact to the same invitation that stand for this one: those given later."""
        later = Q(at__gt=OuterRef("at")) | Q(at=OuterRef("at"), pk__gt=OuterRef("pk"))
        return self.of_one_invitation().filter(later, answered_on__lte=q.as_of)

    @staticmethod
    def of_one_invitation() -> QuerySet[Any]:
        same = ("contact", "kind", "touchpoint", "invited_on")
        return SurveyResponse.objects.filter(**{name: OuterRef(name) for name in same})


@dataclass(frozen=True)
class InvitationFact(SurveyFact):
    """Invitations, each once however often it was answered."""

    def twins(self, q: Question) -> QuerySet[Any]:
        """The first answer stands for all."""
        return self.of_one_invitation().filter(Q(at__lt=OuterRef("at")) | Q(at=OuterRef("at"), pk__lt=OuterRef("pk")))


@dataclass(frozen=True)
class SurveyMeasure(Measure):
    """Answers or invitations. ``apart``: without a touchpoint asked for, only what is about the whole relation."""

    live: bool = True
    apart: bool = False

    def condition(self, q: Question) -> Q:
        asked = q.by == "touchpoint" or any(dimension == "touchpoint" for dimension, _member in q.where)
        return self.where & (Q() if asked or not self.apart else Q(touchpoint=""))


@dataclass(frozen=True)
class Answered(SurveyMeasure):
    """Invitations that were answered by the as-of day."""

    def condition(self, q: Question) -> Q:
        return super().condition(q) & Q(answered_on__lte=q.as_of)


@dataclass(frozen=True, kw_only=True)
class SurveyRatio(Ratio):
    """A ratio of answers, hidden of a single rep while there are fewer than five; nor are a rep's answers listed."""

    def sliced(self, q: Question) -> dict[Member, Parts]:
        found = super().sliced(q)
        if not _is_of_reps(q):
            return found
        return {
            member: parts if parts.n >= FEWEST else Parts(None, None, None, parts.n) for member, parts in found.items()
        }

    def streams(self, q: Question) -> list[Stream]:
        return [] if _is_of_reps(q) else super().streams(q)


def _is_of_reps(q: Question) -> bool:
    return q.scope.kind == "rep" or q.by == "rep" or any(dimension == "rep" for dimension, _member in q.where)


@dataclass(frozen=True, kw_only=True)
class Promoters(SurveyRatio):
    """(promoters - detractors) / answers x 100, with its 95 % interval. ``decided``: promoters and detractors."""

    decided: Measure

    def measures(self) -> tuple[Measure, ...]:
        return (*super().measures(), self.decided)

    def sliced(self, q: Question) -> dict[Member, Parts]:
        decided = self.decided.cells(q)
        return {
            member: self._scored(parts, decided[member].n if member in decided else 0)
            for member, parts in super().sliced(q).items()
        }

    @staticmethod
    def _scored(parts: Parts, decided: int) -> Parts:
        share = parts.value
        if share is None:
            return parts
        square = ratio(decided, parts.n) or Fraction(0)
        margin = Fraction(Z95 * math.sqrt(max(0, float((square - share**2) / parts.n))))
        low, high = max(share - margin, Fraction(-1)), min(share + margin, Fraction(1))
        return Parts(100 * share, parts.numerator, parts.denominator, parts.n, (100 * low, 100 * high))


ANSWERS = SurveyFact("survey", "answered_on", _COLUMNS)
INVITATIONS = InvitationFact("survey", "invited_on", _COLUMNS)
