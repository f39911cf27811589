"""The page and the API of forecasts: what they show, to whom, and in how many statements."""

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Rep, Team, User
from accounts.roles import Role
from tests.metrics.test_worked_cases import company  # noqa: F401

YEW = pytest.mark.parametrize("company", ["yew"], indirect=True)


@pytest.fixture
def leader(client, company):  # noqa: F811
    client.force_login(User.objects.create_user("lea@lead.test", "correct horse battery", name="Lea", role=Role.LEADER))
    with time_machine.travel("2025-06-12T10:00Z", tick=False):
        yield client


@YEW
def test_methods_stand_side_by_side(leader):
    page = leader.get("/forecast/?period=2025-06").content.decode()
    for text in ("€195", "€190", "€200", "10 Jun", "kept, it never changes", "72.7%", "78.8%"):
        assert text in page, text
    assert "Needs 24 whole months of revenue" in page
    assert "€100 is won so far." in " ".join(page.split())
    assert "What was forecast before each month" in page
    team = leader.get("/forecast/?period=2025-06&scope=team:north").content.decode()
    assert "€155" in team
    assert "Nell Nord" in team


@YEW
def test_other_questions_are_worked_out_or_refused(leader):
    live = leader.get("/forecast/?period=2025-06&as_of=2025-06-11").content.decode()
    assert "worked out just now" in live
    over = leader.get("/forecast/?period=2025-05")
    assert over.status_code == 400
    assert "2025-05 is over on 2025-06-12" in over.content.decode()
    lines = leader.get("/forecast/?period=2025-06&format=csv").getvalue().decode().splitlines()
    assert [line.split(",")[:3] for line in lines[1:]] == [
        ["naive", "", "190.00"], ["pipeline", "", "200.00"], ["median", "yes", "195.00"],
    ]  # fmt: skip
    assert leader.get("/forecast/?format=pdf").status_code == 400


@YEW
def test_the_api_says_the_same(leader):
    found = leader.get("/api/v1/forecast/?period=2025-06").json()
    assert (found["value"], found["default"], found["as_of"]) == ("195.00", "median", "2025-06-10")
    assert leader.get("/api/v1/forecast/?period=2025-06&as_of=2025-06-09").json()["run"] is None
    refused = leader.get("/api/v1/forecast/")
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["attr"] == "period"


@YEW
def test_managers_see_their_team_and_reps_no_page(leader, client):
    team, rep = Team.objects.get(slug="north"), Rep.objects.get(external_id="n1")
    manager = User.objects.create_user("m@lead.test", "correct horse battery", name="Mia", role=Role.MANAGER)
    Team.objects.filter(pk=team.pk).update(manager=manager)
    client.force_login(manager)
    assert "€155" in client.get("/forecast/?period=2025-06").content.decode()
    assert client.get("/forecast/?period=2025-06&scope=team:south").status_code == 400
    assert client.get("/api/v1/forecast/?period=2025-06&scope=company").status_code == 400
    user = User.objects.create_user("n@lead.test", "correct horse battery", name="Nell", role=Role.REP)
    Rep.objects.filter(pk=rep.pk).update(user=user)
    client.force_login(user)
    assert client.get("/forecast/").status_code == 404
    assert client.get("/api/v1/forecast/?period=2025-06").status_code in (403, 404)
    own = client.get("/api/v1/metrics/revenue_forecast/?period=2025-06").json()
    assert (own["scope"], own["value"]) == ("rep:nell@yew.test", "70")
    other = client.get("/api/v1/metrics/revenue_forecast/?period=2025-06&scope=rep:sven@yew.test")
    assert other.status_code == 400
    hidden = client.get("/api/v1/metrics/revenue_forecast/?period=2025-06&where=rep=sven@yew.test").json()
    assert hidden["value"] is None


@YEW
def test_more_reps_take_no_more_statements(leader):
    def statements():
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert leader.get("/forecast/?period=2025-06&scope=team:north").status_code == 200
        return len(seen)

    def hire(numbers):
        for number in numbers:
            Rep.objects.create(name=f"New {number}", external_id=f"x{number}", team=Team.objects.get(slug="north"))

    hire(range(5))
    statements()
    before = statements()
    hire(range(5, 60))
    assert statements() == before
