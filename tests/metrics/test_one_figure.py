"""One figure everywhere: page, list of records, CSV, API and command agree to the cent for every metric and role.

The page of a metric for the whole company is in ``test_metric_page``.
"""

import csv
import io
import json
from decimal import Decimal

import pytest
import time_machine
from django.core.management import call_command
from django.urls import reverse

from metrics.numbers import text_of
from pipeline.actions.activities import log_activity
from tests.metrics.books import NOW, write_book
from tests.metrics.waves import FIRST

pytestmark = pytest.mark.django_db
PERIOD = "2026-Q4"
PARTS = ("value", "numerator", "denominator", "n")
NO_SUMS = {"sales_velocity", "sales_cycle_median", "lead_response_time"}
"""What is no sum of its records: a product of four figures, and medians."""
HALVES = {"sales_productivity"}
"""Its denominator counts people, not records."""
WON = {"rep": 4000, "manager": 6000, "leader": 6500, "admin": 6500}
"""Won revenue of the quarter by role, by hand: 1,000 + 3,000; the colleague's 2,000; the rival's 500."""


def table(response):
    return list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))


def sums(rows):
    return tuple(sum(Decimal(row[part] or 0) for row in rows) for part in ("numerator", "denominator"))


@pytest.mark.parametrize("role", WON)
def test_every_way_to_a_figure_ends_at_the_same(client, cast, role):
    user = getattr(cast, role)
    with time_machine.travel(NOW, tick=False):
        write_book(cast)
        log_activity(by=cast.rep, now=NOW, kind="demo", owner=cast.reps["rep"], outcome="held")
        client.force_login(user)
        scope = client.get(reverse("api:metric-detail", args=["won_revenue"]), {"period": PERIOD}).json()["scope"]
        asked = {"period": PERIOD, "scope": scope}
        overview = table(client.get(reverse("metrics:kpis"), {**asked, "format": "csv"})) if role != "rep" else []
        listed = {row["metric"]: row for row in overview}
        said = {slug: everywhere(client, user, slug, asked, listed.get(slug)) for slug in FIRST}
    assert said["won_revenue"]["value"] == str(WON[role])
    assert [slug for slug, figure in said.items() if figure["value"] is None] == ["lead_response_time"]


def everywhere(client, user, slug, asked, listed):
    """Compare all ways to a figure; give the command's."""
    out = io.StringIO()
    call_command("metric", slug, user=user.email, json=True, records=True, stdout=out, **asked)
    told = json.loads(out.getvalue())
    answer = client.get(reverse("api:metric-detail", args=[slug]), asked).json()
    assert {key: answer[key] for key in PARTS} == {key: told[key] for key in PARTS}, slug
    if asked["scope"] != "company":
        shown = client.get(reverse("metrics:metric", args=[slug]), asked).context["head"]
        assert text_of(shown["value"]) == told["value"], slug
    if listed:
        assert {key: listed[key] or None for key in PARTS[:2]} == {key: told[key] for key in PARTS[:2]}, slug
    records = client.get(reverse("api:metric-records", args=[slug]), {**asked, "page_size": 500}).json()["results"]
    file = table(client.get(reverse("metrics:metric_csv", args=[slug]), {**asked, "rows": "records"}))
    assert sums(records) == sums(told["records"]) == sums(file), slug
    assert len(records) == len(told["records"]) == len(file), slug
    if slug not in NO_SUMS:
        top, bottom = sums(records)
        assert top == Decimal(told["numerator"] or 0), slug
        assert slug in HALVES or told["denominator"] is None or bottom == Decimal(told["denominator"]), slug
    return told
