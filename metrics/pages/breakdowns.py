"""A figure by the members of a dimension: parts, value, share and change, with a footer that is the figure itself."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from accounts import formats
from metrics.dimensions import TIME
from metrics.figure import MONEY_UNITS, Figure, MemberValue, Value
from metrics.metric import Metric, Quantile, Total
from metrics.numbers import decimal_of, ratio
from metrics.pages.charts import is_flow, share_text, split_rest
from metrics.pages.dimension_words import dimension_word, offered
from metrics.pages.formulas import part_words
from metrics.pages.reading import NOT_KNOWN, Reader
from metrics.pages.wording import amount_text, change_of, figure_text, is_rate, part_texts

SEGMENT = 4
MOST_MEMBERS = 50


def dimensions(reader: Reader, metric: Metric) -> tuple[str, list[dict[str, Any]], list[dict[str, Any]]]:
    """The dimension of the breakdown, up to four to choose at once, and the others."""
    asking = reader.asking
    names = offered(metric)
    by = asking.by or _usual_dimension(names, asking.scope.kind, {dimension for dimension, _member in asking.where})
    shown = names[:SEGMENT] if by in names[:SEGMENT] else [*names[: SEGMENT - 1], by]
    options = [
        {
            "label": dimension_word(name),
            "url": asking.metric_address(metric.slug, by=name, where=asking.where) + "#breakdown",
            "is_current": name == by,
        }
        for name in names
    ]
    segment = [option for name, option in zip(names, options, strict=True) if name in shown]
    return by, segment, [option for option in options if option not in segment]


def _usual_dimension(names: list[str], scope: str, filtered: set[str]) -> str:
    useless = {*filtered, *(("rep", "team") if scope == "rep" else ())}
    usual = [name for name in names if name not in useless and name not in TIME]
    return next(iter(usual), "month" if "month" in names else names[0])


def breakdown(reader: Reader, slug: str, by: str) -> dict[str, Any]:
    """The members of a dimension: parts, value, share and how each moved; the footer is the figure itself."""
    asking = reader.asking
    figure = reader.figure(slug, by=by, where=asking.where)
    metric = figure.metric
    earlier = reader.earlier(figure, asking.compare)
    then = {} if by in TIME else reader.earlier_members(figure, asking.compare)
    additive = isinstance(metric, Total) and (is_flow(metric) or by not in TIME) and by not in metric.overlaps
    shown, rest = split_rest(figure, MOST_MEMBERS) if additive and by not in TIME else (_ranked(figure, by), None)
    most = len(shown) if by in TIME else MOST_MEMBERS
    rows = [
        {
            "label": row.member.label,
            "url": _member_address(reader, slug, by, row.member.key),
            **_cells(figure, row.value, additive=additive),
            "change": None if by in TIME else moved(figure, row.value, then.get(row.member.key)),
        }
        for row in shown[:most]
    ]
    if rest is not None:
        rows.append({"label": rest[0], "url": "", **_cells(figure, rest[1], additive=additive), "change": None})
    return {
        "by": by,
        "title": dimension_word(by),
        "heads": [] if additive or isinstance(metric, Quantile) else part_words(metric),
        "is_additive": additive,
        "shows_n": isinstance(metric, Quantile) or (additive and metric.unit != "count"),
        "compared": "" if by in TIME else _("v %s") % earlier.short,
        "rows": rows,
        "unshown": len(shown) - len(rows) if rest is None else 0,
        "total": {
            **_cells(figure, figure.value, additive=additive),
            "change": moved(figure, figure.value, earlier.value),
        },
        "gap": _gap(figure) if additive else "",
    }


def _ranked(figure: Figure, by: str) -> list[MemberValue]:
    """The members in their order; rates of fewer than five cases are not ranked, they come last."""
    rows = figure.by or []
    if by in TIME or not is_rate(figure.metric):
        return rows
    return sorted(rows, key=lambda row: row.value.n < formats.RATE_FAINT_BELOW)


def _member_address(reader: Reader, slug: str, by: str, key: str) -> str:
    """The same metric narrowed to a member; a unit of time becomes the period."""
    asking = reader.asking
    if by in TIME:
        return asking.metric_address(slug, period=key, where=asking.where)
    where = (*(pair for pair in asking.where if pair[0] != by), (by, key))
    return asking.metric_address(slug, where=where)


def _cells(figure: Figure, value: Value, *, additive: bool) -> dict[str, Any]:
    metric, currency = figure.metric, figure.question.company.base_currency
    top, bottom = part_texts(metric, value, currency)
    whole = figure.value.value
    share = None
    if additive and value.value is not None and whole:
        share = decimal_of(ratio(Fraction(value.value), Fraction(whole)) or 0)
    return {
        "top": top,
        "bottom": bottom,
        "text": figure_text(metric, value, currency, cents=additive if metric.unit in MONEY_UNITS else None),
        "is_faint": is_rate(metric) and value.n < formats.RATE_FAINT_BELOW,
        "share": share,
        "share_text": share_text(value, figure.value) if additive else "",
        "n": value.n,
    }


def moved(figure: Figure, now: Value, before: Value | None) -> dict[str, Any]:
    """How a figure changed, for the tag ``delta``; a total that was not there before was 0."""
    change = change_of(figure.metric, now, before or _nothing_then(figure.metric))
    return {**change.__dict__, "currency": figure.currency or ""}


def _nothing_then(metric: Metric) -> Value:
    return Value(decimal_of(0), decimal_of(0), None, 0) if isinstance(metric, Total) else NOT_KNOWN


def _gap(figure: Figure) -> str:
    """Why the rows do not add up to the total: records that stand in several of them, or in none."""
    amounts = [row.value.value for row in figure.by or [] if row.value.value is not None]
    total, summed = figure.value.value, sum(amounts, Decimal(0))
    if total is None or not amounts or summed == total:
        return ""
    text = amount_text(figure.metric.unit, summed, figure.question.company.base_currency)
    if summed > total:
        return _("The rows come to %s: a record with several of them stands in each, and in the total once.") % text
    return _("The rows come to %s: records without any of them are in the total only.") % text
