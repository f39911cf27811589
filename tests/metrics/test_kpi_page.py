"""KPI pages: what they show is what the engine says, adds up, and is for those who may ask."""

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
from accounts.models import Company, Rep, User
from metrics.evaluate import evaluate
from metrics.numbers import text_of
from metrics.pages.tiles import REPEATED
from metrics.periods import parse_period
from metrics.scopes import COMPANY, find_scope
from pipeline.actions.deal_parts import set_credits
from pipeline.sample.loading import Size, load_sample
from pipeline.sample.removal import remove_sample
from tests.metrics.books import NOW, at, lost, won, write_book
from tests.metrics.waves import FIRST

pytestmark = pytest.mark.django_db
KPIS, TEAM = reverse("metrics:kpis"), reverse("metrics:team")


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


def page(client, user, query="", path=KPIS):
    client.force_login(user)
    response = client.get(f"{path}{query}")
    assert response.status_code == 200, response.content.decode()[-2000:]
    return response


def refused(client, user, query):
    client.force_login(user)
    response = client.get(f"{KPIS}{query}")
    assert response.status_code == 400
    return re.sub(r"<[^>]+>", "", re.search(r"data-problem>(.*?)</p>", response.content.decode(), re.S)[1])


def figure(slug, scope=COMPANY, period="2026-Q4"):
    company = Company.current()
    today = business_date(NOW, company.zone)
    asked = parse_period(period, today=today)
    return evaluate(slug, period=asked, scope=scope, company=company, today=today, now=NOW)


def entries(response):
    return {entry["slug"]: entry for entry in [*response.context["tiles"], *response.context["others"]]}


def csv_rows(response):
    return list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))


@pytest.mark.parametrize("scope", ["company", "team:north", "team:region", "rep:rep@cast.test"])
def test_page_file_and_engine_say_the_same(client, cast, scope):
    write_book(cast)
    shown = entries(page(client, cast.leader, f"?scope={scope}"))
    rows = {row["metric"]: row for row in csv_rows(page(client, cast.leader, f"?scope={scope}&format=csv"))}
    assert set(rows) == set(FIRST) - set(REPEATED)
    for slug in rows:
        said = figure(slug, find_scope(scope)).value
        assert rows[slug]["value"] == (text_of(said.value) or "")
        assert (rows[slug]["n"], rows[slug]["numerator"]) == (str(said.n), text_of(said.numerator) or "")
        if slug in shown:
            assert shown[slug]["value"] == said.value


def test_every_metric_that_nights_store_is_shown_once(client, cast):
    response = page(client, cast.leader)
    slugs = [entry["slug"] for entry in [*response.context["tiles"], *response.context["others"]]]
    assert len(slugs) == len(set(slugs))
    assert set(slugs) == set(FIRST) - set(REPEATED)


def test_reps_add_up_to_the_total_with_shared_and_ownerless_deals(client, cast):
    book = write_book(cast)
    shares = [(cast.reps["rep"], Decimal("0.6")), (cast.reps["rival"], Decimal("0.4"))]
    set_credits(deal=book["second"], shares=shares, by=None, now=NOW)
    won(None, 250, at(10, 1), at(11, 1))
    table = page(client, cast.leader).context["reps"]
    money = {row["label"]: row["cells"][0]["value"] for row in table["rows"]}
    assert money == {"Rep": 2800, "Colleague": 2000, "Rival": 1700, "Nobody's": 250}
    for position, total in enumerate(table["total"]["cells"]):
        if total["unit"] in ("money", "count") and position != 3:
            assert sum(row["cells"][position]["value"] for row in table["rows"]) == total["value"]
    assert table["total"]["cells"][0]["value"] == figure("won_revenue").value.value == Decimal(6750)


