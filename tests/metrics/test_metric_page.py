"""The page of one metric: its formula, course, breakdown and records all come to the same figure."""

import csv
import io
import re
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.business_dates import business_date
from accounts.models import AuditEntry, Company, Rep, TeamMembership
from metrics.catalogue import METRICS
from metrics.evaluate import evaluate
from metrics.measures.capacity import PerCapacity
from metrics.numbers import text_of
from metrics.periods import parse_period
from metrics.records.rows import adds_up
from metrics.scopes import COMPANY, find_scope
from pipeline.actions.activities import log_activity
from tests.metrics.books import NOW, at, lost, won, write_book
from tests.metrics.waves import FIRST

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


def address(slug, name="metric", query=""):
    return reverse(f"metrics:{name}", args=[slug]) + query


def page(client, user, slug, query="", name="metric"):
    client.force_login(user)
    response = client.get(address(slug, name, query))
    assert response.status_code == 200, response.content.decode()[-2000:]
    return response


def refused(client, user, path):
    client.force_login(user)
    response = client.get(path)
    assert response.status_code == 400
    return re.sub(r"<[^>]+>", "", re.search(r"data-problem>(.*?)</p>", response.content.decode(), re.S)[1])


def rows(response):
    return list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))


def figure(slug, scope=COMPANY, **more):
    company = Company.current()
    today = business_date(NOW, company.zone)
    period = parse_period("2026-Q4", today=today)
    return evaluate(slug, period=period, scope=scope, company=company, today=today, now=NOW, **more)


PARTS = 6
"""Metrics are gone through in so many tests, each with one book of its own."""


def texts(response):
    return [part.text or part.op for part in response.context["formula"]]


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize(("scope", "slugs"), [("company", METRICS), ("rep:rep@cast.test", FIRST)])
def test_every_metric_has_a_page_a_breakdown_and_records(client, cast, scope, slugs, part):
    write_book(cast)
    for slug in list(slugs)[part::PARTS]:
        context = page(client, cast.leader, slug, f"?scope={scope}").context
        assert context["head"]["value"] == figure(slug, find_scope(scope)).value.value, slug
        assert context["breakdown"]["total"]["text"], slug
        listed = page(client, cast.leader, slug, f"?scope={scope}", "metric_records")
        assert listed.context["figure"].metric.slug == slug


@pytest.mark.parametrize("slug", ["won_revenue", "win_rate", "average_deal_size", "open_pipeline", "activities_logged"])
def test_the_breakdown_file_is_the_engines(client, cast, slug):
    write_book(cast)
    found = rows(page(client, cast.leader, slug, "?by=rep&rows=breakdown", "metric_csv"))
    said = figure(slug, by="rep")
    assert [(row["key"], row["value"], row["n"]) for row in found[:-1]] == [
        (row.member.key, text_of(row.value.value) or "", str(row.value.n)) for row in said.by
    ]
    assert found[-1]["label"] == "total"
    assert found[-1]["value"] == (text_of(said.value.value) or "")


@pytest.mark.parametrize("part", range(PARTS))
def test_the_record_file_adds_up_to_both_parts(client, cast, part):
    write_book(cast)
    for slug in [slug for slug, metric in METRICS.items() if adds_up(metric)][part::PARTS]:
        found = rows(page(client, cast.leader, slug, "?rows=records", "metric_csv"))
        value = figure(slug).value
        assert sum(Decimal(row["numerator"] or 0) for row in found) == (value.numerator or 0), slug
        if value.denominator is not None and not isinstance(METRICS[slug], PerCapacity):
            assert sum(Decimal(row["denominator"] or 0) for row in found) == value.denominator, slug


def test_the_formula_has_the_figures_of_the_period(client, cast):
    write_book(cast)
    response = page(client, cast.leader, "win_rate")
    assert texts(response) == ["Win rate", "=", "5", "÷", "6", "=", "5 of 6"]
    parts = response.context["formula"]
    assert "/metrics/deals_won/?period=2026-Q4&scope=company" in parts[2].url
    assert "/metrics/deals_closed/?" in parts[4].url
    html = response.content.decode()
    assert "deals won or lost" in html
    assert "95% interval 43.6% to 97.0%" in html


