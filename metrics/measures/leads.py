"""Measures of a cohort of leads: what had become of them by the as-of day."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from metrics.facts.fact import CLOSED
from metrics.measures.measure import Measure
from metrics.question import Question


@dataclass(frozen=True)
class UpTo(Measure):
    """Leads that had reached a milestone by the as-of day."""

    milestone: str = ""

    def condition(self, q: Question) -> Q:
        return self.where & Q(**{f"{self.milestone}__lte": q.as_of})


@dataclass(frozen=True)
class BecameCustomer(Measure):
    """Leads with a deal that is won as of the day."""

    def condition(self, q: Question) -> Q:
        won = CLOSED.everything(q).filter(deal=OuterRef("deal"), outcome="won", closed_on__lte=q.as_of)
        return self.where & Q(Exists(won))
