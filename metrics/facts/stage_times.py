"""How long deals were in stages: whole company days by deal and stage, all visits added up."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from django.db.models import Sum

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


def days_in_stages(deals: Any) -> StageDays:
    """Of some deals (ids or a query for them), the days in each open stage that they have left."""
    visits = StageVisit.objects.filter(deal__in=deals, stage__outcome="open", left_at__isnull=False)
    rows = visits.filter(entered_at__isnull=False).order_by()
    found = StageDays()
    for stage, _deal, days in rows.values_list("stage", "deal").annotate(total=Sum("days")):
        found.counts[stage][days] += 1
    return found