def test_many_reps_end_in_one_row_that_keeps_the_total(client, cast):
    for number in range(60):
        rep = Rep.objects.create(name=f"Extra {number:02}", email=f"extra{number}@cast.test")
        won(rep, 100 + number, at(10, 1), at(11, 1))
    table = page(client, cast.leader).context["reps"]
    assert len(table["rows"]) == 50
    assert "more" in table["rows"][-1]["label"]
    assert sum(row["cells"][0]["value"] for row in table["rows"]) == table["total"]["cells"][0]["value"]


def test_rates_of_few_cases_are_counts_and_changes_say_too_few(client, cast):
    write_book(cast)
    tile = entries(page(client, cast.leader))["win_rate"]
    assert (tile["part"], tile["whole"], tile["mark"]) == (5, 6, "small n")
    assert [change["reason"] for change in tile["changes"]] == ["too few", "too few"]
    assert "5 of 6" in page(client, cast.leader).content.decode()


def test_rates_of_many_cases_are_percents(client, cast):
    for number in range(20):
        (won if number % 4 else lost)(cast.reps["rep"], 10, at(10, 1), at(10, 2))
    html = page(client, cast.leader).content.decode()
    assert "75.0%" in html
    assert "15 of 20" in html


def test_changes_are_against_the_same_days_and_new_where_there_was_nothing(client, cast):
    write_book(cast)
    shown = entries(page(client, cast.leader))
    before, year = shown["won_revenue"]["changes"]
    assert before["title"] == "Q3 2026, same days: €2,000"
    assert (before["change"], before["unit"]) == (Decimal("2.25"), "percent")
    assert (year["change"], year["label"]) == (Decimal("5.5"), "v last year")
    assert shown["leads_created"]["previous"]["reason"] == "no figure then"
    won(cast.reps["rep"], 1, at(8, 1, 2025), at(8, 2, 2025))
    assert entries(page(client, cast.leader, "?period=2026-11"))["deals_won"]["changes"][1]["is_new"]


def test_what_sums_leave_out_is_said(client, cast):
    write_book(cast)
    response = page(client, cast.leader)
    assert entries(response)["won_revenue"]["foot"]["label"] == "1 deal without amount"
    assert [note["text"] for note in response.context["notes"]] == ["1 deal without amount"]
    assert "1 deal without amount" in response.content.decode()


def test_charts_have_a_sentence_and_a_table_with_their_total(client, cast):
    write_book(cast)
    context = page(client, cast.leader).context
    trend = context["trend"]
    assert trend["spec"]["labels"][-1] == ["Nov", "to date"]
    assert trend["spec"]["sets"][0]["data"][-2:] == ["1000", "5500"]
    assert trend["total"]["cells"][0] == "€8,500"
    assert trend["summary"].startswith("November 2026 to date comes to €5,500.")
    channels = context["channels"]
    assert channels["summary"] == "Website brings 76.9% (€5,000) from 2 of 5 records."
    assert [row["cells"][0] for row in channels["rows"]] == ["€5,000", "€1,500", "€0"]
    assert channels["total"]["cells"][0] == "€6,500"


@pytest.mark.parametrize(
    ("who", "period", "scope"),
    [
        ("rep", "2026-11", "rep:rep@cast.test"),
        ("manager", "2026-Q4", "team:north"),
        ("leader", "2026-Q4", "company"),
        ("admin", "2026-Q4", "company"),
    ],
)
def test_defaults_go_by_role(client, cast, who, period, scope):
    asking = page(client, getattr(cast, who)).context["asking"]
    assert (asking.period.name, asking.scope.key) == (period, scope)


@pytest.mark.parametrize(
    ("who", "scope"),
    [
        ("rep", "company"),
        ("rep", "team:north"),
        ("rep", "rep:colleague@cast.test"),
        ("manager", "company"),
        ("manager", "team:south"),
        ("manager", "team:region"),
        ("manager", "rep:rival@cast.test"),
    ],
)
def test_scopes_of_others_are_refused_like_absent_ones(client, cast, who, scope):
    user = getattr(cast, who)
    assert refused(client, user, f"?scope={scope}") == refused(client, user, "?scope=team:nowhere")


