"""What is missing in open deals, in money: the figures that go by it are that much too low, too high or unsure."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Rep
from pipeline.models import Deal

SHOWN = 5


@dataclass(frozen=True)
class Gap:
    """Something that an open deal lacks. ``field``: what mends it; empty where that is a next step.

    ``metric``: the figure that it weakens. ``query``: the filter of the list of deals that shows all of them.
    """

    key: str
    label: str | Promise
    why: str | Promise
    metric: str
    field: str = ""
    query: str = ""

    def condition(self, today: datetime.date) -> Q:
        match self.key:
            case "late":
                return Q(expected_close_on__lt=today)
            case "no_close":
                return Q(expected_close_on=None)
            case "no_amount":
                return Q(amount=None)
            case "no_channel":
                return Q(channel=None)
        return Q(next_step_on=None)


GAPS = (
    Gap("late", _("Expected close is over"), _("The forecast counts them on a day that has passed."),
        "weighted_pipeline", "expected_close_on", "closes=late"),
    Gap("no_close", _("No expected close"), _("They are in no period’s forecast."),
        "weighted_pipeline", "expected_close_on", "closes=none"),
    Gap("no_amount", _("No amount"), _("The pipeline is lower than it is."), "open_pipeline", "amount"),
    Gap("no_step", _("No next step"), _("Nothing says that they go on."), "stalled_deals", "", "step=none"),
    Gap("no_channel", _("No channel"), _("What they bring belongs to no channel."), "revenue_by_channel", "channel"),
)  # fmt: skip


@dataclass(frozen=True)
class Debt:
    """The open deals with a gap: how many, their known money in minor units of the base currency, the largest ones."""

    gap: Gap
    count: int
    minor: int
    rows: list[Deal]


@dataclass(frozen=True)
class DataDebt:
    """All gaps of a rep's open deals. ``count`` and ``minor``: each deal once, whatever it lacks; of ``open`` ones."""

    debts: list[Debt]
    count: int
    minor: int
    open: int


def data_debt(rep: Rep, *, user: Any, today: datetime.date) -> DataDebt:
    """What the open deals of a rep lack, as far as ``user`` sees them."""
    rows = Deal.objects.visible_to(user).open().filter(owner=rep)
    sums = _sums(rows, today)
    debts = [
        Debt(gap, sums[f"{gap.key}_count"], sums[f"{gap.key}_minor"] or 0, _largest(rows, gap, today))
        for gap in GAPS
        if sums[f"{gap.key}_count"]
    ]
    return DataDebt(debts, sums["any_count"], sums["any_minor"] or 0, sums["open_count"])


def _sums(rows: QuerySet[Deal], today: datetime.date) -> Mapping[str, Any]:
    any_gap = Q()
    asked: dict[str, Any] = {"open_count": Count("pk")}
    for gap in GAPS:
        lacking = gap.condition(today)
        any_gap |= lacking
        asked[f"{gap.key}_count"] = Count("pk", filter=lacking)
        asked[f"{gap.key}_minor"] = Sum("base_minor", filter=lacking)
    asked |= {"any_count": Count("pk", filter=any_gap), "any_minor": Sum("base_minor", filter=any_gap)}
    return rows.aggregate(**asked)


def _largest(rows: QuerySet[Deal], gap: Gap, today: datetime.date) -> list[Deal]:
    found = rows.filter(gap.condition(today)).select_related("account", "stage")
    return list(found.order_by(F("base_minor").desc(nulls_last=True), "pk")[:SHOWN])
