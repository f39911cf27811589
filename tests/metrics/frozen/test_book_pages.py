"""The pages of a frozen quarter: the list, the differences, the records behind one, the switch elsewhere."""

import csv
import io
import json
from decimal import Decimal
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import JobRun
from metrics.jobs.workers import perform_job
from metrics.models import Book
from pipeline.actions.deals import change_deal
from tests.metrics.books import NOW, at, won, write_book
from tests.metrics.frozen.quarter import freeze_third_quarter

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def sold(cast):
    return write_book(cast)


@pytest.fixture
def frozen(cast, sold):
    return freeze_third_quarter(cast.admin)


def text_of(response) -> str:
    assert response.status_code == 200, response.content.decode()[-1500:]
    return response.content.decode()


def rows_of(response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))


def get(client, user, name, *args, query=""):
    client.force_login(user)
    return client.get(reverse(f"metrics:{name}", args=args) + query)


def test_closing_and_freezing_by_hand(client, cast, sold):
    client.force_login(cast.admin)
    response = client.post(reverse("metrics:book_close"), {"period": "2026-Q3", "grace_days": "5"})
    assert response.status_code == 302
    book = Book.objects.get()
    assert (book.name, book.state, str(book.freezes_on)) == ("2026-Q3", "closed", "2026-11-25")
    client.post(reverse("metrics:book_freeze", args=[book.pk]))
    job = JobRun.objects.get(kind="freeze")
    perform_job(job_id=job.pk, clock=lambda: NOW, alive=False)
    job.refresh_from_db()
    book.refresh_from_db()
    assert (job.state, book.state, book.run) == ("done", "frozen", job)
    assert "Q3 2026" in text_of(client.get(reverse("metrics:book_list")))


def test_the_month_before_is_offered(client, cast):
    client.force_login(cast.admin)
    with time_machine.travel("2026-01-15T12:00:00Z"):
        form = client.get(reverse("metrics:book_close")).context["form"]
    assert form["period"].value() == "2025-12"


@pytest.mark.parametrize("period", ["2026-13", "last week", "2026-11", "2026-W41", ""])
def test_a_period_that_cannot_be_closed_is_said_at_its_field(client, cast, period):
    client.force_login(cast.admin)
    response = client.post(reverse("metrics:book_close"), {"period": period, "grace_days": "5"})
    assert response.status_code == 422
    assert response.context["form"].errors["period"]


def test_without_a_change_nothing_differs(client, cast, frozen):
    response = get(client, cast.leader, "book_detail", frozen.pk)
    assert response.context["moved"] == []
    assert "Every figure of the period is what was reported." in text_of(response)


def test_the_difference_names_the_deal_and_its_amount(client, cast, sold, frozen):
    change_deal(deal=sold["summer"], amount=Decimal(2750), by=cast.rep, now=NOW)
    response = get(client, cast.leader, "book_detail", frozen.pk)
    moved = {row.metric.slug: row.texts for row in response.context["moved"]}
    assert moved["won_revenue"] == ("€2,000", "€2,750", "+€750")
    assert "deals_won" not in moved
    page = get(client, cast.leader, "book_metric", frozen.pk, "won_revenue")
    text = text_of(page)
    assert page.context["total"][0] == "+€750.00"
    assert page.context["remainder"] == ""
    [line] = page.context["rows"]
    assert (line["row"].name, line["top"], line["who"]) == (sold["summer"].name, "+€750.00", str(cast.rep))
    assert "amount minor" in line["what"]
    assert "counts for another amount" in text
    [row] = rows_of(get(client, cast.leader, "book_metric", frozen.pk, "won_revenue", query="?format=csv"))
    parts = [Decimal(row[f"numerator_{part}"]) for part in ("reported", "now", "difference")]
    assert parts == [2000, 2750, 750]
    listed = rows_of(get(client, cast.leader, "book_detail", frozen.pk, query="?format=csv"))
    [row] = [row for row in listed if row["metric"] == "won_revenue"]
    assert [Decimal(row[key]) for key in ("value_reported", "value_now", "difference")] == [2000, 2750, 750]


