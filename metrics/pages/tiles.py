"""Figures of a page as tiles and as table rows: value, how it moved, its last twelve months, what to know about it."""

from collections.abc import Iterable
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import formats
from metrics.figure import Figure
from metrics.goals.aims import aim_of
from metrics.metric import Metric, Total
from metrics.pages.reading import Earlier, Point, Reader, Reading
from metrics.pages.wording import amount_text, change_of, figure_text, is_rate, is_small, shown_unit
from metrics.period_names import period_short

LEADING = (
    "won_revenue", "deals_won", "win_rate", "average_deal_size", "sales_cycle_length",
    "sales_velocity", "open_pipeline", "lead_response_time", "lead_to_customer_rate", "activities_logged",
)  # fmt: skip
"""The tiles of a KPI page in their fixed order."""

OWN = (
    "won_revenue", "deals_won", "win_rate", "average_deal_size", "sales_cycle_length",
    "open_pipeline", "weighted_pipeline", "pipeline_created", "lead_response_time", "activities_logged",
)  # fmt: skip
"""The tiles of a rep's own numbers."""

EVERYDAY = (
    "won_revenue", "revenue_growth", "deals_won", "deals_closed", "average_deal_size", "win_rate", "win_loss_ratio",
    "sales_productivity", "open_pipeline", "open_deals", "weighted_pipeline", "pipeline_created", "sales_cycle_length",
    "sales_cycle_median", "sales_velocity", "leads_created", "lead_qualification_rate", "lead_to_opportunity_rate",
    "lead_to_customer_rate", "lead_response_time", "activities_logged", "calls_made", "demos_held", "new_customers",
)  # fmt: skip
"""What a page of figures shows beside its tiles; all others are in the list of metrics."""

REPEATED = ("revenue_by_channel", "revenue_by_product")
"""Metrics that are another one under a second name; lists leave them out."""

SHORT = {
    "lead_response_time": gettext_lazy("First response"),
    "lead_to_customer_rate": gettext_lazy("Lead to customer"),
}
"""Names that fit into a tile, where the metric's own does not."""

SPARK_MONTHS = 12


def following(slugs: Iterable[str]) -> list[str]:
    """The other figures of a page: those answered from stored days, in the order of the catalogue."""
    shown = {*slugs, *REPEATED}
    return [slug for slug in EVERYDAY if slug not in shown]


def tiles(reader: Reader, slugs: Iterable[str]) -> list[dict[str, Any]]:
    """Tiles for components/tile.html."""
    return [_tile(reader, slug) for slug in slugs]


def _tile(reader: Reader, slug: str) -> dict[str, Any]:
    reading = reader.reading(slug)
    figure = reading.figure
    return {
        "mark": _mark(figure),
        "spark": spark(figure.metric, reader.months(slug, SPARK_MONTHS)),
        "foot": {"label": figure.warnings[0], "text": ""} if figure.warnings else None,
        **figure_entry(reader, figure),
        "changes": [_narrow(change) for change in changes(reading)],
        "pace": _pace(figure),
        "label": SHORT.get(slug, figure.metric.name),
    }


def _pace(figure: Figure) -> dict[str, Any] | None:
    """How much of the target is reached, beside the share of working days that are over; None without a target."""
    aim = aim_of(figure)
    if aim is None or aim.attainment is None:
        return None
    due = None if aim.lower else aim.elapsed
    target = amount_text(figure.metric.unit, aim.target, figure.question.company.base_currency)
    label = _("%(share)s of the target %(target)s") % {"share": formats.percent(aim.attainment), "target": target}
    gap = aim.attainment - (due if due is not None else 1)
    return {"share": aim.attainment, "due": due, "gap": gap, "label": label}


def rows(reader: Reader, slugs: Iterable[str]) -> list[dict[str, Any]]:
    """Rows of the table of all other figures, a heading to each group."""
    found = []
    for slug in slugs:
        reading = reader.reading(slug)
        figure = reading.figure
        entry = figure_entry(reader, figure)
        entry |= {
            "n": figure.value.n,
            "spark": spark(figure.metric, reader.months(slug, SPARK_MONTHS)),
            "previous": changes(reading)[0],
            "year": changes(reading)[1],
            "warnings": figure.warnings,
        }
        found.append(entry)
    return found


def figure_entry(reader: Reader, figure: Figure, **where: Any) -> dict[str, Any]:
    """What templates need to show a figure as a link to its metric: the context of the tag ``figure`` and more."""
    metric, value = figure.metric, figure.value
    scope = figure.question.scope
    return {
        "slug": metric.slug,
        "label": metric.name,
        "definition": metric.help,
        "url": reader.asking.metric_address(metric.slug, scope=scope.key, **where),
        "value": value.value,
        "unit": shown_unit(metric),
        "currency": figure.currency or "",
        "part": int(value.numerator) if is_rate(metric) and value.numerator is not None else None,
        "whole": value.n if is_rate(metric) else None,
        "reason": reason(figure),
    }


def reason(figure: Figure) -> str:
    """Why a figure is not known; empty when it is."""
    if figure.value.value is not None:
        return ""
    if figure.question.period.start > figure.question.as_of:
        return _("the period has not begun")
    if figure.value.n:
        return _("nothing to divide by")
    return _("no records in this period")


def spark(metric: Metric, points: list[Point]) -> list[Decimal | None]:
    """The values of a sparkline; rates of too few cases are left out."""
    return [None if is_small(metric, point.value) else point.value.value for point in points]


def changes(reading: Reading) -> list[dict[str, Any]]:
    """The two comparisons, with what they compare with in the title."""
    return [
        _change(reading.figure, reading.previous, _("v %s") % period_short(reading.previous.unit)),
        _change(reading.figure, reading.year, _("v last year")),
    ]


def _change(figure: Figure, earlier: Earlier, label: str) -> dict[str, Any]:
    currency = figure.question.company.base_currency
    before = figure_text(figure.metric, earlier.value, currency)
    return {
        "label": label,
        "title": f"{earlier.title}: {before}",
        "currency": figure.currency or "",
        **asdict(change_of(figure.metric, figure.value, earlier.value)),
    }


def _narrow(change: dict[str, Any]) -> dict[str, Any]:
    """A change of days without its decimals, which would not fit into a tile."""
    days = change["change"]
    if change["unit"] == "days" and days is not None and abs(days) >= 1:
        return {**change, "change": days.quantize(Decimal(1))}
    return change


def _mark(figure: Figure) -> str:
    value = figure.value
    if is_rate(figure.metric):
        if is_small(figure.metric, value) or value.numerator is None:
            return _("small n") if value.n else ""
        return _("%(part)s of %(whole)s") % {
            "part": formats.number(value.numerator),
            "whole": formats.number(value.denominator or 0),
        }
    if isinstance(figure.metric, Total) and figure.metric.unit == "count":
        return _("to date") if figure.state == "to_date" and not figure.metric.level else ""
    return _("n %s") % formats.number(value.n)
