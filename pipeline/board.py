"""What the board shows: totals of every stage, and the most urgent deals of each."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, F, Q, QuerySet, SmallIntegerField, Sum, When, Window
from django.db.models.functions import RowNumber

from accounts.money import from_minor
from pipeline.models import Deal, ForecastCategory, Stage
from pipeline.models.deal import DealQuerySet

CARDS = 30
"""A lane shows this many cards, and as many more at each "more"."""
CARDS_AT_MOST = 300
RANKED_AT_MOST = 2000


@dataclass(slots=True)
class Total:
    """Open deals added up, in minor units of the base currency.

    ``weighted``: each at its probability, a deal of the category omitted at nothing. ``unpriced`` deals have no amount
    or no rate; they are counted but add nothing. ``steps`` counts by urgency, in the order of ``URGENCY``.
    """

    count: int = 0
    minor: int = 0
    weighted: Decimal = Decimal(0)
    unpriced: int = 0
    steps: list[int] = field(default_factory=lambda: [0, 0, 0])

    def __iadd__(self, other: "Total") -> "Total":
        self.count += other.count
        self.minor += other.minor
        self.weighted += other.weighted
        self.unpriced += other.unpriced
        self.steps = [one + more for one, more in zip(self.steps, other.steps, strict=True)]
        return self

    def amount(self, currency: str) -> Decimal:
        """The sum in major units."""
        return from_minor(self.minor, currency)

    def weighted_amount(self, currency: str) -> Decimal:
        """The weighted sum in major units, rounded half-even."""
        return from_minor(round(self.weighted), currency)


def urgency(today: datetime.date) -> tuple[Q, Q, Q]:
    """The next steps of deals from most to least urgent: due or overdue, none at all, later."""
    return Q(next_step_on__lte=today), Q(next_step_on=None), Q(next_step_on__gt=today)


def stage_totals(rows: DealQuerySet, stages: Iterable[Stage], *, today: datetime.date) -> dict[int, Total]:
    """The total of each stage that has deals among ``rows``, by its id. One query, and it reads an index alone."""
    by_id = {stage.pk: stage for stage in stages}
    due, _none, _later = urgency(today)
    groups = (
        rows.order_by()
        .values("stage", "probability", "forecast_category")
        .annotate(
            deals=Count("stage"),  # not the id: no index holds it beside the others
            priced=Count("base_minor"),
            minor=Sum("base_minor"),
            due=Count("next_step_on", filter=due),
            planned=Count("next_step_on"),
        )
    )
    totals: dict[int, Total] = {}
    for group in groups:
        stage = by_id[group["stage"]]
        own = group["probability"]
        weight = Decimal(stage.probability_bp) / 10_000 if own is None else own
        if (group["forecast_category"] or stage.forecast_category) == ForecastCategory.OMITTED:
            weight = Decimal(0)
        minor = group["minor"] or 0
        total = totals.setdefault(stage.pk, Total())
        total += Total(
            group["deals"],
            minor,
            minor * weight,
            group["deals"] - group["priced"],
            [group["due"], group["deals"] - group["planned"], group["planned"] - group["due"]],
        )
    return totals


def urgent_deals(
    rows: DealQuerySet, totals: Mapping[int, Total], shown: Mapping[int, int], *, today: datetime.date
) -> DealQuerySet:
    """The ``shown`` most urgent deals of each stage of ``totals``, in no order. One query, for few and for many."""
    if not totals:
        return Deal.objects.none()
    few = sum(total.count for total in totals.values()) <= RANKED_AT_MOST
    chosen = _ranked(rows, shown, today=today) if few else _walked(rows, totals, shown, today=today)
    return Deal.objects.filter(pk__in=chosen)


def _ranked(rows: DealQuerySet, shown: Mapping[int, int], *, today: datetime.date) -> QuerySet[Any]:
    """All rows are numbered in their stage, which costs nothing as long as they are few."""
    due, none, _later = urgency(today)
    rank = Case(When(due, then=0), When(none, then=1), default=2, output_field=SmallIntegerField())
    place = Window(RowNumber(), partition_by=F("stage"), order_by=[rank, *BY_URGENCY])
    room = Case(*(When(stage=stage, then=cards) for stage, cards in shown.items()), output_field=SmallIntegerField())
    return rows.order_by().annotate(place=place).filter(place__lte=room).values("pk")


def _walked(
    rows: DealQuerySet, totals: Mapping[int, Total], shown: Mapping[int, int], *, today: datetime.date
) -> QuerySet[Any]:
    """A short walk along an index for each stage and urgency that has deals."""
    arms = []
    for stage, total in totals.items():
        room = shown[stage]
        for condition, there in zip(urgency(today), total.steps, strict=True):
            if there and room:
                walk = rows.filter(condition, stage=stage).order_by(*BY_URGENCY).values("pk")
                # The slice sits one level below the union: SQLite takes none in a part of it.
                arms.append(Deal.objects.filter(pk__in=walk[: min(there, room)]).order_by().values("pk"))
                room -= min(there, room)
    return arms[0].union(*arms[1:], all=True) if len(arms) > 1 else arms[0]


BY_URGENCY = ("next_step_on", F("expected_close_on").asc(nulls_last=True), "pk")


def urgency_key(deal: Deal, today: datetime.date) -> tuple[int, datetime.date, datetime.date, int]:
    """Sorts deals as ``urgent_deals`` chooses them."""
    step, far = deal.next_step_on, datetime.date.max
    rank = 1 if step is None else 0 if step <= today else 2
    return rank, step or far, deal.expected_close_on or far, deal.pk