def test_the_page_says_why_a_figure_moved(client, cast):
    """6,500 after 2,000 (rep): rep 2,000 more, colleague 2,000, rival 500."""
    write_book(cast)
    table = page(client, cast.leader, "won_revenue", "?by=rep").context["explanation"]
    assert [(row["label"], row["total"]) for row in table["rows"]] == [
        ("Colleague", "+€2,000"), ("Rep", "+€2,000"), ("Rival", "+€500"),
    ]  # fmt: skip
    assert table["total"] == "+€4,500"
    assert page(client, cast.leader, "won_revenue", "?by=month").context["explanation"] is None


def test_growth_and_velocity_show_what_they_are_made_of(client, cast):
    write_book(cast)
    growth = page(client, cast.leader, "revenue_growth")
    assert texts(growth) == ["Revenue growth", "=", "(", "€6,500", "−", "€2,000", ") ÷", "€2,000", "=", "225.0%"]
    assert "Q3 2026, same days" in growth.content.decode()
    assert texts(page(client, cast.leader, "sales_velocity"))[3::2] == ["×", "×", "÷", "="]


def test_members_are_ranked_and_narrow_the_page(client, cast):
    write_book(cast)
    table = page(client, cast.leader, "won_revenue", "?by=channel").context["breakdown"]
    assert [(row["label"], row["text"], row["share_text"]) for row in table["rows"]] == [
        ("Website", "€5,000.00", "76.9%"),
        ("Partner", "€1,500.00", "23.1%"),
        ("Unknown", "€0.00", "0.0%"),
    ]
    client.force_login(cast.leader)
    narrowed = client.get(table["rows"][1]["url"])
    assert narrowed.context["head"]["value"] == Decimal(1500)
    assert "Remove this filter" in narrowed.content.decode()


def test_small_rates_come_last_and_grey(client, cast):
    for number in range(6):
        (won if number % 2 else lost)(cast.reps["rep"], 10, at(10, 1), at(10, 2))
    won(cast.reps["colleague"], 10, at(10, 1), at(10, 2))
    table = page(client, cast.leader, "win_rate", "?by=rep").context["breakdown"]
    assert [(row["label"], row["text"], row["is_faint"]) for row in table["rows"]] == [
        ("Rep", "3 of 6", False),
        ("Colleague", "1 of 1", True),
    ]


def test_months_of_few_cases_stay_in_the_table(client, cast):
    write_book(cast)
    chart = page(client, cast.leader, "win_rate", "?every=month").context["course"]
    assert chart["spec"] is None
    assert "Fewer than 20 cases" in chart["summary"]
    assert [row["cells"][0] for row in chart["rows"]][-2:] == ["1 of 2", "4 of 4"]
    assert chart["total"]["cells"][0] == "6 of 7"


def test_the_course_adds_up_to_years(client, cast):
    write_book(cast)
    chart = page(client, cast.leader, "won_revenue", "?every=year&period=2026").context["course"]
    assert [row["cells"][0] for row in chart["rows"]][-2:] == ["€1,000", "€8,500"]
    assert chart["total"]["cells"][0] == "€9,500"


def test_records_link_only_where_the_reader_may_open_them(client, cast):
    write_book(cast)
    shown = page(client, cast.manager, "won_revenue", "?period=2026-Q4").context["records"]
    assert [bool(row["url"]) for row in shown["rows"]] == [True, True, True]
    TeamMembership.objects.filter(rep=cast.reps["rep"]).update(ends_on=at(11, 15).date())
    TeamMembership.objects.create(rep=cast.reps["rep"], team=cast.south, starts_on=at(11, 16).date())
    Rep.objects.filter(pk=cast.reps["rep"].pk).update(team=cast.south)
    shown = page(client, cast.manager, "won_revenue", "?period=2026-Q4").context["records"]
    assert [(row["owner"], bool(row["url"]), row["sub"]) for row in shown["rows"]] == [
        ("Rep", False, ""),
        ("Rep", False, ""),
        ("Colleague", True, ""),
    ]
    assert shown["total"]["top"] == "€6,000.00"


