"""Dimensions: how a figure may be sliced, and how a raw database value becomes a member with a key and a label."""

import datetime
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from accounts.models import Rep, Team
from metrics.errors import QuestionRefused
from metrics.forecasting.words import METHOD_WORDS
from metrics.measures.attribution import MODEL_WORDS
from metrics.models import MarketSize
from metrics.periods import containing
from metrics.waterfall.words import BAR_WORDS, MRR_WORDS
from pipeline.models import Activity, Campaign, Channel, Deal, ForecastCategory, LostReason, Pipeline, Product, Stage

TIME = ("day", "week", "month", "quarter", "year")
ORDERED = (*TIME, "age")
"""Dimensions whose members have an order of their own, that of their keys."""
MODEL = "model"
"""By which model of attribution money is split."""
DIMENSIONS = (
    "rep", "team", "product", "product_family", "channel", "campaign", "segment", "industry", "region", "pipeline",
    "stage", "forecast_category", "lost_reason", "customer", "activity_kind", "deal_kind", "currency", "move",
    "mrr_move", MODEL, "age", "touchpoint", "market", "method", *TIME,
)  # fmt: skip


class Member(NamedTuple):
    """A member of a dimension: ``key`` for programs, ``label`` for people."""

    key: str
    label: str


UNKNOWN = Member("unknown", "Unknown")
ALL = Member("", "")


def unknown_member() -> Member:
    """``UNKNOWN`` with its label in the reader's language."""
    return Member(UNKNOWN.key, _("Unknown"))


@dataclass(frozen=True)
class Naming:
    """How raw values of a dimension are named: all at once, with at most one query."""

    name: Callable[[Collection[Any]], dict[Any, Member]]
    find: Callable[[str], list[Any]]


def _rows(model: Any, key: Callable[[Any], str], label: Callable[[Any], str] = str) -> Naming:
    def name(values: Collection[Any]) -> dict[Any, Member]:
        return {row.pk: Member(key(row), label(row)) for row in model.objects.filter(pk__in=list(values))}

    def find(member: str) -> list[Any]:
        return [row.pk for row in model.objects.all() if key(row) == member]

    return Naming(name, find)


def _text(choices: Any = None) -> Naming:
    labels = dict(choices.choices) if choices else {}

    def name(values: Collection[Any]) -> dict[Any, Member]:
        return {value: Member(str(value), str(labels.get(value, value))) for value in values}

    return Naming(name, lambda member: [member])


def _known(words: Mapping[str, Any]) -> Naming:
    """Values that the program itself knows, each with its word."""
    return Naming(
        lambda values: {value: Member(str(value), str(words[value])) for value in values},
        lambda member: [member] if member in words else [],
    )


NAMINGS: dict[str, Naming] = {
    "rep": _rows(Rep, lambda rep: rep.email or rep.external_id or rep.name),
    "team": _rows(Team, lambda team: team.slug),
    "product": _rows(Product, lambda product: product.sku or product.name),
    "product_family": _text(),
    "channel": _rows(Channel, str),
    "campaign": _rows(Campaign, str),
    "segment": _text(),
    "industry": _text(),
    "region": _text(),
    "pipeline": _rows(Pipeline, str),
    "stage": _rows(Stage, str),
    "forecast_category": _text(ForecastCategory),
    "lost_reason": _rows(LostReason, str),
    "customer": _text(),
    "activity_kind": _text(Activity.Kind),
    "deal_kind": _text(Deal.Kind),
    "currency": _text(),
    "move": _known(BAR_WORDS),
    "mrr_move": _known(MRR_WORDS),
    "model": _known(MODEL_WORDS),
    "age": Naming(
        lambda values: {value: Member(f"{value:02}", _("Month %(n)s") % {"n": value}) for value in values},
        lambda member: [int(member)] if member.isdecimal() else [],
    ),
    "touchpoint": _text(),
    "method": _known(METHOD_WORDS),
    "market": _known(dict(MarketSize.Kind.choices)),
}


def name_members(dimension: str, values: Collection[Any]) -> dict[Any, Member]:
    """A member for each raw value; empty ones are ``unknown``."""
    if dimension in TIME:
        return {value: time_member(dimension, value) for value in values}
    known = [value for value in values if value not in (None, "")]
    named = NAMINGS[dimension].name(known) if known else {}
    unknown = unknown_member()
    return {value: named.get(value, unknown) for value in values}


def time_member(unit: str, day: datetime.date) -> Member:
    """The calendar unit of a day, named as a period."""
    name = containing(day, unit).name
    return Member(name, name)


def find_values(dimension: str, member: str) -> list[Any]:
    """Raw values behind a member's key; [None, ""] for ``unknown``. Refused when there is no such member."""
    if member == UNKNOWN.key:
        return [None, ""]
    values = NAMINGS[dimension].find(member)
    if not values:
        raise QuestionRefused(
            _("“%(member)s” is no %(dimension)s here.")
            % {"member": member[:60], "dimension": dimension.replace("_", " ")},
            "where",
        )
    return values
