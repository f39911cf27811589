"""The page of pipeline changes: it says what the command says, each bar opens its deals, the file adds up."""

import csv
import io
import itertools
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Rep, User
from accounts.roles import Role
from pipeline.actions.deals import create_deal

PAGE = reverse("metrics:pipeline_changes")
ENDS = {"from": "2026-01-31", "to": "2026-02-28"}


@pytest.fixture
def leader(client, fern):
    client.force_login(fern)
    return client


def page(client, **query):
    response = client.get(PAGE, {**ENDS, **query})
    assert response.status_code == 200, response.content.decode()[-2000:]
    return response


def cells(response):
    chart = response.context["chart"]
    return {str(row["label"]): row["cells"] for row in [*chart["rows"], chart["total"]]}


def test_the_table_has_the_figures_worked_out_by_hand(leader):
    found = page(leader, closing="2026-Q1")
    assert cells(found) == {
        "Starting": ["10", "€39,300.00"], "New": ["0", "€0.00"], "Reopened": ["1", "+€900.00"],
        "Pulled in": ["1", "+€1,500.50"], "Increased": ["2", "+€3,800.00"], "Transferred in": ["0", "€0.00"],
        "Won": ["2", "−€5,200.00"], "Lost": ["1", "−€3,000.00"], "Decreased": ["1", "−€600.00"],
        "Pushed out": ["1", "−€7,000.00"], "Transferred out": ["0", "€0.00"], "Exchange rate": ["1", "+€400.00"],
        "Ending": ["8", "€30,100.50"],
    }  # fmt: skip
    assert found.context["chart"]["summary"] == (
        "Open pipeline fell by €9,199.50. Most was added by “increased”: +€3,800.00 in 2 deals. "
        "Most was taken by “pushed out”: −€7,000.00 in 1 deal."
    )
    assert "balances to €0.00" in found.content.decode()


def test_without_a_closing_period_nothing_is_pulled_or_pushed(leader):
    assert not {"Pulled in", "Pushed out"} & cells(page(leader)).keys()


def test_the_chart_goes_from_level_to_level(leader):
    spec = page(leader).context["chart"]["spec"]
    spans = [[Decimal(side) for side in span] for span in spec["sets"][0]["data"]]
    assert spans[0][1] == Decimal("40800.50")
    assert spans[-1][1] == Decimal("39600.50")
    for before, after in itertools.pairwise(spans[:-1]):
        assert before[1] == after[0]
    assert spans[-2][1] == spans[-1][1]
    assert Decimal(spec["min"]) <= min(side for span in spans for side in span)
    assert Decimal(spec["max"]) >= max(side for span in spans for side in span)


@pytest.mark.parametrize(
    ("bar", "query", "expected"),
    [
        ("new", {}, [("Opened in February", "", "opened", "+€2,500.00", "10 Feb")]),
        ("lost", {}, [("Lost in February", "open", "lost", "−€3,000.00", "26 Feb")]),
        ("reopened", {}, [("Won and reopened", "won", "open", "+€900.00", "14 Feb, Bob Birk")]),
        (
            "pushed_out",
            {"closing": "2026-Q1"},
            [("Pushed into April", "10 Mar", "15 Apr", "−€7,000.00", "18 Feb, Ann Ash")],
        ),
        (
            "increased",
            {},
            [
                ("Risen", "€5,000", "€8,000", "+€3,000.00", "20 Feb, Ann Ash"),
                ("Dollars", "$1,000", "$2,000", "+€800.00", "12 Feb, Ann Ash"),
            ],
        ),
        ("exchange_rate", {}, [("Dollars", "0.8", "1", "+€400.00", "12 Feb, Ann Ash")]),
        (
            "transferred_out",
            {"scope": "team:north"},
            [("Given to Bob", "Ann Ash", "Bob Birk", "−€6,000.00", "15 Feb, Ann Ash")],
        ),
    ],
)  # fmt: skip
def test_each_bar_opens_its_deals_before_and_after(leader, bar, query, expected):
    rows = page(leader, bar=bar, **query).context["rows"]
    told = [
        (row["name"], row["before"], row["after"], row["amount"], ", ".join(filter(None, [row["when"], row["who"]])))
        for row in rows
    ]
    assert told == expected
    assert all(row["url"] for row in rows)


def test_the_file_adds_up_to_the_ending(leader):
    response = page(leader, format="csv", closing="2026-Q1")
    rows = list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))
    assert rows[0]["bar"] == "starting"
    assert rows[-1] == {**rows[-1], "bar": "ending", "amount": "30100.50"}
    assert sum(Decimal(row["amount"]) for row in rows[:-1]) == Decimal("30100.50")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"bar": "sideways"}, "bar: possible are new"),
        ({"page": "9"}, "page: a whole number from 1 to 1"),
        ({"to": "2026-01-01"}, "to: 2026-01-01 is before"),
        ({"closing": "someday"}, "closing: "),
        ({"format": "pdf"}, "format: possible are html, csv"),
    ],
)
def test_a_bad_address_is_told_what_is_possible(leader, query, field):
    response = leader.get(PAGE, {**ENDS, **query})
    assert response.status_code == 400
    assert field in response.content.decode()


def test_a_rep_sees_his_own_and_only_links_to_what_is_his(client, fern):
    user = User.objects.create_user("ann@fern.test", "correct horse battery", name="Ann Ash", role=Role.REP)
    Rep.objects.filter(email="ann@fern.test").update(user=user)
    client.force_login(user)
    found = page(client)
    assert found.context["chart"]["rows"][0]["cells"] == ["6", "€30,800.00"]
    rows = {row["name"]: row["url"] for row in found.context["rows"]}
    assert rows["Given to Bob"] == ""
    assert rows["Risen"]
    assert client.get(PAGE, {**ENDS, "scope": "company"}).status_code == 400


def test_many_changes_take_no_more_statements_and_come_in_pages(leader, fern):
    def count():
        with CaptureQueriesContext(connection) as queries:
            response = leader.get(PAGE, {"from": "2026-06-01", "to": "2026-07-01"})
        assert response.status_code == 200
        return len(queries), response

    def add(number):
        for n in range(number):
            create_deal(by=None, now=fern.date_joined, name=f"Deal {n}", owner=rep, amount=Decimal(n + 1))

    rep = Rep.objects.get(email="bob@fern.test")
    add(5)
    few, _response = count()
    add(120)
    many, response = count()
    assert many <= few
    assert len(response.context["rows"]) == 50
    assert response.context["rows"][0]["amount"] == "+€120.00"
    following = leader.get(response.context["next_url"])
    assert following.context["first"] == 51
