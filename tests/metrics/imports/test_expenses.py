"""Expenses from files: frozen money and teams, equal rows, taking back."""

import datetime

import pytest

from accounts.models import Rep, Team
from metrics.actions.expenses import price_waiting_expenses
from metrics.models import Expense
from pipeline.imports.undoing import undo_import
from pipeline.models import ChangedDay, ImportRun
from tests.pipeline.imports.conftest import NOW, counts, told

pytestmark = pytest.mark.django_db
DAY = datetime.date
HEAD = "day,category,amount,currency,team,rep,campaign\n"


def test_money_and_team_are_frozen_with_the_day(load, people):
    load("rates", "currency,day,rate,base\nUSD,2026-03-30,1.25,EUR\nUSD,2026-05-20,2,EUR\n")
    load("memberships", "rep,team,starts_on,ends_on\na1,South,2026-05-01,\n")
    text = HEAD + "2026-03-31,salary,1000.10,USD,,a1,\n2026-05-31,travel,99.99,,,a1,\n2026-05-31,tools,-5,EUR,North,,\n"
    assert counts(load("expenses", text)) == (3, 0, 0, 0)
    by_category = {one.category: one for one in Expense.objects.all()}
    # 1,000.10 USD at 1.25 USD for a euro are 800.08 EUR.
    assert (by_category["salary"].amount_minor, by_category["salary"].base_minor) == (100010, 80008)
    assert str(by_category["salary"].rate) == "0.8000000000"
    assert by_category["salary"].team.name == "North"
    assert (by_category["travel"].base_minor, by_category["travel"].team.name) == (9999, "South")
    assert (by_category["tools"].base_minor, by_category["tools"].rep) == (-500, None)
    assert set(ChangedDay.objects.filter(subject="expenses").values_list("day", "last_day")) == {
        (DAY(2026, 3, 31), DAY(2026, 3, 31)),
        (DAY(2026, 5, 31), DAY(2026, 5, 31)),
    }
    # A later move of the rep and another rate leave what was frozen.
    load("memberships", "rep,team,starts_on,ends_on\na1,North,2026-06-01,\n")
    load("rates", "currency,day,rate,base\nUSD,2026-03-30,4,EUR\n")
    assert Expense.objects.get(category="salary").base_minor == 80008


def test_a_team_that_contradicts_the_rep_is_put_right_and_told(load, people):
    report = load("expenses", HEAD + "2026-03-31,salary,10,EUR,South,a1,\n")
    assert Expense.objects.get().team.name == "North"
    assert [(text[:21], rows) for text, rows in report.notes.items()] == [("The team of these row", 1)]


def test_the_same_file_twice_changes_nothing_and_equal_rows_are_counted(load, people):
    fare = "2026-03-31,travel,12.50,EUR,North,,\n"
    assert counts(load("expenses", HEAD + fare + fare)) == (2, 0, 0, 0)
    assert counts(load("expenses", HEAD + fare + fare)) == (0, 0, 2, 0)
    # A file that has grown adds what is new: the third fare of the day.
    assert counts(load("expenses", HEAD + fare + fare + fare)) == (1, 0, 2, 0)
    assert Expense.objects.count() == 3


def test_with_an_external_id_a_row_is_corrected(load, people):
    head = "external_id,day,category,amount,currency\n"
    load("expenses", head + "E1,2026-03-31,travel,12.50,EUR\n")
    ChangedDay.objects.all().delete()
    assert counts(load("expenses", head + "E1,2026-04-02,travel,13,EUR\n")) == (0, 1, 0, 0)
    row = Expense.objects.get()
    assert (row.day, row.base_minor, row.version) == (DAY(2026, 4, 2), 1300, 2)
    assert set(ChangedDay.objects.values_list("day", flat=True)) == {DAY(2026, 3, 31), DAY(2026, 4, 2)}


