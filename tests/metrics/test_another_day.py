"""The control of pages of figures that looks at another day: what it keeps, and what follows the day."""

import pytest
import time_machine
from django.urls import reverse

from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


def look(client, user, path):
    """The chip of a page, and the page's own hidden fields."""
    client.force_login(user)
    response = client.get(path)
    assert response.status_code == 200, response.content.decode()[-1500:]
    filters = response.context["filters"]
    [chip] = [one for one in filters["chips"] if one.get("form")]
    assert '<form id="look-back" method="get">' in response.content.decode()
    return chip, filters["hidden"]


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("", [("scope", "company")]),
        ("?period=2026-Q4", [("scope", "company")]),
        ("?period=2026-09", [("period", "2026-09"), ("scope", "company")]),
        ("?as_of=2026-08-05", [("scope", "company")]),
        ("?as_of=2026-08-05&known_on=2026-08-09", [("scope", "company")]),
    ],
)
def test_it_keeps_what_was_chosen_and_the_usual_period_is_that_days(client, cast, query, kept):
    """The running quarter was never chosen: of a day in August it is the third one, not the fourth."""
    chip, hidden = look(client, cast.leader, reverse("metrics:metric", args=["won_revenue"]) + query)
    assert chip["kept"] == kept
    assert [field["name"] for field in chip["fields"]] == ["as_of", "known_on"]
    day = "5 Aug 2026" if "as_of" in query else "Today"
    assert chip["value"] == (f"{day}, known on 9 Aug 2026" if "known_on" in query else day)
    assert (("as_of", "2026-08-05") in hidden) == ("as_of" in query)
    assert bool(chip["options"]) == ("as_of" in query)


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("", [("scope", "company")]),
        ("?from=2026-11-13&to=2026-11-20", [("scope", "company")]),
        ("?from=2026-09-01&to=2026-09-30", [("scope", "company"), ("from", "2026-09-01"), ("to", "2026-09-30")]),
    ],
)
def test_the_usual_days_of_pipeline_changes_follow_the_day(client, cast, query, kept):
    chip, _hidden = look(client, cast.leader, reverse("metrics:pipeline_changes") + query)
    assert chip["kept"] == kept


@pytest.mark.parametrize("name", ["forecast"])
def test_pages_that_do_not_know_what_was_known_ask_for_the_day_alone(client, cast, name):
    chip, _hidden = look(client, cast.leader, reverse(f"metrics:{name}"))
    assert [field["name"] for field in chip["fields"]] == ["as_of"]


@pytest.mark.parametrize("name", ["kpis", "cohorts", "funnel", "durations"])
def test_other_pages_have_it(client, cast, name):
    chip, _hidden = look(client, cast.leader, reverse(f"metrics:{name}"))
    assert [field["name"] for field in chip["fields"]] == ["as_of", "known_on"]
