"""The pages that show many figures at once, put together from tiles, charts and tables."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from metrics.evaluate import find_metric
from metrics.numbers import decimal_of, ratio
from metrics.pages.charts import member_chart, series_chart
from metrics.pages.member_tables import member_table
from metrics.pages.reading import Reader
from metrics.pages.tiles import LEADING, OWN, SPARK_MONTHS, figure_entry, following, rows, tiles

FUNNEL = (
    ("leads_created", "denominator"),
    ("lead_qualification_rate", "numerator"),
    ("lead_to_opportunity_rate", "numerator"),
    ("lead_to_customer_rate", "numerator"),
)


def kpi_board(reader: Reader, first: Sequence[str] = LEADING) -> dict[str, Any]:
    """All figures of a scope: the first ones as tiles, won revenue over time, by channel and so on, then the others."""
    reader.expect(2 * SPARK_MONTHS)
    trend, channels = revenue_trend(reader), _members(reader, "won_revenue", "channel", _("Channel"))
    trend["size"] = channels["size"]
    is_group = reader.asking.scope.kind != "rep"
    has_teams = reader.asking.scope.kind == "company" or len(reader.asking.scope.team_ids) > 1
    teams = member_table(reader, "team") if has_teams else None
    board = {
        "trend": trend,
        "tiles": tiles(reader, first),
        "channels": channels,
        "products": _members(reader, "won_revenue", "product", _("Product")),
        "teams": teams if teams and teams["count"] > 1 else None,
        "reps": member_table(reader, "rep") if is_group else None,
        "others": rows(reader, following(first)),
    }
    return board | {"notes": _notes(board), "is_empty": _is_empty(board)}


def own_board(reader: Reader, first: Sequence[str] = OWN) -> dict[str, Any]:
    """A rep's own figures: the first ones as tiles, won revenue over time, the funnel of own leads, what was done."""
    reader.expect(2 * SPARK_MONTHS)
    board = {
        "trend": revenue_trend(reader),
        "tiles": tiles(reader, first),
        "funnel": funnel(reader),
        "mix": _members(reader, "activities_logged", "activity_kind", _("Activity")),
        "others": rows(reader, following([*first, *(slug for slug, _part in FUNNEL)])),
    }
    return board | {"notes": _notes(board), "is_empty": _is_empty(board)}


def revenue_trend(reader: Reader) -> dict[str, Any]:
    """Won revenue of the last twelve months beside the same months a year before."""
    slug = "won_revenue"
    points = reader.months(slug, 2 * SPARK_MONTHS)
    return series_chart(
        find_metric(slug),
        points[SPARK_MONTHS:],
        before=points[:SPARK_MONTHS],
        ident="trend",
        currency=reader.company.base_currency,
        link=lambda period: reader.asking.metric_address(slug, period=period.name),
    )


def _members(reader: Reader, slug: str, dimension: str, title: str) -> dict[str, Any]:
    return member_chart(
        reader.figure(slug, by=dimension),
        ident=f"by-{dimension}",
        title=title,
        link=lambda key: reader.asking.metric_address(slug, where=((dimension, key),)),
    )


def funnel(reader: Reader) -> dict[str, Any]:
    """How far the leads of the period have come, each step as its share of all of them. Lost ones stay in."""
    steps = []
    for slug, part in FUNNEL:
        figure = reader.figure(slug)
        value = figure.value
        count = value.value if part == "denominator" else value.numerator
        steps.append({**figure_entry(reader, figure), "count": None if count is None else int(count)})
    first = steps[0]["count"] or 0
    words = (_("Came in"), _("Qualified"), _("Became a deal"), _("Became a customer"))
    for step, word in zip(steps, words, strict=True):
        step["word"] = word
        step["bar"] = decimal_of(ratio(step["count"], first) or 0)
        step["is_share"] = step["slug"] != FUNNEL[0][0]
    return {"steps": steps, "count": first}


def _notes(board: dict[str, Any]) -> list[dict[str, Any]]:
    """What the sums leave out, once each, with the figures that it concerns."""
    notes: dict[str, list[dict[str, Any]]] = {}
    for entry in board["tiles"]:
        if entry["foot"]:
            notes.setdefault(entry["foot"]["label"], []).append(entry)
    for entry in board["others"]:
        for warning in entry["warnings"]:
            notes.setdefault(warning, []).append(entry)
    return [{"text": text, "figures": entries} for text, entries in notes.items()]


def _is_empty(board: dict[str, Any]) -> bool:
    """Whether nothing is known yet at all: first use."""
    entries = [*board["tiles"], *board["others"]]
    return not any(value is not None for entry in entries for value in [entry["value"], *entry["spark"]])
