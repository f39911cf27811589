"""Survey answers from files."""

import datetime

import pytest

from accounts.models import Account, Rep
from metrics.models import SurveyResponse
from pipeline.imports.undoing import undo_import
from pipeline.models import ChangedDay, ImportRun
from tests.pipeline.imports.conftest import NOW, counts, told

pytestmark = pytest.mark.django_db
DAY = datetime.date
HEAD = "account,contact,score,at\n"


@pytest.fixture
def customers(load, people):
    load("accounts", "name,external_id,segment,industry,region,owner\nAcme,A1,SMB,Steel,North,a1\n")
    load("contacts", "account,name,email\nA1,Cleo,cleo@acme.test\nA2,Dan,dan@beta.test\n")


def test_answers_carry_whose_customer_it_was(load, customers):
    assert counts(load("surveys", HEAD + "A1,cleo@acme.test,9,2026-03-31T23:30:00Z\nA2,,6,2026-04-02\n")) == (
        2,
        0,
        0,
        0,
    )
    one, two = SurveyResponse.objects.order_by("-score")
    # Half past eleven at night in London is the next day in Berlin.
    assert (one.kind, one.answered_on, one.contact.name) == ("nps", DAY(2026, 4, 1), "Cleo")
    assert (one.owner.name, one.team.name, one.segment, one.industry, one.region) == (
        "Ann", "North", "SMB", "Steel", "North",
    )  # fmt: skip
    assert (two.owner, two.team, two.segment, two.contact) == (None, None, "", None)
    Account.objects.update(segment="Large", owner=Rep.objects.get(name="Bob"))
    one.refresh_from_db()
    assert (one.segment, one.owner.name) == ("SMB", "Ann")
    assert {(row.day, row.last_day) for row in ChangedDay.objects.filter(subject="surveys")} == {
        (DAY(2026, 4, 1), DAY(2026, 4, 2))
    }


def test_the_same_file_twice_changes_nothing_and_a_person_may_correct_the_score(load, customers):
    text = HEAD + "A1,cleo@acme.test,9,2026-03-31T10:00:00Z\nA2,,6,2026-04-02\nA2,,6,2026-04-02\n,,3,2026-04-02\n"
    assert counts(load("surveys", text)) == (4, 0, 0, 0)
    assert counts(load("surveys", text)) == (0, 0, 4, 0)
    assert counts(load("surveys", HEAD + ",cleo@acme.test,2,2026-03-31T10:00:00Z\n")) == (0, 1, 0, 0)
    assert SurveyResponse.objects.get(contact__name="Cleo").score == 2


def test_an_answer_belongs_to_its_invitation(load, customers):
    head = "contact,score,at,invited_on,kind\n"
    load("surveys", head + "cleo@acme.test,,,2026-03-20,csat\ndan@beta.test,,,2026-03-20,csat\n")
    assert counts(load("surveys", head + "cleo@acme.test,5,2026-03-25,2026-03-20,csat\n")) == (0, 1, 0, 0)
    answers = SurveyResponse.objects.order_by("contact__name").values_list("contact__name", "score", "answered_on")
    assert list(answers) == [("Cleo", 5, DAY(2026, 3, 25)), ("Dan", None, None)]


def test_taking_back(load, customers):
    head = "contact,score,at,invited_on\n"
    load("surveys", head + "cleo@acme.test,,,2026-03-20\n")
    report = load("surveys", head + "cleo@acme.test,9,2026-03-25,2026-03-20\ndan@beta.test,1,2026-03-26,\n")
    undone = undo_import(run=ImportRun.objects.get(pk=report.import_id), by=None, now=NOW)
    assert (undone.removed, undone.restored, undone.left) == (1, 1, [])
    row = SurveyResponse.objects.get()
    assert (row.score, row.at, row.answered_on, row.invited_on) == (None, None, None, DAY(2026, 3, 20))


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("A1,,11,2026-04-02,nps", "row 2, score: “11” is no whole number from 0 to 10."),
        ("A1,,9,2026-04-02,csat", "row 2, score: 9 is no score of csat; allowed are whole numbers from 1 to 5."),
        ("A1,,0,2026-04-02,csat", "row 2, score: 0 is no score of csat; allowed are whole numbers from 1 to 5."),
        ("A1,,,2026-04-02,nps", "row 2, score: is required and empty."),
        ("A1,,9,,nps", "row 2, at: is required and empty."),
        ("A1,,,,nps", "row 2, score: and at are required for an answer, or invited_on for an invitation."),
        ("A1,,9,2026-06-16,nps", "row 2, at: lies in the future."),
        ("A2,cleo@acme.test,9,2026-04-02,nps", "row 2, contact: Cleo belongs to another account than Beta."),
        ("A1,,9,2026-04-02,ces", "row 2, kind: “ces” is not allowed; allowed are nps, csat."),
    ],
)
def test_answers_that_cannot_be(load, customers, row, problem):
    assert told(load("surveys", "account,contact,score,at,kind\n" + row + "\n")) == [problem]
