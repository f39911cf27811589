"""Histories: what held from the opening, then one event a row."""

import datetime

import pytest

from accounts.models import User
from pipeline.models import Deal, DealEvent, DealVersion, StageVisit
from tests.pipeline.imports.conftest import counts, told

pytestmark = pytest.mark.django_db
DAY = datetime.date
STAGES = "name,outcome,probability\nTalk,open,0.1\nOffer,open,0.5\nWon,won,1\nLost,lost,0\n"
HEAD = "deal,at,field,from,to,by\n"


@pytest.fixture
def staged(load, people):
    load("stages", STAGES)
    text = """external_id,name,account,owner,stage,outcome,amount,opened_at,closed_at
D1,One,A1,b1,Offer,open,300,2026-01-10,
D2,Two,A1,a1,Won,won,80,2026-01-10,2026-03-01
D3,Three,A1,a1,Offer,open,300,,
"""
    assert not load("deals", text).problems


def states(deal: str, *fields: str) -> list[tuple]:
    rows = DealVersion.objects.filter(deal__external_id=deal, superseded_at=None).order_by("valid_from")
    return list(rows.values_list("valid_from", *fields))


def test_each_field_begins_with_the_from_of_its_earliest_row(load, staged):
    text = HEAD + (
        "D1,2026-02-01,stage,Talk,Offer,ann@x.test\n"
        "D1,2026-03-01 09:00,amount,200,300,Somebody\n"
        "D1,2026-02-15,amount,100,200,\n"
        "D1,2026-02-01,owner,a1,b1,\n"
        "D1,2026-04-01,expected_close_on,2026-05-01,2026-07-01,\n"
    )
    User.objects.create_user("ann@x.test", name="Ann", role="rep")
    report = load("deal_history", text)
    assert counts(report) == (5, 0, 0, 0)
    assert states("D1", "stage__name", "owner__name", "base_minor", "probability_bp") == [
        (DAY(2026, 1, 10), "Talk", "Ann", 10000, 1000),
        (DAY(2026, 2, 1), "Offer", "Bob", 10000, 5000),
        (DAY(2026, 2, 15), "Offer", "Bob", 20000, 5000),
        (DAY(2026, 3, 1), "Offer", "Bob", 30000, 5000),
        (DAY(2026, 4, 1), "Offer", "Bob", 30000, 5000),
    ]
    assert [row[1] for row in states("D1", "expected_close_on")][::4] == [DAY(2026, 5, 1), DAY(2026, 7, 1)]
    assert DealEvent.objects.get(by_text="Somebody").patch["amount_minor"] == 30000
    assert DealEvent.objects.get(by__email="ann@x.test").effective_on == DAY(2026, 2, 1)
    assert [(visit.stage.name, bool(visit.left_at)) for visit in StageVisit.objects.filter(deal__external_id="D1")] == [
        ("Talk", True), ("Offer", False),
    ]  # fmt: skip
    # The file says an expected close that the deal did not have.
    assert list(report.notes) == [
        "expected_close_on: the last change of 1 deals does not lead to their present value, which it replaces"
    ]
    assert counts(load("deal_history", text)) == (0, 0, 5, 0)


def test_the_day_of_a_won_deal_and_its_history_agree(load, staged):
    text = HEAD + (
        "D2,2026-02-01,outcome,open,won,\n"
        "D2,2026-02-10,outcome,won,open,\n"
        "D2,2026-03-01,outcome,open,won,\n"
        "D2,2026-02-20,stage,Talk,Offer,\n"
        "D2,2026-04-01,amount,100,80,\n"
    )
    # The last close is known from the deal itself.
    assert counts(load("deal_history", text)) == (4, 0, 1, 0)
    assert states("D2", "outcome", "stage__name", "closed_on", "base_minor") == [
        (DAY(2026, 1, 10), "open", "Talk", None, 10000),
        (DAY(2026, 2, 1), "won", "Won", DAY(2026, 2, 1), 10000),
        (DAY(2026, 2, 10), "open", "Talk", None, 10000),
        (DAY(2026, 2, 20), "open", "Offer", None, 10000),
        (DAY(2026, 3, 1), "won", "Won", DAY(2026, 3, 1), 10000),
        (DAY(2026, 4, 1), "won", "Won", DAY(2026, 3, 1), 8000),
    ]
    deal = Deal.objects.get(external_id="D2")
    assert (deal.outcome, deal.amount, deal.closed_at.date()) == ("won", 80, DAY(2026, 2, 28))


def test_a_deal_of_unknown_start(load, staged):
    load("deal_history", HEAD + "D3,2026-02-01,amount,100,300,\n")
    assert [row[1] for row in states("D3", "base_minor")] == [10000, 30000]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("D1,2026-01-09,stage,Talk,Offer,", "row 2, at: lies before the deal was opened."),
        ("D1,2026-06-16,stage,Talk,Offer,", "row 2, at: lies in the future."),
        ("D1,2026-02-01,stage,Talk,Dream,", "row 2, to: the pipeline “Sales” has no stage “Dream”; allowed are"),
        ("D1,2026-02-01,colour,red,blue,", "row 2, field: “colour” is not allowed; allowed are stage, amount, owner"),
        ("D1,2026-02-01,owner,a1,nobody,", "row 2, to: there is no rep “nobody”"),
        ("D1,2026-02-01,amount,1,2.005,", "row 2, to: 2.005 has more than the 2 decimals of EUR."),
        ("D1,soon,amount,1,2,", "row 2, at: “soon” is no date in ISO form"),
    ],
)
def test_rows_that_cannot_be(load, staged, row, problem):
    before = DealEvent.objects.count()
    assert told(load("deal_history", HEAD + row + "\n"))[0].startswith(problem)
    assert DealEvent.objects.count() == before
