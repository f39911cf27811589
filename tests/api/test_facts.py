"""The API on expenses, indicators, surveys, targets and benchmarks."""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from metrics.actions.targets import set_target
from metrics.goals.goal import goal_of
from metrics.models import Expense
from metrics.periods import parse_period
from metrics.scopes import COMPANY, rep_scope
from tests.cast import NOW

COST = {"day": "2026-11-02", "category": "travel", "amount": "12.50"}


@pytest.fixture
def admin(client, cast):
    client.force_login(cast.admin)
    return client


def post(client, name, /, *args, **body):
    return client.post(reverse(f"api:{name}", args=args), body, content_type="application/json")


def test_an_expense_is_entered_and_read_as_decimal_text(admin, cast):
    made = post(admin, "expense-list", **COST, rep=cast.reps["rep"].pk)
    assert made.status_code == 201
    row = admin.get(reverse("api:expense-detail", args=[made.json()["id"]])).json()
    assert (row["amount"], row["currency"], row["base_amount"]) == ("12.50", "EUR", "12.50")
    assert (row["team"], row["purpose"]) == (cast.north.pk, "acquire")


def test_a_manager_sees_the_teams_costs_but_no_single_reps(admin, client, cast):
    post(admin, "expense-list", **COST, rep=cast.reps["rep"].pk)
    post(admin, "expense-list", **COST, team=cast.north.pk)
    post(admin, "expense-list", **COST, team=cast.south.pk)
    client.force_login(cast.manager)
    rows = client.get(reverse("api:expense-list")).json()["results"]
    assert [(row["team"], row["rep"]) for row in rows] == [(cast.north.pk, None)]
    assert post(client, "expense-list", **COST).status_code == 403
    client.force_login(cast.rep)
    assert client.get(reverse("api:expense-list")).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"category": "snacks"}, "category"), ({"amount": "1.005"}, "amount"), ({"currency": "XXQ"}, "currency"),
     ({"day": "soon"}, "day"), ({"team": 999_999}, "team")],
)  # fmt: skip
def test_an_expense_that_cannot_be_names_its_field(admin, wrong, field):
    answer = post(admin, "expense-list", **COST | wrong)
    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, field)
    assert not Expense.objects.exists()


def test_readings_of_an_indicator(admin, client, cast):
    indicator = post(admin, "indicator-list", name="Web visits", nature="flow").json()
    assert indicator["slug"] == "web_visits"
    assert post(admin, "reading-list", indicator["id"], day="2026-11-02", value="5", source="Web").status_code == 201
    twin = post(admin, "reading-list", indicator["id"], day="2026-11-02", value="6", source="Web")
    assert (twin.status_code, twin.json()["errors"][0]["attr"]) == (400, "day")
    client.force_login(cast.rep)
    url = reverse("api:reading-list", args=[indicator["id"]])
    assert [row["value"] for row in client.get(url).json()["results"]] == ["5.000000"]
    assert client.get(url, {"since": "2026-11-03"}).json()["results"] == []
    assert client.get(reverse("api:reading-list", args=[999_999])).status_code == 404


def test_targets_as_each_role_sees_them(admin, client, cast):
    year = parse_period("2026", today=NOW.date())
    for scope in (COMPANY, rep_scope(cast.reps["rep"]), rep_scope(cast.reps["rival"])):
        set_target(goal=goal_of("won_revenue", scope, year, Decimal(9)), by=None, now=NOW)
    seen = {}
    for who in ("rep", "manager", "leader"):
        client.force_login(getattr(cast, who))
        seen[who] = {row["scope"] for row in client.get(reverse("api:target-list")).json()["results"]}
    mine, rivals = f"rep:{cast.reps['rep'].key}", f"rep:{cast.reps['rival'].key}"
    assert seen == {"rep": {mine}, "manager": {mine}, "leader": {"company", mine, rivals}}


def test_a_target_is_set_and_known_as_of_an_instant(admin, cast):
    body = {"metric": "win_rate", "scope": "company", "period": "2026", "value": "25%"}
    assert post(admin, "target-list", **body).json()["value"] == "0.250000"
    before = (datetime.datetime.now(tz=datetime.UTC) - datetime.timedelta(days=1)).isoformat()
    url = reverse("api:target-list")
    assert len(admin.get(url).json()["results"]) == 1
    assert admin.get(url, {"known_on": before}).json()["results"] == []
    assert admin.get(url, {"known_on": "soon"}).status_code == 400
    for wrong in ({"metric": "nope"}, {"scope": "team:nope"}, {"period": "mtd"}, {"value": "25"}):
        answer = post(admin, "target-list", **body | wrong)
        assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, next(iter(wrong)))


def test_surveys_and_benchmarks(admin, client, cast):
    account = cast.owns["rep"].account.pk
    answer = post(admin, "survey-list", score=9, at="2026-11-02T10:00:00Z", account=account)
    assert (answer.status_code, answer.json()["team"]) == (201, cast.north.pk)
    assert post(admin, "survey-list", kind="csat", score=0, at="2026-11-02T10:00:00Z").status_code == 400
    assert post(admin, "benchmark-list", metric="win_rate", value="0.2", source="Survey", year=2025).status_code == 201
    twin = post(admin, "benchmark-list", metric="win_rate", value="0.3", source="Survey", year=2025)
    assert twin.status_code == 400
    client.force_login(cast.rep)
    assert client.get(reverse("api:survey-list")).status_code == 404
    assert client.get(reverse("api:benchmark-list")).json()["results"][0]["value"] == "0.2000000000"
