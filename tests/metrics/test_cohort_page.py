"""The page of cohorts: the triangle of the worked case ``tamarack``, each cell with the records that make it."""

import csv
import io
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
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


def cells(row):
    return [(cell["active"], cell["whole"]) for cell in row["cells"]]


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
    assert "Nobody bought for the first time" in reader.page(period="2022").content.decode()


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
