"""Leads and activities with the days and teams that are frozen with them."""

import datetime

import pytest

from pipeline.models import Activity, ChangedDay, Deal, Lead
from tests.pipeline.imports.conftest import counts, told

pytestmark = pytest.mark.django_db
DAY = datetime.date
LEADS = (
    "external_id,name,company,email,owner,created_at,first_responded_at,qualified_at,disqualified_at,"
    "disqualified_reason,deal\n"
)
DEAL = "external_id,name,account,owner,opened_at\nD1,One,A1,a1,2026-01-10\n"


def test_leads_with_their_days_and_first_owner(load, people):
    load("deals", DEAL)
    text = LEADS + (
        "L1,Lea,Acme,,a1,2026-01-31T23:30:00Z,2026-02-01T00:15:59Z,2026-02-03,,,D1\n"
        "L2,Leo,Beta,,,2026-02-01,,,2026-02-02,spam,\n"
    )
    assert counts(load("leads", text)) == (2, 0, 0, 0)
    one, two = Lead.objects.order_by("external_id")
    assert (one.created_on, one.responded_on, one.response_minutes) == (DAY(2026, 2, 1), DAY(2026, 2, 1), 45)
    assert (one.status, one.first_owner.name, one.first_team.name) == ("converted", "Ann", "North")
    assert (one.deal.name, one.account.name) == ("One", "Acme")
    assert (two.status, two.owner, two.first_owner) == ("disqualified", None, None)
    assert counts(load("leads", text)) == (0, 0, 2, 0)
    assert ChangedDay.objects.filter(subject="leads").count() == 1
    # A later owner works it, the first one keeps the credit.
    load("leads", "external_id,name,owner,created_at\nL1,Lea,b1,2026-01-31T23:30:00Z\n")
    one.refresh_from_db()
    assert (one.owner.name, one.first_owner.name, one.version) == ("Bob", "Ann", 2)


def test_an_answer_without_a_time_of_day_is_not_before_the_question(load, people):
    load("leads", "name,created_at,first_responded_at\nLea,2026-02-01T10:00:00+01:00,2026-02-01\n")
    assert Lead.objects.get().response_minutes == 0


def test_leads_without_id_are_found_by_address_else_by_name_and_company(load):
    text = "name,company,email,created_at\nLea,Acme,lea@x.test,2026-02-01\nLeo,Beta,,2026-02-01\nLeo,Acme,,2026-02-01\n"
    assert counts(load("leads", text)) == (3, 0, 0, 0)
    assert counts(load("leads", text.replace("Lea,Acme", "Lea M,Acme Ltd"))) == (0, 1, 2, 0)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("L1,Lea,,,a1,,,,,,", "row 2, created_at: is required and empty."),
        ("L1,Lea,,,a1,2026-02-01,2026-01-31,,,,", "row 2, first_responded_at: lies before created_at."),
        ("L1,Lea,,,a1,2026-02-01,,2026-01-31,,,", "row 2, qualified_at: lies before created_at."),
        ("L1,Lea,,,a1,2026-06-16,,,,,", "row 2, created_at: lies in the future."),
        ("L1,Lea,,,a1,2026-02-01,,,,,D9", "row 2, deal: there is no deal “D9”"),
    ],
)
def test_leads_that_cannot_be(load, people, row, problem):
    assert told(load("leads", LEADS + row + "\n"))[0].startswith(problem)


def test_a_deal_has_one_lead(load, people):
    load("deals", DEAL)
    text = "external_id,name,created_at,deal\nL1,Lea,2026-02-01,D1\n"
    assert told(load("leads", text + "L2,Leo,2026-02-01,D1\n")) == [
        "row 3, deal: belongs to the lead of row 2 already."
    ]
    load("leads", text)
    assert told(load("leads", "external_id,name,created_at,deal\nL2,Leo,2026-02-01,D1\n")) == [
        "row 2: deal “D1” belongs to another lead already."
    ]


def test_activities_done_and_planned(load, people):
    load("deals", DEAL)
    text = """external_id,kind,subject,owner,due_at,done_at,direction,outcome,deal,duration_minutes
T1,Call,first,a1,,2026-02-01T23:30:00Z,,spoke,D1,5
T2,demo,shown,ann@x.test,2026-07-01T09:00:00Z,,,,D1,
T3,task,soon,Bob,2026-06-20,,,,D1,
"""
    assert counts(load("activities", text)) == (3, 0, 0, 0)
    call = Activity.objects.get(external_id="T1")
    assert (call.done_on, call.direction, call.team.name, call.account.name) == (
        DAY(2026, 2, 2),
        "out",
        "North",
        "Acme",
    )
    assert Deal.objects.get().next_step_on == DAY(2026, 6, 20)
    assert counts(load("activities", text)) == (0, 0, 3, 0)
    load("activities", "external_id,kind,owner,done_at,due_at\nT3,task,Bob,2026-06-14,\n")
    assert Deal.objects.get().next_step_on == DAY(2026, 7, 1)
    assert {row.day for row in ChangedDay.objects.filter(subject="activities")} == {DAY(2026, 2, 2), DAY(2026, 6, 14)}


def test_equal_activities_without_id_are_as_many_as_there_are_rows(load, people):
    text = "kind,owner,done_at\ncall,a1,2026-02-01\ncall,a1,2026-02-01\ncall,a1,2026-02-02\n"
    assert counts(load("activities", text)) == (3, 0, 0, 0)
    assert counts(load("activities", text)) == (0, 0, 3, 0)
    assert counts(load("activities", text + "call,a1,2026-02-01\n")) == (1, 0, 3, 0)
    assert Activity.objects.count() == 4


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("call,a1,,,", "row 2, done_at: or due_at is required"),
        ("call,a1,2026-06-16,,", "row 2, done_at: lies in the future; plan it with due_at."),
        ("chat,a1,2026-02-01,,", "row 2, kind: “chat” is not allowed; allowed are call, email, meeting, demo"),
        ("call,,2026-02-01,,", "row 2, owner: is required and empty."),
        ("call,a1,2026-02-01,,maybe", "row 2, outcome: “maybe” is not allowed; allowed are spoke, meeting_set"),
    ],
)
def test_activities_that_cannot_be(load, people, row, problem):
    assert told(load("activities", f"kind,owner,done_at,due_at,outcome\n{row}\n"))[0].startswith(problem)
