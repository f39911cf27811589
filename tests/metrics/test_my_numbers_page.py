"""A rep's own figures: the engine's, of nobody else, with the funnel of own leads."""

import datetime

import pytest
import time_machine
from django.urls import reverse

from accounts.business_dates import business_date
from accounts.models import Company, Rep, TeamMembership, User
from metrics.evaluate import evaluate
from metrics.periods import parse_period
from metrics.scopes import find_scope
from pipeline.actions.activities import log_activity
from pipeline.actions.leads import create_lead, qualify_lead
from pipeline.models import Activity, Lead
from tests.metrics.books import NOW, write_book

pytestmark = pytest.mark.django_db
NUMBERS = reverse("metrics:my_numbers")


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


def page(client, user, query=""):
    client.force_login(user)
    response = client.get(f"{NUMBERS}{query}")
    assert response.status_code == 200, response.content.decode()[-1500:]
    return response


def test_tiles_are_the_engines_figures_of_the_rep(client, cast):
    write_book(cast)
    company, today = Company.current(), business_date(NOW, Company.current().zone)
    period = parse_period("2026-11", today=today)
    for tile in page(client, cast.rep).context["tiles"]:
        said = evaluate(
            tile["slug"], period=period, scope=find_scope("rep:rep@cast.test"), company=company, today=today, now=NOW
        )
        assert tile["value"] == said.value.value


def test_the_funnel_keeps_all_leads_and_links_each_step(client, cast):
    leads = [create_lead(by=None, now=NOW, name=f"lead {n}", owner=cast.reps["rep"]) for n in range(3)]
    qualify_lead(lead=leads[0], by=None, now=NOW)
    funnel = page(client, cast.rep).context["funnel"]
    assert [step["count"] for step in funnel["steps"]] == [4, 1, 0, 0]
    assert funnel["steps"][1]["url"].startswith("/metrics/lead_qualification_rate/?period=2026-11&scope=rep")
    assert "1 of 4" in page(client, cast.rep).content.decode()


def test_the_mix_of_activities_adds_up(client, cast):
    for kind in ("call", "email", "email"):
        log_activity(by=None, now=NOW - datetime.timedelta(hours=1), kind=kind, owner=cast.reps["rep"], subject=kind)
    mix = page(client, cast.rep).context["mix"]
    assert [(row["label"], row["cells"][0]) for row in mix["rows"]] == [("Call", "2"), ("E-mail", "2")]
    assert mix["total"]["cells"][0] == "4"


def test_other_scopes_are_refused(client, cast):
    client.force_login(cast.rep)
    assert client.get(f"{NUMBERS}?scope=rep:colleague@cast.test").status_code == 400
    assert client.get(f"{NUMBERS}?scope=company").status_code == 400


def test_who_is_no_rep_has_no_numbers(client, cast):
    client.force_login(cast.leader)
    assert client.get(NUMBERS).status_code == 404
    nobody = User.objects.create_user("new@cast.test", name="New", role="rep")
    assert "Not set up as a rep" in page(client, nobody).content.decode()


@pytest.fixture
def team_of_five(cast):
    """Five reps of North with 2, 4, 6, 8 and 1 calls; 1 of 2, 0 of 1, 3 of 3 and 1 of 4 of their leads qualified."""
    reps = [cast.reps["rep"], cast.reps["colleague"]]
    reps += [Rep.objects.create(name=name, email=f"{name}@cast.test", team=cast.north) for name in ("ann", "ben", "cy")]
    for rep in reps:
        TeamMembership.objects.get_or_create(rep=rep, team=cast.north, starts_on=datetime.date(2020, 1, 1))
    Activity.objects.all().delete()
    Lead.objects.all().delete()
    hour = datetime.timedelta(hours=1)
    for rep, calls in zip(reps, (2, 4, 6, 8, 1), strict=True):
        for _call in range(calls):
            log_activity(by=None, now=NOW - hour, kind="call", owner=rep)
    log_activity(by=None, now=NOW - hour, kind="demo", owner=reps[0])
    for rep, qualified, all_of_them in zip(reps, (1, 0, 3, 1), (2, 1, 3, 4), strict=False):
        leads = [create_lead(by=None, now=NOW, name=f"{rep} {n}", owner=rep) for n in range(all_of_them)]
        for lead in leads[:qualified]:
            qualify_lead(lead=lead, by=None, now=NOW)
    return cast


def test_the_own_funnel_and_mix_stand_beside_the_teams_median(client, team_of_five):
    """Calls 1 2 4 6 8: 4. Demos 0 0 0 0 1: 0. Leads 0 1 2 3 4: 2. Qualified 0, 1/4, 1/2, 1 where there are any: 3/8."""
    context = page(client, team_of_five.rep).context
    assert [step["median"] for step in context["funnel"]["steps"][:2]] == ["2", "37.5%"]
    assert [(row["label"], row["cells"][0], row["cells"][-1]) for row in context["mix"]["rows"]] == [
        ("Call", "2", "4"), ("Demo", "1", "0"),
    ]  # fmt: skip
    assert context["mix"]["heads"][-1] == "Median of North"
    assert context["mix"]["summary"].endswith("The median of North is 4 in all.")


def test_a_small_team_has_no_median_that_would_name_somebody(client, cast):
    log_activity(by=None, now=NOW, kind="call", owner=cast.reps["colleague"])
    response = page(client, cast.rep)
    assert "team" not in response.context["funnel"]
    assert "Median" not in response.content.decode()
