"""Reps or teams side by side in several figures, with the totals that they add up to."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import formats
from accounts.roles import Role
from metrics.catalogue import METRICS
from metrics.dimensions import UNKNOWN
from metrics.figure import Figure, Value
from metrics.metric import Total
from metrics.pages.addresses import PageQuestion
from metrics.pages.dimension_words import dimension_word
from metrics.pages.reading import NOT_KNOWN, Reader
from metrics.pages.wording import has_cents, is_rate, shown_unit
from metrics.scopes import allowed_scopes

COLUMNS = ("won_revenue", "deals_won", "win_rate", "average_deal_size", "open_pipeline", "activities_logged")
DROPPED_ON_PHONE = ("average_deal_size", "activities_logged")
MOST_ROWS = 50


def member_table(reader: Reader, dimension: str) -> dict[str, Any]:
    """The members of ``rep`` or ``team`` by won revenue; sums equal the scope's own figures in the footer.

    What is nobody's gets a row of its own. Beyond ``MOST_ROWS`` the smaller ones are one row.
    """
    reader.shelf.rows.together(measure for slug in COLUMNS for measure in METRICS[slug].measures())
    figures = [reader.figure(slug, by=dimension) for slug in COLUMNS]
    cells = [{row.member.key: row.value for row in figure.by or []} for figure in figures]
    labels = {row.member.key: row.member.label for figure in figures for row in figure.by or []}
    labels.pop(UNKNOWN.key, None)
    order = sorted(labels, key=lambda key: (-_amount(cells[0].get(key)), labels[key]))
    shown, others = (order, []) if len(order) <= MOST_ROWS else (order[: MOST_ROWS - 1], order[MOST_ROWS - 1 :])
    link = scope_links(reader.asking, dimension)
    rows = [
        {"label": labels[key], "url": link(key), "cells": _row(reader, figures, cells, dimension, key)} for key in shown
    ]
    if others:
        name = ngettext("%s more", "%s more", len(others)) % formats.number(len(others))
        rows.append({"label": name, "url": "", "cells": _sums(figures, cells, others)})
    nobody = _nobodys(figures, cells)
    if nobody:
        rows.append({"label": _("Nobody's"), "url": "", "cells": nobody})
    return {
        "dimension": dimension,
        "title": dimension_word(dimension),
        "heads": [{"label": figure.metric.name, "drop": figure.metric.slug in DROPPED_ON_PHONE} for figure in figures],
        "rows": rows,
        "total": {"label": reader.asking.scope.title, "cells": [_cell(f, f.value) for f in figures]},
        "count": len(order),
    }


def _amount(value: Value | None) -> Decimal:
    return (value.value if value else None) or Decimal(0)


def _row(
    reader: Reader, figures: list[Figure], cells: list[dict[str, Value]], dimension: str, key: str
) -> list[dict[str, Any]]:
    found = []
    for figure, values in zip(figures, cells, strict=True):
        value = values.get(key) or _empty(figure)
        url = reader.asking.metric_address(figure.metric.slug, where=((dimension, key),)) if key in values else ""
        found.append({**_cell(figure, value), "url": url})
    return found


def _empty(figure: Figure) -> Value:
    """A member without rows has 0 of a total, and no rate."""
    known = isinstance(figure.metric, Total) and figure.value.value is not None
    return Value(Decimal(0), Decimal(0), None, 0) if known else NOT_KNOWN


def _sums(figures: list[Figure], cells: list[dict[str, Value]], keys: list[str]) -> list[dict[str, Any]]:
    """Totals of several members; a rate or a mean is not shown for them together."""
    found = []
    for figure, values in zip(figures, cells, strict=True):
        total = sum((_amount(values.get(key)) for key in keys), Decimal(0))
        value = Value(total, total, None, 0) if isinstance(figure.metric, Total) else NOT_KNOWN
        found.append(_cell(figure, value))
    return found


def _nobodys(figures: list[Figure], cells: list[dict[str, Value]]) -> list[dict[str, Any]]:
    """What the total holds beyond the named members: records without a rep or team. Empty when there is nothing."""
    found, is_empty = [], True
    for figure, values in zip(figures, cells, strict=True):
        value = values.get(UNKNOWN.key, NOT_KNOWN)
        if isinstance(figure.metric, Total):
            named = sum((_amount(cell) for key, cell in values.items() if key != UNKNOWN.key), Decimal(0))
            rest = _amount(figure.value) - named
            value = Value(rest, rest, None, value.n)
            is_empty = is_empty and not rest
        found.append(_cell(figure, value))
    return [] if is_empty else found


def _cell(figure: Figure, value: Value) -> dict[str, Any]:
    metric = figure.metric
    amounts = [row.value.value for row in figure.by or []]
    return {
        "head": metric.name,
        "drop": metric.slug in DROPPED_ON_PHONE,
        "value": value.value,
        "unit": shown_unit(metric),
        "currency": figure.currency or "",
        "cents": isinstance(metric, Total) and has_cents([*amounts, figure.value.value]),
        "part": int(value.numerator) if is_rate(metric) and value.numerator is not None else None,
        "whole": value.n if is_rate(metric) else None,
    }


def scope_links(asking: PageQuestion, dimension: str) -> Callable[[str], str]:
    """From a member's key to the page of its figures; empty where its scope is not the reader's to ask for."""
    role = getattr(asking.user, "role", None)
    allowed: set[str] | None = None
    if role not in (Role.LEADER, Role.ADMIN):
        allowed = {choice.key for choice in allowed_scopes(asking.user, asking.company)}

    def link(key: str) -> str:
        scope = f"{dimension}:{key}"
        if allowed is not None and scope not in allowed:
            return ""
        return asking.address("metrics:kpis", scope=scope, by=None, where=())

    return link
