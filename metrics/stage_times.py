"""How long deals were in stages: whole company days by deal and stage, all visits added up."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from django.db.models import QuerySet, Sum
from django.db.models.functions import TruncDate

from accounts.models import Company
from metrics.day_counts import DaysBetween
from metrics.numbers import quantile
from pipeline.models import StageVisit


@dataclass
class StageDays:
    """By stage, how many deals were there for how many days."""

    counts: dict[int, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))

    @property
    def stages(self) -> list[int]:
        return list(self.counts)

    def quantile(self, stage: int, q: Fraction) -> Fraction | None:
        """Days that a share of the deals did not exceed; None when no deal was there."""
        return quantile(self.counts[stage], q)


def with_days(visits: QuerySet[StageVisit], company: Company) -> QuerySet[StageVisit]:
    """Visits with ``entered_on``, ``left_on`` and ``days`` by the company's days; several changes of one day are 0."""
    dated = visits.annotate(
        entered_on=TruncDate("entered_at", tzinfo=company.zone), left_on=TruncDate("left_at", tzinfo=company.zone)
    )
    return dated.annotate(days=DaysBetween("left_on", "entered_on"))


def days_in_stages(deals: Any, company: Company) -> StageDays:
    """Of some deals (ids or a query for them), the days in each open stage that they have left."""
    visits = StageVisit.objects.filter(deal__in=deals, stage__outcome="open", left_at__isnull=False)
    rows = with_days(visits.filter(entered_at__isnull=False), company).order_by()
    found = StageDays()
    for stage, _deal, days in rows.values_list("stage", "deal").annotate(total=Sum("days")):
        found.counts[stage][days] += 1
    return found
