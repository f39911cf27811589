"""Whether the worked cases show of each metric what can go wrong: nothing there, borders, scopes, averages of averages.

What a row of ``expected.json`` shows besides its figure stands in it: ``edge`` is "in" where a record on the border (at
the first instant of the period, of the last value that counts) is in the figure, "out" where it just is not; ``mean``
is what averaging averages would give. The companies that were handed to us say neither.
"""

import json
from collections import defaultdict
from decimal import Decimal

import pytest

from metrics.catalogue import METRICS
from metrics.forecasting.metrics import Expected
from metrics.metric import Metric, Total
from tests.metrics.conftest import CASES

FIGURE = ("value", "numerator", "denominator", "n")
ADDED_UP = (Total, Expected)
"""Kinds of metrics that divide nothing: there is no average to be averaged."""


def rows_by_metric():
    found = defaultdict(list)
    for file in sorted(CASES.glob("*/expected.json")):
        for row in json.loads(file.read_text()):
            found[row["metric"]].append(row)
    return found


ROWS = rows_by_metric()


def is_zero(row):
    return row["value"] is None or not Decimal(row["value"])


def reaches_teams(metric: Metric) -> bool:
    """Whether the figure is known of a team or a rep: all that it is made of carries one."""
    facts = [measure.fact for measure in metric.measures()]
    return all("rep" in fact.columns for fact in facts) if facts else "team" in metric.dimensions


def averaged(rows):
    """The rows, and members of rows, that say what averaging would give."""
    return [row for whole in rows for row in (whole, *whole.get("by_members", ())) if "mean" in row]


def figures(rows):
    return {tuple(row.get(key) for key in FIGURE) for row in rows}


def lacks(metric: Metric, rows):
    """What the cases do not show of a metric, in words."""
    rows = [row for row in rows if "value" in row]
    if all(is_zero(row) for row in rows):
        yield "a figure"
    if not any(is_zero(row) for row in rows):
        yield "an empty figure"
    if reaches_teams(metric) and all(row["scope"] == "company" or row["value"] is None for row in rows):
        yield "a figure of a team or a rep"
    inside, outside = ([row for row in rows if row.get("edge") == side] for side in ("in", "out"))
    if not inside or not outside or figures(inside) == figures(outside):
        yield "both sides of a border"
    if not isinstance(metric, ADDED_UP) and not any(averaged(rows)):
        yield "a figure that averages would miss"


@pytest.mark.parametrize("slug", METRICS)
def test_the_cases_of_each_metric_show_what_can_go_wrong(slug):
    assert list(lacks(METRICS[slug], ROWS[slug])) == []


def test_marks_say_what_they_may():
    rows = [row for rows in ROWS.values() for row in rows]
    assert {row["edge"] for row in rows if "edge" in row} == {"in", "out"}
    assert [row for row in averaged(rows) if Decimal(row["mean"]) == Decimal(row["value"])] == []
