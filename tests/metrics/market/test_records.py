"""The rows behind figures of spend, readings, contacts and activities: they add up, page by page, and name nobody."""

import datetime
import json
from dataclasses import replace
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse

from accounts.models import Contact, Holiday
from metrics.asking import ask
from metrics.catalogue import METRICS, activities, expenses, leads, marketing, web
from metrics.dimensions import ALL
from metrics.measures.capacity import PerCapacity
from metrics.metric import Quantile
from metrics.records.lists import count_records, list_records
from metrics.snapshots.shelf import Shelf
from tests.metrics.everyone import everyone
from tests.metrics.test_worked_cases import CASES

NOW = datetime.datetime(2026, 7, 1, 12, tzinfo=datetime.UTC)
SLUGS = [metric.slug for file in (activities, leads, web, marketing, expenses) for metric in file.METRICS]
SCOPES = ("company", "team:north", "rep:ann@myrtle.test")


@pytest.fixture
def myrtle(settings, db):
    settings.COMPANY_TIME_ZONE, settings.BASE_CURRENCY = "UTC", "USD"
    folder = CASES / "myrtle"
    for step in json.loads((folder / "company.json").read_text())["imports"]:
        call_command("import_data", step["kind"], str(folder / step["file"]), "--json", stdout=StringIO())
    Contact.objects.update(created_at=datetime.datetime(2026, 5, 15, 12, tzinfo=datetime.UTC))


def asked(slug, scope="company", where=()):
    return ask(slug, {"period": "2026-Q2", "scope": scope}, user=everyone(), now=NOW, where=where)


def in_pages_of_two(metric, question):
    found, after = [], None
    while True:
        page = list_records(metric, question, after=after, limit=2)
        found += page
        if len(page) < 2:
            return found
        after = page[-1].cursor


def differing(slug, scope, where=()):
    found = asked(slug, scope, where)
    value, rows = found.figure(NOW).value, in_pages_of_two(found.metric, found.question)
    where_ = f"{slug} {scope} {where}"
    if count_records(found.metric, found.question) != len(rows):
        yield f"{where_}: count"
    if isinstance(found.metric, Quantile):
        return
    sides = [("numerator", value.numerator)]
    if not isinstance(found.metric, PerCapacity):
        sides.append(("denominator", value.denominator))
    for side, whole in sides:
        total = sum(getattr(row, side) or Decimal(0) for row in rows)
        if total != (whole or 0):
            yield f"{where_}: rows' {side} {total}, figure's {whole}"


def test_rows_add_up_to_both_parts_in_every_scope(myrtle):
    wrong = [line for slug in SLUGS for scope in SCOPES for line in differing(slug, scope)]
    for slug in SLUGS:
        if "channel" in METRICS[slug].dimensions:
            wrong += [
                line
                for member in ("Web", "Ads", "unknown")
                for line in differing(slug, "company", [f"channel={member}"])
            ]
    assert wrong == []


def test_visitors_of_a_quarter_are_no_sum_of_months_that_a_page_has_read(myrtle):
    shelf = Shelf(NOW.date())
    quarter = replace(asked("visitor_to_lead_rate").question, shelf=shelf)
    metric = METRICS["visitor_to_lead_rate"]
    assert [parts.denominator for parts in metric.parts(replace(quarter, by="month")).values()] == [1000, 500]
    assert metric.parts(quarter)[ALL].denominator == 1290


def test_a_holiday_is_no_day_to_be_busy_on(myrtle):
    """In the week of 4 May three reps have five days each; 10 of what they did falls into it."""
    week = {"period": "2026-W19"}
    before = ask("activities_per_rep_day", week, user=everyone(), now=NOW).figure(NOW).value
    Holiday.objects.create(day=datetime.date(2026, 5, 4), name="May Day")
    after = ask("activities_per_rep_day", week, user=everyone(), now=NOW).figure(NOW).value
    assert (before.denominator, after.denominator) == (15, 12)


def test_an_address_that_two_contacts_have_is_a_duplicate_however_it_is_written(myrtle):
    """Max at Beech is there twice already; Lee at Alder gets the address of Max at Cherry."""
    before = asked("duplicate_rate").figure(NOW).value
    Contact.objects.filter(external_id="C2").update(email="MAX@cherry.test")
    after = asked("duplicate_rate").figure(NOW).value
    assert (before.numerator, after.numerator, after.denominator) == (2, 4, 5)


def test_what_people_cost_is_listed_without_them(myrtle):
    found = asked("sales_expense")
    rows = [(row.date.isoformat(), row.name, row.numerator) for row in list_records(found.metric, found.question)]
    assert rows == [
        ("2026-05-10", "Travel", Decimal(200)),
        ("2026-05-31", "Booked on people", Decimal(5500)),
        ("2026-06-30", "Booked on people", Decimal(4000)),
    ]
    assert {row.as_json()["url"] for row in list_records(found.metric, found.question)} == {""}


def test_what_is_known_of_the_company_only_has_no_rows_elsewhere(myrtle):
    for slug, scope in (("marketing_spend", "team:north"), ("sales_expense", "rep:ann@myrtle.test")):
        found = asked(slug, scope)
        assert list_records(found.metric, found.question) == []
        assert found.figure(NOW).warnings == ["part of this is known of the company only, of no team and no rep"]


def test_what_is_left_out_is_said(myrtle):
    said = {slug: asked(slug).figure(NOW).warnings for slug in ("marketing_spend", "talk_minutes", "website_traffic")}
    assert said == {
        "marketing_spend": ["1 row of spend without an exchange rate, not converted"],
        "talk_minutes": ["1 call without a duration"],
        "website_traffic": ["readings on 3 of 91 days"],
    }
    assert (
        "per session: unique visitors of several days can't be added up"
        in asked("visitor_to_lead_rate").figure(NOW).warnings
    )


@pytest.mark.parametrize("slug", ["marketing_spend", "romi", "sales_expense", "social_followers", "duplicate_rate"])
def test_pages_of_a_rep_show_what_is_known_of_him(client, cast, slug):
    client.force_login(cast.leader)
    for name in ("metric", "metric_records"):
        assert client.get(reverse(f"metrics:{name}", args=[slug]) + "?scope=rep:rep@cast.test").status_code == 200


def test_a_page_chooses_the_model_and_does_not_add_models_up(client, cast):
    client.force_login(cast.leader)
    address = reverse("metrics:metric", args=["attributed_revenue"])
    for query in ("?by=model", "?by=campaign&where=model=linear"):
        context = client.get(address + query).context
        assert context["breakdown"]["is_additive"] == ("campaign" in query)
    refused = client.get(address + "?where=model=magic")
    assert refused.status_code == 400
    assert "is no model here" in refused.content.decode()
