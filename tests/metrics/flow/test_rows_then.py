"""From the past into the past: rows behind figures of an earlier day are as they were, and open pages of that day.

Hazel: H9 was lost on 9 January; H1 won on the 30th, H2 lost on the 25th. Lead Lola came on 20 April, was qualified on
the 21st and converted on the 25th; Lars was converted in February.
"""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse


@pytest.fixture
def leader(client, hazel):
    client.force_login(hazel)
    return client


def opened(client, url, **query):
    response = client.get(url, query)
    assert response.status_code == 200, response.content.decode()[-2000:]
    return response


def seen_from(row):
    return {name: day[0] for name, day in parse_qs(urlsplit(row["url"]).query).items()}


def test_the_past_leads_into_the_past(leader):
    """One company serves all, because to import it takes longest."""
    check_records_of_leads_have_the_state_of_the_day(leader)
    check_records_of_deals_open_the_deal_of_the_day_with_its_knowledge(leader)
    check_a_funnel_of_the_past_lists_what_was(leader)
    check_changes_and_durations_of_the_past_open_deals_of_the_past(leader)
    check_the_list_of_metrics_says_that_one_looks_at_the_past(leader)


def check_records_of_leads_have_the_state_of_the_day(leader):
    address = reverse("metrics:metric_records", args=["leads_created"])
    rows = opened(leader, address, period="2026", as_of="2026-04-24").context["records"]["rows"]
    assert [(row["name"], row["state"], seen_from(row)) for row in rows] == [
        ("Lars", "converted", {"as_of": "2026-04-24"}), ("Lola", "qualified", {"as_of": "2026-04-24"}),
    ]  # fmt: skip
    assert opened(leader, rows[1]["url"]).context["banner"]["look"] == "past"
    today = opened(leader, address, period="2026-04").context["records"]["rows"]
    assert [(row["state"], row["url"].partition("?")[2]) for row in today] == [("converted", "")]


def check_records_of_deals_open_the_deal_of_the_day_with_its_knowledge(leader):
    address, day = reverse("metrics:metric_records", args=["pipeline_created"]), "2026-01-21"
    rows = opened(leader, address, period="2026-01", as_of=day).context["records"]["rows"]
    assert {row["name"]: row["state"] for row in rows}["Lost as a proposal"] == "open"
    assert [seen_from(row) for row in rows] == 7 * [{"as_of": day}]
    assert opened(leader, rows[0]["url"]).context["banner"]["look"] == "past"
    # All of it was imported on 1 July, so only then it was known
    known = opened(leader, address, period="2026-01", as_of=day, known_on="2026-06-30")
    assert known.context["records"]["rows"] == []


def check_a_funnel_of_the_past_lists_what_was(leader):
    words = {"start": "deals", "period": "2026-01", "as_of": "2026-01-21", "step": "deal"}
    rows = opened(leader, reverse("metrics:funnel"), **words).context["records"]
    assert sorted((row["name"], row["state"]) for row in rows if row["name"] in ("All the way", "Lost at once")) == [
        ("All the way", "open"), ("Lost at once", "lost"),
    ]  # fmt: skip
    assert [seen_from(row) for row in rows] == 7 * [{"as_of": "2026-01-21"}]
    words = {"start": "leads", "period": "2026", "as_of": "2026-04-24", "step": "lead"}
    rows = opened(leader, reverse("metrics:funnel"), **words).context["records"]
    assert [(row["name"], row["state"]) for row in rows] == [("Lars", "converted"), ("Lola", "qualified")]


def check_changes_and_durations_of_the_past_open_deals_of_the_past(leader):
    words = {"from": "2026-01-01", "to": "2026-01-31", "as_of": "2026-01-31"}
    page = opened(leader, reverse("metrics:pipeline_changes"), **words).content.decode()
    found = re.findall(r'href="/deals/\d+/([^"]*)"', page)
    assert set(found) == {"?as_of=2026-01-31"}
    assert len(found) == 5  # H3 H4 H5 H6 H8 are new and open
    words = {"period": "2026-01", "as_of": "2026-01-31", "days": "3-3"}
    rows = opened(leader, reverse("metrics:durations"), **words).context["records"]
    assert [(row.name, urlsplit(row.url).query) for row in rows] == [("Lost at once", "as_of=2026-01-31")]


def check_the_list_of_metrics_says_that_one_looks_at_the_past(leader):
    page = opened(leader, reverse("metrics:metric_list"), as_of="2026-04-24", known_on="2026-05-01")
    assert page.context["banner"]["text"] == "You are looking at 24 Apr 2026 with what was known on 1 May 2026."
    assert opened(leader, reverse("metrics:metric_list")).context["banner"] is None
