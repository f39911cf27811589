"""Figures over the API say what the engine says, to whoever may ask."""

import pytest
from django.urls import reverse
from django.utils import timezone

from metrics.asking import ask
from metrics.catalogue import METRICS
from pipeline.actions.outcomes import win_deal
from tests.metrics.waves import FIRST


@pytest.fixture
def won(cast):
    now = timezone.now()
    win_deal(deal=cast.owns["rep"].deal, by=cast.rep, now=now)
    return now


def figure(client, slug, **query):
    return client.get(reverse("api:metric-detail", args=[slug]), query)


def test_the_catalogue_lists_every_metric(client, cast):
    client.force_login(cast.rep)
    slugs = [row["slug"] for row in client.get(reverse("api:metric-list")).json()["results"]]
    assert slugs == list(METRICS)
    assert len(slugs) >= 42


@pytest.mark.parametrize("slug", FIRST)
@pytest.mark.parametrize("name", ["rep", "manager", "leader", "admin"])
def test_the_answer_is_the_engines(client, cast, won, slug, name):
    user = getattr(cast, name)
    client.force_login(user)
    period = won.strftime("%Y")
    answer = figure(client, slug, period=period).json()
    expected = ask(slug, {"period": period}, user=user, now=won).figure(won).as_json()
    for key in ("value", "numerator", "denominator", "n", "scope", "state"):
        assert answer[key] == expected[key], key


def test_a_rep_asks_for_himself_alone(client, cast):
    client.force_login(cast.rep)
    other = figure(client, "won_revenue", period="2026", scope="rep:rival@cast.test")
    absent = figure(client, "won_revenue", period="2026", scope="rep:nobody@cast.test")
    assert other.status_code == absent.status_code == 400
    assert other.content == absent.content
    assert other.json()["errors"][0]["attr"] == "scope"


@pytest.mark.parametrize(
    ("query", "attr"),
    [
        ({"period": "soon"}, "period"),
        ({"period": "2026", "by": "shoe_size"}, "by"),
        ({"period": "2026", "where": "channel=nowhere"}, "where"),
        ({"period": "2026", "as_of": "yesterday-ish"}, "as_of"),
        ({"period": "2026", "compare": "never"}, "compare"),
    ],
)
def test_what_cannot_be_asked_is_named(client, cast, query, attr):
    client.force_login(cast.admin)
    answer = figure(client, "won_revenue", **query)
    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, attr)


def test_records_add_up_over_the_pages(client, cast, won):
    client.force_login(cast.admin)
    url = f"{reverse('api:metric-records', args=['open_pipeline'])}?period={won:%Y}&page_size=1"
    total, pages = 0, 0
    while url:
        page = client.get(url).json()
        total += sum(float(row["numerator"]) for row in page["results"])
        url, pages = page["next"], pages + 1
    assert (total, pages) == (2000, 2)


def test_a_series_has_a_row_per_month(client, cast, won):
    client.force_login(cast.admin)
    query = {"from": f"{won:%Y-%m}-01", "to": f"{won:%Y-%m-%d}", "every": "month"}
    rows = client.get(reverse("api:metric-series", args=["won_revenue"]), query).json()["by"]
    assert [(row["key"], row["value"]) for row in rows] == [(f"{won:%Y-%m}", "1000")]


def test_the_schema_is_served(client, cast):
    client.force_login(cast.rep)
    assert client.get(reverse("api-schema")).status_code == 200


def test_a_day_to_come_is_seen_from_today_and_says_so(client, cast, won):
    client.force_login(cast.admin)
    ahead = figure(client, "won_revenue", period="mtd", as_of="2199-12-31").json()
    plain = figure(client, "won_revenue", period="mtd").json()
    assert ahead["warnings"] == [f"as_of 2199-12-31 is still to come: seen from today, {plain['as_of']}"]
    for key in ("value", "as_of", "starts_on", "ends_on"):
        assert ahead[key] == plain[key], key
