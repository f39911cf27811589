"""The night's calculation of what is open, what it says of unusual changes, and pay by month."""

import datetime
from decimal import Decimal

import pytest
from django.core import mail
from django.urls import reverse

from accounts.jobs import queue_job
from accounts.models import Company, JobRun
from metrics.actions.calculated_statements import calculate_period, review_statements
from metrics.actions.statement_refresh import open_periods, refresh_statements
from metrics.actions.statements import approve_statements, pay_statement
from metrics.jobs.schedule import due_statements
from metrics.jobs.workers import perform_job
from metrics.models import Statement
from metrics.pay.moves import is_unusual
from pipeline.actions.deals import change_deal
from tests.metrics.incentives.by_hand import month
from tests.metrics.incentives.paying import NOW, publish, win

TODAY = NOW.date()


@pytest.fixture
def paid(cast):
    """The rep won 1,000 in September, 600 in October, 300 in November: 10 % of each."""
    publish(cast)
    cast.deals = [win(cast, amount, day) for amount, day in
                  ((1000, "2026-09-10"), (600, "2026-10-10"), (300, "2026-11-10"))]  # fmt: skip
    return cast


def totals(cast, name="rep"):
    rows = Statement.objects.filter(rep=cast.reps[name]).order_by("ends_on")
    return [(row.period, row.total_minor, row.was_minor) for row in rows]


def night(now=NOW):
    job = queue_job(kind="statements", key=f"night {now.date()}", now=now)
    perform_job(job_id=job.pk, clock=lambda: now, alive=False)
    job.refresh_from_db()
    return job


def approve(cast, name, who="rep", now=NOW):
    return approve_statements(rep=cast.reps[who], period=month(name), by=cast.admin, now=now)[0]


def test_a_night_calculates_what_is_open_and_leaves_what_is_approved(paid):
    company = Company.current()
    assert open_periods(company, TODAY) == ["2026-10", "2026-11"]
    calculate_period(period="2026-09", now=NOW)
    assert open_periods(company, TODAY) == ["2026-09", "2026-10", "2026-11"]
    approve(paid, "2026-09")
    win(paid, 50, "2026-11-12")
    assert refresh_statements(now=NOW).problems == []
    assert totals(paid) == [("2026-09", 10000, None), ("2026-10", 6000, None), ("2026-11", 3500, None)]
    assert due_statements(NOW, company) == [("statements", "night 2026-11-19")]


def test_a_night_is_due_only_where_a_plan_holds(cast):
    assert due_statements(NOW, Company.current()) == []


@pytest.mark.parametrize(
    ("before", "after", "is_over", "unusual"),
    [
        (10000, 12000, True, False),  # 20 % exactly
        (10000, 12001, True, True),
        (10000, 7999, True, True),
        (10000, 20000, False, False),  # deals are won
        (10000, 7999, False, True),  # and lost
        (0, 1, True, True),
        (0, 0, True, False),
        (-10000, -12001, True, True),
    ],
)
def test_what_is_unusual(before, after, is_over, unusual):
    assert is_unusual(before, after, percent=20, is_over=is_over) is unusual
    assert not is_unusual(before, after, percent=None, is_over=is_over)


def test_an_unusual_change_is_marked_mailed_and_shown_until_it_is_reviewed(paid, client):
    assert night().result["changed"] == 0
    assert mail.outbox == []
    change_deal(deal=paid.deals[1], by=None, now=NOW, amount=Decimal(1000))  # October: 60 become 100
    tomorrow = NOW + datetime.timedelta(days=1)
    job = night(tomorrow)
    assert (job.state, job.result["changed"], job.error) == ("done", 1, "Rep, 2026-10: €60.00 → €100.00")
    assert totals(paid)[0] == ("2026-10", 10000, 6000)
    assert [one.to for one in mail.outbox] == [[paid.admin.email], ["second@cast.test"]]
    assert mail.outbox[0].subject == "1 statement of pay changed by more than 20 %"
    assert "Rep, 2026-10: €60.00 → €100.00" in mail.outbox[0].body
    assert night(tomorrow + datetime.timedelta(days=1)).result["changed"] == 0  # told once
    client.force_login(paid.admin)
    text = client.get(reverse("metrics:statement_list")).content.decode()
    assert "1 statement changed by more than 20 %" in text
    assert "was €60.00" in text
    found = client.get(reverse("metrics:statement_list"), {"changed": "yes"}).context["rows"]
    assert [(row.rep.name, row.period) for row in found] == [("Rep", "2026-10")]
    review_statements(rep=paid.reps["rep"], period=month("2026-10"), by=paid.admin, now=tomorrow)
    assert totals(paid)[0] == ("2026-10", 10000, None)


def test_a_change_that_is_taken_back_is_unmarked(paid):
    night()
    change_deal(deal=paid.deals[1], by=None, now=NOW, amount=Decimal(1000))
    calculate_period(period="2026-10", now=NOW)
    change_deal(deal=paid.deals[1], by=None, now=NOW, amount=Decimal(610))
    calculate_period(period="2026-10", now=NOW)
    assert totals(paid)[0] == ("2026-10", 6100, None)


def test_pay_by_month_is_earned_paid_out_and_owed(paid, client):
    """September's 100 is paid in October, October's 60 approved, November's 30 accrues; the colleague has nothing."""
    for name in ("2026-09", "2026-10", "2026-11"):
        calculate_period(period=name, now=NOW)
    row = approve(paid, "2026-09")
    pay_statement(statement=row, by=paid.admin, now=datetime.datetime(2026, 10, 31, 22, 59, tzinfo=datetime.UTC))
    approve(paid, "2026-10")
    client.force_login(paid.leader)
    answer = client.get(reverse("metrics:statement_months"))
    names = ("statements", "accruing", "pending", "approved", "paid", "earned", "paid_out", "owed")
    shown = {one["name"]: [f"{one[name]:.0f}" for name in names] for one in answer.context["months"]}
    assert shown["2026-08"] == ["0"] * 8
    assert shown["2026-09"] == ["2", "0", "0", "0", "100", "100", "0", "100"]
    assert shown["2026-10"] == ["2", "0", "0", "60", "0", "60", "100", "60"]
    assert shown["2026-11"] == ["2", "30", "0", "0", "0", "30", "0", "90"]
    assert [f"{answer.context['total'][name]:.0f}" for name in names] == [
        "6",
        "30",
        "0",
        "60",
        "100",
        "190",
        "100",
        "90",
    ]
    assert "€190 earned and €100 paid out in the year; €90 owed at its end." in answer.content.decode()
    streamed = client.get(reverse("metrics:statement_months"), {"format": "csv"})
    file = b"".join(streamed.streaming_content).decode("utf-8-sig").splitlines()
    assert file[11] == "2026-11,2,30.00,0.00,0.00,0.00,30.00,0.00,90.00,EUR"
    for year in ("x", "1900", "20266"):
        assert client.get(reverse("metrics:statement_months"), {"year": year}).status_code == 400


def test_what_is_owed_goes_on_into_the_next_year(paid, client):
    for name in ("2026-09", "2026-10"):
        calculate_period(period=name, now=NOW)
    client.force_login(paid.admin)
    assert JobRun.objects.count() == 0
    first = client.get(reverse("metrics:statement_months"), {"year": "2027"}).context["months"][0]
    assert (first["earned"], first["owed"]) == (0, 160)
