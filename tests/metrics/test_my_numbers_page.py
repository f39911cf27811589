"""A rep's own figures: the engine's, of nobody else, with the funnel of own leads."""

import datetime

import pytest
import time_machine
from django.urls import reverse

from accounts.business_dates import business_date
from accounts.models import Company, User
from metrics.evaluate import evaluate
from metrics.periods import parse_period
from metrics.scopes import find_scope
from pipeline.actions.activities import log_activity
from pipeline.actions.leads import create_lead, qualify_lead
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