def test_record_pages_hold_every_row_once(client, cast):
    for number in range(120):
        won(cast.reps["rep"], 1, at(10, 1), at(10, 2 + number % 3), name=f"Deal {number:03}")
    client.force_login(cast.leader)
    url, names = address("won_revenue", "metric_records"), []
    while url:
        response = client.get(url)
        names += [row["name"] for row in response.context["records"]["rows"]]
        url = response.context["next_url"]
    assert sorted(names) == [f"Deal {number:03}" for number in range(120)]
    assert response.context["records"]["total"]["top"] == "€120.00"


def test_a_made_up_place_in_the_list_is_refused(client, cast):
    for place in ("x", "W10", "WyIyMDI2LTAxLTAxIiwgInVzZXIiLCAxXQ"):
        assert refused(client, cast.leader, address("won_revenue", "metric_records", f"?after={place}")).startswith(
            "after"
        )


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?by=stage", "by"),
        ("?by=nonsense", "by"),
        ("?where=stage=Proposal", "where"),
        ("?where=channel=Nowhere", "where"),
        ("?every=century", "every"),
        ("?by=day&period=2000..", "period"),
        ("?by=day&period=2020-01-01..2026-01-01", "by"),
    ],
)
def test_what_cannot_be_asked_names_the_parameter(client, cast, query, field):
    assert refused(client, cast.leader, address("win_rate", query=query)).startswith(f"{field}: ")


def test_a_metric_that_does_not_exist_is_no_page(client, cast):
    client.force_login(cast.leader)
    for name in ("metric", "metric_records", "metric_csv"):
        assert client.get(address("nonsense", name)).status_code == 404


def test_files_refuse_what_they_do_not_have(client, cast):
    path = address("win_rate", "metric_csv")
    assert refused(client, cast.leader, f"{path}?rows=columns").startswith("rows: ")
    assert refused(client, cast.leader, f"{path}?rows=breakdown").startswith("by: ")


def test_taking_a_file_is_audited(client, cast):
    page(client, cast.rep, "won_revenue", "?rows=records", "metric_csv")
    entry = AuditEntry.objects.get(action="export")
    assert (entry.by, entry.subject_kind) == (cast.rep, "metric records")


def test_a_rep_gets_own_figures_and_names_only(client, cast):
    write_book(cast)
    response = page(client, cast.rep, "won_revenue", "?by=rep&period=2026-Q4")
    assert response.context["head"]["value"] == Decimal(4000)
    assert [row["label"] for row in response.context["breakdown"]["rows"]] == ["Rep"]
    assert "Colleague" not in response.content.decode()


def test_activities_and_leads_have_records_too(client, cast):
    log_activity(by=None, now=NOW, kind="demo", owner=cast.reps["rep"], deal=cast.owns["rep"].deal, subject="Shown")
    shown = page(client, cast.rep, "demos_held").context["records"]["rows"]
    assert [(row["name"], row["sub"]) for row in shown] == [("Shown", "Demo · Deal of rep")]
    leads = page(client, cast.leader, "leads_created").context["records"]["rows"]
    assert {(row["name"], row["owner"]) for row in leads} >= {("Lead of rep", "Rep")}


def test_the_catalogue_is_searched(client, cast):
    client.force_login(cast.rep)
    listed = client.get(reverse("metrics:metric_list"))
    assert listed.context["count"] == len(METRICS)
    found = client.get(reverse("metrics:metric_list"), {"q": "Win RATE"})
    assert [entry["metric"].slug for _name, entries in found.context["groups"] for entry in entries][:1] == ["win_rate"]
    nothing = client.get(reverse("metrics:metric_list"), {"q": "<script>"})
    assert "No metric matches “&lt;script&gt;”" in nothing.content.decode()


def test_the_number_of_statements_is_the_same_for_more_records(client, cast):
    page(client, cast.leader, "win_rate")
    counts = []
    for amount in (50, 90):
        for number in range(amount):
            won(cast.reps["rep"], 10 + number, at(9, 1), at(10 + number % 2, 2))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address("win_rate")).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]
