"""Dimensions in the words of people, in the order in which pages offer them."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from metrics.metric import Metric

WORDS: dict[str, str | Promise] = {
    "move": _("Move"),
    "mrr_move": _("Move"),
    "model": _("Attribution model"),
    "age": _("Months of age"),
    "touchpoint": _("Touchpoint"),
    "market": _("Market"),
    "method": _("Method"),
    "channel": _("Channel"),
    "activity_kind": _("Activity kind"),
    "rep": _("Rep"),
    "team": _("Team"),
    "product": _("Product"),
    "segment": _("Segment"),
    "stage": _("Stage"),
    "forecast_category": _("Forecast category"),
    "lost_reason": _("Lost reason"),
    "product_family": _("Product family"),
    "campaign": _("Campaign"),
    "industry": _("Industry"),
    "region": _("Region"),
    "customer": _("New or existing customer"),
    "deal_kind": _("Deal kind"),
    "pipeline": _("Pipeline"),
    "currency": _("Currency"),
    "day": _("Day"),
    "week": _("Week"),
    "month": _("Month"),
    "quarter": _("Quarter"),
    "year": _("Year"),
}


def offered(metric: Metric) -> list[str]:
    """The metric's dimensions, the usual ones first."""
    return [*(name for name in WORDS if name in metric.dimensions), *(d for d in metric.dimensions if d not in WORDS)]


def dimension_word(dimension: str) -> str:
    return str(WORDS.get(dimension, dimension.replace("_", " ").capitalize()))