def test_a_rep_sees_no_other_rep_on_the_page(client, cast):
    write_book(cast)
    html = page(client, cast.rep).content.decode()
    assert "Colleague" not in html
    assert "Rival" not in html
    assert page(client, cast.rep).context["reps"] is None


def test_a_long_list_of_reps_is_typed_instead_of_picked(client, cast):
    chip = page(client, cast.leader).context["filters"]["chips"][0]
    assert [option["label"] for option in chip["options"]][-3:] == ["Colleague", "Rep", "Rival"]
    assert chip["fields"] == []
    for number in range(40):
        Rep.objects.create(name=f"Extra {number:02}", email=f"extra{number}@cast.test")
    chip = page(client, cast.leader).context["filters"]["chips"][0]
    assert [option["label"] for option in chip["options"]] == ["Company", "North", "Region", "South"]
    assert [field["name"] for field in chip["fields"]] == ["scope"]


def test_a_manager_gets_links_into_the_team_only(client, cast):
    write_book(cast)
    table = page(client, cast.manager, path=TEAM).context["reps"]
    assert {row["label"]: bool(row["url"]) for row in table["rows"]} == {"Rep": True, "Colleague": True}


def test_the_team_page_is_for_managers_and_says_when_there_is_no_team(client, cast):
    assert page(client, cast.manager, path=TEAM).context["asking"].scope.key == "team:north"
    for user in (cast.rep, cast.leader):
        client.force_login(user)
        assert client.get(TEAM).status_code == 404
    alone = User.objects.create_user("alone@cast.test", name="Alone", role="manager")
    assert "No team yet" in page(client, alone, path=TEAM).content.decode()


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?period=yesteryear", "period"),
        ("?period=2026-13", "period"),
        ("?period=2026-12-31..2026-01-01", "period"),
        ("?as_of=soon", "as_of"),
        ("?known_on=2026-02-30", "known_on"),
        ("?as_of=0001-01-01", "as_of"),
        ("?compare=mars", "compare"),
        ("?where=channel", "where"),
        ("?format=pdf", "format"),
        ("?scope=%00", "scope"),
        ("?scope=rep:²", "scope"),
        ("?scope=rep:" + "9" * 40, "scope"),
        ("?scope=planet:mars", "scope"),
        ("?period=2026%0A", "period"),
    ],
)
def test_what_cannot_be_answered_names_the_parameter(client, cast, query, field):
    assert refused(client, cast.leader, query).startswith(f"{field}: ")


def test_looking_from_an_earlier_day_shows_that_day(client, cast):
    write_book(cast)
    response = page(client, cast.leader, "?as_of=2026-11-05&period=2026-Q4")
    assert entries(response)["won_revenue"]["value"] == Decimal(4000)
    assert "You are looking at 5 Nov 2026." in response.content.decode()
    assert "as_of=2026-11-05" in entries(response)["won_revenue"]["url"]


def test_an_empty_company_says_what_to_do_first(client, db):
    admin = User.objects.create_user("first@cast.test", name="First", role="admin")
    text = page(client, admin).content.decode()
    assert "No figures yet" in text
    assert f'href="{reverse("pipeline:settings")}"' in text.partition("<main")[2]


def test_periods_ahead_and_long_ago_have_no_figures(client, cast):
    write_book(cast)
    for period in ("2031", "1990"):
        value = entries(page(client, cast.leader, f"?period={period}"))["won_revenue"]
        assert value["value"] is None
        assert value["reason"]


def test_strangers_are_sent_to_sign_in(client, cast):
    assert client.get(KPIS).status_code == 302


@pytest.mark.slow
def test_the_number_of_statements_does_not_grow_with_the_deals(client, db):
    counts = []
    for deals in (40, 400):
        load_sample(size=Size(reps=5, months=4, deals=deals, activities=deals), seed=1, today=NOW.date())
        client.force_login(User.objects.get(email="leader@sample.example"))
        client.get(KPIS)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(KPIS).status_code == 200
        counts.append(len(captured))
        remove_sample()
    assert counts[1] <= counts[0]
