"""The months of a sample, and what was won in them."""

import datetime
from collections import defaultdict
from collections.abc import Iterator

from django.db.models import Sum
from django.db.models.functions import TruncMonth

from metrics.periods import containing
from pipeline.models import DealVersion
from pipeline.sample.world import World


def months_of(world: World) -> Iterator[tuple[int, datetime.date, datetime.date]]:
    """Number, first day and last day of each month that has begun, the running one up to yesterday."""
    number, first = 0, world.first_day
    while first <= world.last_day:
        end = containing(first, "month").end
        yield number, first, min(end - datetime.timedelta(days=1), world.last_day)
        number, first = number + 1, end


def won_by_month() -> dict[datetime.date, dict[int, int]]:
    """First of the month -> rep -> what the sample's deals won in it, in minor units of the base currency."""
    rows = (
        DealVersion.objects.filter(
            deal__is_sample=True, superseded_at=None, valid_to=None, outcome="won", owner__isnull=False
        )
        .exclude(kind="credit")
        .annotate(month=TruncMonth("closed_on"))
        .values_list("month", "owner")
        .annotate(total=Sum("base_minor"))
        .order_by("month", "owner")
    )
    won: dict[datetime.date, dict[int, int]] = defaultdict(dict)
    for month, owner, total in rows:
        won[month][owner] = total or 0
    return won
