"""Figures as charts: what Chart.js reads, the sentence that says it in words, and the table that says it in figures."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import formats
from metrics.figure import MONEY_UNITS, Figure, MemberValue, Value
from metrics.metric import Metric, Total
from metrics.numbers import decimal_of, ratio, text_of
from metrics.pages.reading import Point
from metrics.pages.series_words import series_summary, title_of
from metrics.pages.wording import NIL, amount_text, figure_text, has_cents, is_rate, is_small
from metrics.period_names import axis_name, period_title
from metrics.periods import Period

MOST_BARS = 12
_FORMATS = {"money": "money", "money_per_day": "money", "percent": "percent", "ratio": "multiple", "days": "days",
            "minutes": "minutes", "count": "count"}  # fmt: skip

Link = Callable[[Period], str]


def is_flow(metric: Metric) -> bool:
    """Whether units of time add up: then bars from 0 and a total, else a line."""
    return isinstance(metric, Total) and not metric.level


def series_chart(
    metric: Metric, points: Sequence[Point], *, ident: str, currency: str, link: Link, before: Sequence[Point] = (),
    whole: Figure | None = None,
) -> dict[str, Any]:  # fmt: skip
    """A metric over time for components/chart_figure.html.

    ``before``: the same units a year earlier, drawn dashed. ``whole``: the figure of the whole span, for the last row
    of the table; where units add up it is the total, else it is drawn as a dashed level.
    """
    name = str(metric.name)
    spec: dict[str, Any] = {
        "labels": [_label(point, first=index == 0) for index, point in enumerate(points)],
        "format": _FORMATS.get(metric.unit, "plain"),
        "currency": currency,
        "links": [link(point.period) for point in points],
        "sets": [_bars(metric, points) if is_flow(metric) else _line(metric, points, currency)],
    }
    if not is_flow(metric):
        spec |= {"type": "line", "zero": metric.unit in MONEY_UNITS or metric.unit == "count"}
    if before:
        spec["sets"].append(_earlier(metric, before))
    elif whole is not None and not is_flow(metric):
        spec["sets"] += _level(whole, len(points), currency)
    spec["room"] = max((_room(line.get("endLabel", "")) for line in spec["sets"]), default=8)
    drawn = [value for value in spec["sets"][0]["data"] if value is not None]
    return {
        "id": ident,
        "title": name,
        "summary": series_summary(metric, points, before, currency, whole=whole),
        "alt": _alt(metric, points, currency),
        "spec": spec if len(drawn) > 1 or (drawn and is_flow(metric)) else None,
        "key": _key(points, before) if is_flow(metric) else [],
        **_series_twin(metric, points, before, currency, link, whole),
    }


def _label(point: Point, *, first: bool) -> str | list[str]:
    has_year = first or point.period.start.month == 1 or point.period.kind == "quarter"
    name = axis_name(point.period, first=has_year)
    # "Jan 2026" goes on two lines, so that every month has room for its name.
    lines = name.split(" ") if point.period.kind == "month" else [name]
    if point.is_running:
        lines.append(_("to date"))
    return lines if len(lines) > 1 else name


def _data(metric: Metric, points: Sequence[Point]) -> list[str | None]:
    return [None if is_small(metric, point.value) else text_of(point.value.value) for point in points]


def _bars(metric: Metric, points: Sequence[Point]) -> dict[str, Any]:
    bars = {"label": str(metric.name), "data": _data(metric, points), "colour": "c1", "order": 2}
    running = [index for index, point in enumerate(points) if point.is_running]
    return bars | ({"partial": running[-1]} if running else {})


def _line(metric: Metric, points: Sequence[Point], currency: str) -> dict[str, Any]:
    known = [point for point in points if point.value.value is not None and not is_small(metric, point.value)]
    end = figure_text(metric, known[-1].value, currency, compact=True) if known else ""
    if known and is_rate(metric):
        end = _("%(figure)s, n %(n)s") % {"figure": end, "n": formats.number(known[-1].value.n)}
    data = _data(metric, points)
    drawn = {"label": str(metric.name), "type": "line", "data": data, "colour": "c1", "dots": True, "endLabel": end}
    ripening = [index for index, point in enumerate(points) if point.is_ripening]
    return drawn | ({"ripening": ripening[0]} if ripening else {})


def _earlier(metric: Metric, points: Sequence[Point]) -> dict[str, Any]:
    words = _("last year")
    data = _data(metric, points)
    return {
        "label": words,
        "type": "line",
        "data": data,
        "colour": "c-other",
        "dashed": True,
        "endLabel": words,
        "order": 1,
    }


def _level(whole: Figure, length: int, currency: str) -> list[dict[str, Any]]:
    if whole.value.value is None or is_small(whole.metric, whole.value) or isinstance(whole.metric, Total):
        return []
    text = _("all %s") % figure_text(whole.metric, whole.value, currency, compact=True)
    data = [text_of(whole.value.value)] * length
    return [
        {"label": _("whole time"), "type": "line", "data": data, "colour": "c-other", "dashed": True, "endLabel": text}
    ]


def _room(label: str) -> int:
    return min(136, 24 + 7 * len(label)) if label else 8


def _key(points: Sequence[Point], before: Sequence[Point]) -> list[dict[str, str]]:
    """A key only where the bars mean two things: full ones, and a hatched one that is not over."""
    if not before or not any(point.is_running for point in points):
        return []
    span = {"first": axis_name(points[0].period, first=True), "last": axis_name(points[-1].period, first=True)}
    return [{"swatch": "", "label": _("%(first)s to %(last)s") % span}, {"swatch": "hatch", "label": _("not over")}]


def _alt(metric: Metric, points: Sequence[Point], currency: str) -> str:
    words = {
        "metric": metric.name,
        "first": period_title(points[0].period),
        "last": period_title(points[-1].period),
        "figure": figure_text(metric, points[-1].value, currency),
    }
    text = _("%(metric)s from %(first)s to %(last)s, which comes to %(figure)s; the table below has every figure.")
    return text % words


def _series_twin(
    metric: Metric, points: Sequence[Point], before: Sequence[Point], currency: str, link: Link, whole: Figure | None
) -> dict[str, Any]:
    columns = [list(points)] + ([list(before)] if before else [])
    cents = has_cents(point.value.value for column in columns for point in column)
    heads = [_("Period"), str(metric.name), *([_("A year before")] if before else []), "n"]
    rows = []
    for index, point in enumerate(points):
        cells = [figure_text(metric, column[index].value, currency, cents=cents) for column in columns]
        label = title_of(point)
        rows.append({"label": label, "url": link(point.period), "cells": [*cells, formats.number(point.value.n)]})
    return {"heads": heads, "rows": rows, "total": _series_total(metric, columns, currency, whole, cents=cents)}


def _series_total(
    metric: Metric, columns: Sequence[Sequence[Point]], currency: str, whole: Figure | None, *, cents: bool
) -> dict[str, Any] | None:
    if is_flow(metric):
        sums = [sum((point.value.value or Decimal(0) for point in column), Decimal(0)) for column in columns]
        cells = [amount_text(metric.unit, total, currency, cents=cents) for total in sums]
        return {"label": _("Total"), "cells": [*cells, formats.number(sum(point.value.n for point in columns[0]))]}
    if whole is None or isinstance(metric, Total):
        return None
    cells = [figure_text(metric, whole.value, currency, cents=cents)] + [""] * (len(columns) - 1)
    return {"label": _("Whole time"), "cells": [*cells, formats.number(whole.value.n)]}


def member_chart(
    figure: Figure, *, ident: str, title: str, link: Callable[[str], str], most: int = MOST_BARS
) -> dict[str, Any]:
    """The largest members of a breakdown as lying bars; what is left over is one bar, so that they add up."""
    metric, currency = figure.metric, figure.question.company.base_currency
    shown, rest = split_rest(figure, most)
    entries = [(row.member.label, link(row.member.key), row.value) for row in shown]
    if rest is not None:
        entries.append((rest[0], "", rest[1]))
    labels = [_bar_label(metric, value, currency) for _name, _url, value in entries]
    cents = has_cents(value.value for _name, _url, value in entries)
    return {
        "id": ident,
        "title": title,
        "size": "is-tall" if len(entries) > 7 else "",
        "summary": _members_summary(figure, shown),
        "alt": _("%(title)s: %(bars)s") % {
            "title": title,
            "bars": "; ".join(f"{name} {text}" for (name, _url, _value), text in zip(entries, labels, strict=True)),
        },
        "spec": {
            "labels": [name for name, _url, _value in entries],
            "axis": "y",
            "format": _FORMATS.get(metric.unit, "plain"),
            "currency": currency,
            "room": max((_room(label) for label in labels), default=8),
            "min": _lowest([value for _name, _url, value in entries]),
            "links": [url or None for _name, url, _value in entries],
            "sets": [
                {
                    "label": str(metric.name),
                    "data": [text_of(value.value) for _name, _url, value in entries],
                    "colour": "c1",
                    "barLabels": labels,
                }
            ],
        } if entries else None,
        "heads": [title, str(metric.name), _("Share"), "n"],
        "rows": [
            {"label": name, "url": url, "cells": _member_cells(figure, value, currency, cents=cents)}
            for name, url, value in entries
        ],
        "total": {"label": _("Total"), "cells": _member_cells(figure, figure.value, currency, cents=cents)},
    }  # fmt: skip


def split_rest(figure: Figure, most: int) -> tuple[list[MemberValue], tuple[str, Value] | None]:
    """The first members, and the others as one: their name and their sum; None when there are none."""
    rows = figure.by or []
    if len(rows) <= most:
        return rows, None
    shown, others = rows[: most - 1], rows[most - 1 :]
    total = sum((row.value.value or Decimal(0) for row in others), Decimal(0))
    name = ngettext("%s more", "%s more", len(others)) % formats.number(len(others))
    return shown, (name, Value(total, total, None, sum(row.value.n for row in others)))


def _lowest(values: Sequence[Value]) -> str | None:
    """Where the axis of bars begins: at 0, or at the lowest figure below it."""
    below = [value.value for value in values if value.value is not None and value.value < 0]
    return text_of(min(below)) if below else None


def share_text(value: Value, whole: Value) -> str:
    """A member's share of the total, a dash where the total is 0 or not known."""
    if value.value is None or not whole.value:
        return NIL
    share = ratio(Fraction(value.value), Fraction(whole.value))
    return NIL if share is None else formats.percent(decimal_of(share))


def _bar_label(metric: Metric, value: Value, currency: str) -> str:
    text = figure_text(metric, value, currency, compact=True)
    return text if metric.unit == "count" else f"{text} · n {formats.number(value.n)}"


def _member_cells(figure: Figure, value: Value, currency: str, *, cents: bool) -> list[str]:
    text = figure_text(figure.metric, value, currency, cents=cents)
    return [text, share_text(value, figure.value), formats.number(value.n)]


def _members_summary(figure: Figure, shown: Sequence[MemberValue]) -> str:
    if not shown or figure.value.value is None:
        return _("No records in this period.")
    first = shown[0]
    words = {
        "name": first.member.label,
        "share": share_text(first.value, figure.value),
        "figure": figure_text(figure.metric, first.value, figure.question.company.base_currency),
        "n": formats.number(first.value.n),
        "all": formats.number(figure.value.n),
    }
    if figure.metric.unit == "count":
        return _("%(name)s comes first with %(share)s, %(n)s of %(all)s.") % words
    return _("%(name)s brings %(share)s (%(figure)s) from %(n)s of %(all)s records.") % words
