"""The funnel of Hazel's cohorts, worked by hand; each number opens its records."""

import csv
import datetime
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Rep
from metrics.cohorts.funnel import Arrival, Journey, walk
from pipeline.actions.deals import create_deal

PAGE = reverse("metrics:funnel")
JANUARY = {"start": "deals", "period": "2026-01"}


def journey(ident, *arrivals):
    return Journey(ident, ident, tuple(Arrival(step, datetime.date(2026, 1, day)) for step, day in arrivals))


COHORT = [
    journey(1, ("a", 1), ("b", 4), ("c", 9)),
    journey(2, ("a", 1), ("c", 3), ("b", 5)),  # b after c: c is not reached again
    journey(3, ("a", 2), ("b", 2), ("a", 6), ("b", 8), ("c", 8)),
    journey(4, ("a", 2)),
    journey(5, ("b", 3), ("c", 4)),
]


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("order", [("a", 4, 0, 0, None), ("b", 3, 3, 4, 3), ("c", 2, 2, 3, 5.5)]),
        ("any", [("a", 4, 0, 0, None), ("b", 4, 3, 4, 3), ("c", 4, 4, 4, 5)]),
    ],
)
def test_two_readings_of_the_same_journeys(mode, expected):
    """In order: b took 3, 4 and 0 days, c 5 and 6. Any stage: c took 5, 6, 1, and of who was there before b no days."""
    steps = walk(COHORT, ["a", "b", "c"], mode)
    assert [(step.key, step.count, step.converted, step.whole, step.median_days) for step in steps] == expected


@pytest.fixture
def leader(client, hazel):
    client.force_login(hazel)
    return client


def page(client, **query):
    response = client.get(PAGE, query)
    assert response.status_code == 200, response.content.decode()[-2000:]
    return response


def rows(response):
    return [
        (str(step["word"]), step["count"], step["part"], step["whole"], step["days"] and float(step["days"]))
        for step in response.context["steps"]
    ]


def test_deals_of_january_in_order(leader):
    """H3 skips Proposal, so Contract and Won have H1 alone; H2, H4 and H9 are lost and stay where they came."""
    found = page(leader, **JANUARY)
    assert rows(found) == [
        ("Deals", 8, 0, 0, None), ("Prospect", 8, 8, 8, 0), ("Proposal", 5, 5, 8, 7), ("Contract", 1, 1, 5, 8),
        ("Won", 1, 1, 1, 10),
    ]  # fmt: skip
    text = "1 of 8 were won. Most were left before “Contract”: 4 of 5 have not come there."
    assert found.context["sentence"] == text


def test_deals_of_january_in_any_stage(leader):
    assert rows(page(leader, **JANUARY, mode="any")) == [
        ("Deals", 8, 0, 0, None), ("Prospect", 8, 8, 8, 0), ("Proposal", 5, 5, 8, 7), ("Contract", 2, 1, 5, 8),
        ("Won", 2, 2, 2, 10),
    ]  # fmt: skip


def test_leads_of_the_year(leader):
    """Qualified after 31, 1 and 0 days, a deal after 9, 4 and 0 more; all won without a proposal."""
    assert rows(page(leader, period="2026", mode="any")) == [
        ("Leads", 3, 0, 0, None), ("Qualified", 3, 3, 3, 1), ("Deals", 3, 3, 3, 4), ("Prospect", 3, 3, 3, 0),
        ("Proposal", 0, 0, 3, None), ("Contract", 0, 0, 0, None), ("Won", 3, 0, 0, None),
    ]  # fmt: skip
    assert rows(page(leader, period="2026"))[-1] == ("Won", 0, 0, 0, None)


def test_an_earlier_day_knows_less(leader):
    assert [count for _word, count, *_rest in rows(page(leader, **JANUARY, as_of="2026-01-21"))] == [7, 7, 3, 1, 0]


def test_a_rep_counts_for_himself(leader):
    found = page(leader, **JANUARY, scope="rep:jon@hazel.test")
    assert [count for _word, count, *_rest in rows(found)] == [3, 3, 1, 0, 0]


def test_each_number_opens_its_records(leader):
    found = page(leader, **JANUARY)
    for step in found.context["steps"]:
        opened = leader.get(step["url"].split("#")[0])
        assert len(opened.context["records"]) == step["count"]
    proposal = leader.get(found.context["steps"][2]["url"].split("#")[0]).context["records"]
    assert [(row["name"], row["day"].day, row["state"]) for row in proposal] == [
        ("All the way", 12, "won"), ("Back and forth and lost", 14, "lost"), ("Lost as a proposal", 15, "lost"),
        ("Back for now", 22, "open"), ("Still a proposal", 4, "open"),
    ]  # fmt: skip
    leads = page(leader, period="2026", step="qualified").context["records"]
    assert [row["name"] for row in leads] == ["Lars", "Lola", "Luis"]
    assert all(row["url"].startswith("/leads/") for row in leads)


def test_the_file_has_the_steps(leader):
    response = page(leader, **JANUARY, format="csv")
    found = list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))
    assert [row["reached"] for row in found] == ["8", "8", "5", "1", "1"]
    assert found[2] == {
        "step": "Proposal", "reached": "5", "of_step_before": "5", "step_before": "8", "median_days": "7",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ({"mode": "sideways"}, "mode: possible are order, any"),
        ({"start": "people"}, "start: possible are leads, deals"),
        ({"pipeline": "x"}, "pipeline: possible are"),
        ({"step": "x"}, "step: possible are lead, qualified, deal"),
        ({"step": "lead", "page": "0"}, "page: a whole number from 1 to 1"),
    ],
)
def test_a_bad_address_is_told_what_is_possible(leader, query, text):
    response = leader.get(PAGE, query)
    assert response.status_code == 400
    assert text in response.content.decode()


def test_a_long_funnel_takes_no_more_statements(leader):
    def count():
        with CaptureQueriesContext(connection) as queries:
            page(leader, start="deals", period="2026-07", step="deal")
        return len(queries)

    rep = Rep.objects.get(email="ida@hazel.test")
    now = datetime.datetime(2026, 7, 1, 9, tzinfo=datetime.UTC)
    create_deal(by=None, now=now, name="First", owner=rep)
    few = count()
    for n in range(70):
        create_deal(by=None, now=now, name=f"Deal {n}", owner=rep)
    assert count() <= few


def test_what_was_known_and_what_is_filtered(leader):
    """All deals came in with the import of 1 July: the evening before none was known. Ida has five of the eight,
    H1, H2, H5, H8 and H9, of which all but H9 were a proposal."""
    found = page(leader, **JANUARY, known_on="2026-06-30")
    assert found.context["count"] == 0
    assert "which deals were opened is as it was known then" in found.content.decode()
    assert "as they are known today" not in page(leader, **JANUARY).content.decode()
    found = page(leader, **JANUARY, where="rep=ida@hazel.test")
    assert [step[1] for step in rows(found)] == [5, 5, 4, 1, 1]
    assert "where=rep%3Dida%40hazel.test" in found.context["steps"][0]["url"]
    assert "where=" not in found.context["starts"][0]["url"]
    assert leader.get(PAGE, {**JANUARY, "where": "age=1"}).status_code == 400
    assert leader.get(PAGE, {**JANUARY, "start": "leads", "where": "stage=Proposal"}).status_code == 400