def test_a_team_has_its_own_differences(client, cast, sold, frozen):
    change_deal(deal=sold["summer"], amount=Decimal(2750), by=cast.rep, now=NOW)
    south = get(client, cast.leader, "book_detail", frozen.pk, query="?scope=team:south")
    assert [row.metric.slug for row in south.context["moved"]] == []
    north = get(client, cast.leader, "book_detail", frozen.pk, query="?scope=team:north")
    assert "won_revenue" in [row.metric.slug for row in north.context["moved"]]


def test_statements_do_not_grow_with_the_records_that_moved(client, cast, sold, frozen):
    address = ("book_metric", frozen.pk, "won_revenue")
    days = (2, 12, 22)
    for day in days:
        won(cast.reps["rep"], 10, at(7, 1), at(7, day), name=f"Day {day}")
    text_of(get(client, cast.admin, *address))
    with CaptureQueriesContext(connection) as few:
        text_of(get(client, cast.admin, *address))
    for day in days * 6:
        won(cast.reps["rep"], 10, at(7, 1), at(7, day), name=f"Another of day {day}")
    with CaptureQueriesContext(connection) as many:
        text_of(get(client, cast.admin, *address))
    assert len(many) == len(few)


class TestTheSwitch:
    def test_a_metric_page_shows_either(self, client, cast, sold, frozen):
        change_deal(deal=sold["summer"], amount=Decimal(2750), by=cast.rep, now=NOW)
        now = get(client, cast.leader, "metric", "won_revenue", query="?period=2026-Q3")
        assert now.context["figure"].value.value == 2750
        text = text_of(now)
        assert "As reported 20 Nov 2026" in text
        assert "reported=yes" in text
        then = get(client, cast.leader, "metric", "won_revenue", query="?period=2026-Q3&reported=yes")
        assert then.context["figure"].value.value == 2000
        assert [row["top"] for row in then.context["records"]["rows"]] == ["€2,000.00"]
        assert "You are looking at 2026-Q3 as it was reported" in text_of(then)

    def test_the_kpi_page_too(self, client, cast, sold, frozen):
        change_deal(deal=sold["summer"], amount=Decimal(2750), by=cast.rep, now=NOW)
        for query, shown, other in (("", "€2,750", "€2,000"), ("&reported=yes", "€2,000", "€2,750")):
            text = text_of(get(client, cast.leader, "kpis", query=f"?period=2026-Q3{query}"))
            tile = text.split("Won revenue", 1)[1][:1500]
            assert shown in tile
            assert other not in tile

    def test_an_open_period_has_no_switch(self, client, cast, frozen):
        text = text_of(get(client, cast.leader, "metric", "won_revenue", query="?period=2026-Q4"))
        assert "As reported" not in text
        page = get(client, cast.leader, "metric", "won_revenue", query="?period=2026-Q4&reported=yes")
        assert page.context["asking"].book is None

    def test_reported_and_known_on_exclude_each_other(self, client, cast, frozen):
        query = "?period=2026-Q3&reported=yes&known_on=2026-11-01"
        assert get(client, cast.leader, "metric", "won_revenue", query=query).status_code == 400

    def test_api_and_command_answer_as_reported(self, client, cast, sold, frozen):
        change_deal(deal=sold["summer"], amount=Decimal(2750), by=cast.rep, now=NOW)
        client.force_login(cast.leader)
        base = "/api/v1/metrics/won_revenue/?period=2026-Q3"
        assert client.get(base).json()["value"] == "2750"
        answer = client.get(f"{base}&reported=yes").json()
        assert (answer["value"], answer["run"]) == ("2000", frozen.run_id)
        assert answer["reported"] == {"period": "2026-Q3", "frozen_at": frozen.frozen_at.isoformat()}
        refused = client.get("/api/v1/metrics/won_revenue/?period=2026-Q4&reported=yes")
        assert refused.status_code == 400
        assert "Frozen: 2026-Q3." in refused.content.decode()
        out = StringIO()
        call_command("metric", "won_revenue", "--period", "2026-Q3", "--reported", "--json", stdout=out)
        assert json.loads(out.getvalue())["value"] == "2000"
