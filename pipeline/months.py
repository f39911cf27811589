"""Open and closed deals added up by the month in which they are expected to close."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from accounts.money import from_minor
from pipeline.models import ForecastCategory, Outcome


@dataclass
class Month:
    """``starts_on`` None: deals without a close date. ``weighted``: open deals at their chance, omitted ones at 0."""

    starts_on: datetime.date | None
    count: int = 0
    minor: int = 0
    weighted_minor: Decimal = Decimal(0)
    unpriced: int = 0

    def amount(self, currency: str) -> Decimal:
        """The sum in major units of the base currency."""
        return from_minor(self.minor, currency)

    def weighted(self, currency: str) -> Decimal:
        """The weighted sum in major units, rounded half-even."""
        return from_minor(round(self.weighted_minor), currency)


def month_of(day: datetime.date | None) -> datetime.date | None:
    """The first day of the month."""
    return day.replace(day=1) if day else None


def month_totals(rows: QuerySet[Any], days: Iterable[datetime.date | None]) -> dict[datetime.date | None, Month]:
    """The totals of the months in which ``days`` lie, of all ``rows``, not only those of a page. One query."""
    wanted = {month_of(day) for day in days}
    known = [month for month in wanted if month]
    asked = Q()
    if known:
        after = (max(known) + datetime.timedelta(days=31)).replace(day=1)
        asked = Q(expected_close_on__gte=min(known), expected_close_on__lt=after)
    if None in wanted:
        asked |= Q(expected_close_on=None)
    by = ("month", "outcome", "probability", "forecast_category", "stage__probability_bp", "stage__forecast_category")
    groups = rows.filter(asked).order_by().annotate(month=TruncMonth("expected_close_on")).values(*by)
    found = {month: Month(month) for month in wanted}
    for row in groups.annotate(deals=Count("pk"), minor=Sum("base_minor"), priced=Count("base_minor")):
        month = found.get(row["month"])
        if month is None:
            continue
        month.count += row["deals"]
        month.minor += row["minor"] or 0
        month.unpriced += row["deals"] - row["priced"]
        category = row["forecast_category"] or row["stage__forecast_category"]
        if row["outcome"] == Outcome.OPEN and category != ForecastCategory.OMITTED:
            own, stages = row["probability"], Decimal(row["stage__probability_bp"]) / 10_000
            month.weighted_minor += (row["minor"] or 0) * (stages if own is None else own)
    return found