def test_taking_back_restores_what_was_and_queues_its_days(load, people):
    head = "external_id,day,category,amount,currency\n"
    load("expenses", head + "E1,2026-03-31,travel,12.50,EUR\n")
    report = load("expenses", head + "E1,2026-04-02,tools,13,EUR\nE2,2026-04-03,other,1,EUR\n")
    ChangedDay.objects.all().delete()
    undone = undo_import(run=ImportRun.objects.get(pk=report.import_id), by=None, now=NOW)
    assert (undone.removed, undone.restored, undone.left) == (1, 1, [])
    row = Expense.objects.get()
    assert (row.external_id, row.day, row.category, row.base_minor) == ("E1", DAY(2026, 3, 31), "travel", 1250)
    days = {day for first, last in ChangedDay.objects.values_list("day", "last_day") for day in (first, last)}
    assert days == {DAY(2026, 3, 31), DAY(2026, 4, 2), DAY(2026, 4, 3)}


def test_a_rep_with_expenses_stays_when_his_import_is_taken_back(load, company):
    report = load("reps", "name,email\nAnn,ann@x.test\n")
    load("expenses", "day,category,amount,rep\n2026-03-31,salary,10,ann@x.test\n")
    undone = undo_import(run=ImportRun.objects.get(pk=report.import_id), by=None, now=NOW)
    assert [str(one) for one in undone.left] == ["row 2, rep “Ann”: others refer to it."]
    assert Rep.objects.count() == 1


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (
            "2026-03-31,snacks,1,EUR,,,",
            "row 2, category: “snacks” is not allowed; allowed are salary, commission, travel, tools, enablement, "
            "overhead, marketing, support, other.",
        ),
        ("2026-03-31,tools,,EUR,,,", "row 2, amount: is required and empty."),
        ("2026-03-31,tools,1.005,EUR,,,", "row 2, amount: 1.005 has more than the 2 decimals of EUR."),
        ("2026-03-31,tools,1,EUR,Nowhere,,", "row 2, team: there is no team “Nowhere”"),
        ("31.3.2026,tools,1,EUR,,,", "row 2, day: “31.3.2026” is no date in ISO form"),
    ],
)
def test_expenses_that_cannot_be(load, people, row, problem):
    report = load("expenses", HEAD + row + "\n")
    assert told(report)[0].startswith(problem)
    assert not Expense.objects.exists()


def test_a_cost_without_a_rate_waits_for_one(load, people, company):
    report = load("expenses", HEAD + "2026-03-31,tools,10,USD,,,\n")
    assert (Expense.objects.get().rate, Expense.objects.get().base_minor) == (None, None)
    assert list(report.notes.values()) == [1]
    load("rates", "currency,day,rate,base\nUSD,2026-03-30,1.25,EUR\n")
    ChangedDay.objects.all().delete()
    assert price_waiting_expenses(now=NOW, company=company) == 1
    assert Expense.objects.get().base_minor == 800
    assert ChangedDay.objects.get().day == DAY(2026, 3, 31)
    assert price_waiting_expenses(now=NOW, company=company) == 0


def test_months_to_come_may_be_entered_and_have_no_rate_yet(load, people):
    load("rates", "currency,day,rate,base\nUSD,2026-06-14,1.25,EUR\n")
    assert counts(load("expenses", HEAD + "2026-07-01,salary,10,USD,,,\n2026-07-01,salary,10,EUR,,,\n")) == (2, 0, 0, 0)
    assert dict(Expense.objects.values_list("currency", "base_minor")) == {"USD": None, "EUR": 1000}


def test_missing_teams_may_be_made_with_the_rows(load, people):
    mapping = {"create_missing": ["teams"]}
    assert counts(load("expenses", HEAD + "2026-03-31,tools,1,EUR,West,,\n", mapping=mapping)) == (1, 0, 0, 0)
    assert Expense.objects.get().team == Team.objects.get(name="West")
