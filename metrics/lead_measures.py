"""Measures of a cohort of leads: what had become of them by the as-of day."""

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef

from metrics.facts import CLOSED
from metrics.measures import Measure
from metrics.question import Question


@dataclass(frozen=True)
class UpTo(Measure):
    """Leads that had reached a milestone by the as-of day."""

    milestone: str = ""

    def population(self, q: Question) -> models.QuerySet[Any]:
        return super().population(q).filter(**{f"{self.milestone}__lte": q.as_of})


@dataclass(frozen=True)
class BecameCustomer(Measure):
    """Leads with a deal that is won as of the day."""

    def population(self, q: Question) -> models.QuerySet[Any]:
        won = CLOSED.everything(q).filter(deal=OuterRef("deal"), outcome="won", closed_on__lte=q.as_of)
        return super().population(q).filter(Exists(won))
