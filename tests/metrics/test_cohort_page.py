"""The page of cohorts: the triangle of the worked case ``tamarack``, each cell with the records that make it."""

import csv
import datetime
import io
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from metrics.asking import ask
from metrics.cohorts.revenue import revenue_lives
from tests.metrics import test_worked_cases

company = test_worked_cases.company
pytestmark = [pytest.mark.django_db, pytest.mark.parametrize("company", ["tamarack"], indirect=True)]
PAGE = reverse("metrics:cohorts")
ASKED = {"period": "2023-05-01..2024-01-31", "as_of": "2024-04-15", "scope": "company"}


@pytest.fixture
def reader(company, client):
    user = User.objects.create_user(email="lea@tamarack.test", name="Lea", role=Role.LEADER)
    client.force_login(user)
    return SimpleNamespace(page=lambda **words: client.get(PAGE, {**ASKED, **words}), client=client)


def test_the_page(reader):
    """One company serves all, because to import it takes longest."""
    check_each_cohort_has_the_ages_that_are_over(reader)
    check_a_cell_opens_the_customers_that_make_it(reader)
    check_the_file_has_a_line_for_each_cell(reader)
    check_nobody_in_the_period_is_said(reader)
    check_without_a_period_it_is_the_last_twelve_whole_months(reader)
    check_more_cohorts_need_no_more_statements(reader)
    check_revenue_of_those_who_began_to_subscribe(reader)
    check_revenue_adds_up_to_the_metric(reader)
    check_what_customers_have_paid(reader)
    check_readings_that_do_not_exist(reader)


def cells(row):
    return [(cell["part"], cell["whole"]) for cell in row["cells"]]


def check_each_cohort_has_the_ages_that_are_over(reader):
    """On 15 April 2024 March is the last month over: A is ten months old, B nine, C E F two."""
    context = reader.page().context
    assert context["ages"] == list(range(1, 11))
    may, june, january = context["rows"]
    assert [(row["month"].isoformat(), row["size"]) for row in (may, june, january)] == [
        ("2023-05-01", 1), ("2023-06-01", 1), ("2024-01-01", 3),
    ]  # fmt: skip
    assert cells(may) == [(0, 1)] * 10
    assert cells(june) == [(0, 1)] * 9 + [(None, None)]
    assert cells(january) == [(2, 3), (2, 3)] + [(None, None)] * 8
    assert cells(context["total"]) == [(2, 5), (2, 5)] + [(0, 2)] * 7 + [(0, 1)]
    assert [cell["cohorts"] for cell in context["total"]["cells"]] == [3, 3, *[2] * 7, 1]


def check_a_cell_opens_the_customers_that_make_it(reader):
    cell = reader.page().context["rows"][2]["cells"][0]
    found = reader.client.get(cell["url"])
    assert found.status_code == 200
    text = found.content.decode()
    assert all(name in text for name in ("Cedar", "Elder", "Fir"))
    assert "Ash" not in text


def check_the_file_has_a_line_for_each_cell(reader):
    lines = list(csv.DictReader(io.StringIO(b"".join(reader.page(format="csv").streaming_content).decode("utf-8-sig"))))
    assert len(lines) == 10 + 9 + 2
    assert lines[-1] == {"cohort": "2024-01", "customers": "3", "age": "2", "active": "2", "old_enough": "3"}


def check_nobody_in_the_period_is_said(reader):
    assert "Nobody began in this period" in reader.page(period="2022").content.decode()


def check_without_a_period_it_is_the_last_twelve_whole_months(reader):
    context = reader.client.get(PAGE, {"as_of": "2024-04-15"}).context
    assert [row["month"].isoformat() for row in context["rows"]] == ["2023-05-01", "2023-06-01", "2024-01-01"]


def check_more_cohorts_need_no_more_statements(reader):
    reader.page()
    with CaptureQueriesContext(connection) as one:
        reader.page(period="2024-01")
    with CaptureQueriesContext(connection) as many:
        reader.page()
    assert len(many) == len(one)


def check_revenue_of_those_who_began_to_subscribe(reader):
    """F 40 from February to July, H 25 from March on: 65 at first, a month later 40 of 40 are there, and 25 of 25."""
    page = reader.page(of="net", period="2024-01-01..2024-08-31", as_of="2024-09-15")
    february, march = page.context["rows"]
    assert cells(february) == [(4000, 4000)] * 5 + [(0, 4000)]
    assert cells(march) == [(2500, 2500)] * 5 + [(None, None)]
    assert cells(page.context["total"]) == [(6500, 6500)] * 5 + [(0, 4000)]
    assert [cell["text"] for cell in page.context["total"]["cells"]] == ["100.0%"] * 5 + ["0.0%"]
    assert page.context["sentence"] == (
        "6 months after they began the accounts brought 0.0% of their first monthly revenue: €0 of €40."
    )
    found = reader.client.get(february["cells"][5]["url"])
    assert "Fir" in found.content.decode()
    assert figures(found) == (Decimal(0), Decimal(40), 1)
    found = reader.page(of="gross", format="csv", period="2024-02", as_of="2024-04-30")
    assert b"".join(found.streaming_content).decode("utf-8-sig").splitlines() == [
        "cohort,accounts,age,monthly_revenue_kept,first_monthly_revenue,currency", "2024-02,1,1,40.00,40.00,EUR",
        "2024-02,1,2,40.00,40.00,EUR",
    ]  # fmt: skip


def check_revenue_adds_up_to_the_metric(reader):
    """Each calendar month over all cohorts, the first month's own included."""
    user = User.objects.get(email="lea@tamarack.test")
    now = timezone.now()
    for month in ("2024-02", "2024-03", "2024-07", "2024-08"):
        asked = ask("mrr", {"period": month}, user=user, now=now).figure(now).value.value
        q = ask("mrr", {"period": month}, user=user, now=now).question
        q = replace(q, as_of=q.period.last_day).between(datetime.date(2000, 1, 1), q.period.last_day)
        assert asked == Decimal(sum(life.months[-1] for life in revenue_lives(q))) / 100, month


def check_what_customers_have_paid(reader):
    found = reader.page(of="value")
    january = found.context["rows"][2]
    assert cells(january)[:3] == [(104000, 3), (110000, 3), (None, None)]
    assert [cell.get("text") for cell in january["cells"]][:2] == ["€347", "€367"]
    assert january["cells"][0]["title"] == "€1,040 from 3"
    assert figures(reader.client.get(january["cells"][0]["url"])) == (Decimal(1040), Decimal(3), 3)


def check_readings_that_do_not_exist(reader):
    assert reader.client.get(PAGE, {**ASKED, "of": "revenue"}).status_code == 400


def figures(response):
    value = response.context["figure"].value
    return value.numerator, value.denominator, value.n
