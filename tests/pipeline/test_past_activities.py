"""Activities as they were: list, page, file and API of an earlier day, worked by hand; what is not known is said."""

import csv
import datetime
import io

import pytest
import time_machine
from django.urls import reverse

from pipeline.actions.activities import change_activity, complete_activity, log_activity
from pipeline.models import Activity
from tests.cast import NOW
from tests.pipeline.statements import statements_of

pytestmark = pytest.mark.django_db
LIST, API = reverse("pipeline:activity_list"), "/api/v1/activities/"


def at(month: int, day: int) -> datetime.datetime:
    return datetime.datetime(2026, month, day, 10, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def step(cast) -> Activity:
    """A call for the rep's deal: planned on 3 September for the 10th, done on the 12th."""
    Activity.objects.all().delete()
    with time_machine.travel(at(9, 3), tick=False):
        step = log_activity(
            by=cast.rep, now=at(9, 3), kind="call", owner=cast.reps["rep"], subject="Ring them", due_at=at(9, 10),
            deal=cast.owns["rep"].deal,
        )  # fmt: skip
    return complete_activity(activity=step, by=cast.rep, now=at(9, 12), outcome="spoke")


def page(client, user, url, status=200):
    client.force_login(user)
    response = client.get(url)
    assert response.status_code == status, response.content.decode()[-1500:]
    return response


def text(response) -> str:
    return " ".join(response.content.decode().split())


def main_of(response) -> str:
    return text(response).split("<main", 1)[1].split("</main>", 1)[0]


@pytest.mark.parametrize(
    ("day", "planned", "done"),
    [
        ("2026-09-02", 0, 0),
        ("2026-09-03", 1, 0),
        ("2026-09-04", 1, 0),
        ("2026-09-11", 1, 0),
        ("2026-09-12", 0, 1),
        ("2026-09-13", 0, 1),
    ],
)
def test_list_page_and_api_show_the_state_of_the_day(client, cast, step, day, planned, done):
    assert len(page(client, cast.rep, f"{LIST}?as_of={day}").context["rows"]) == planned
    assert len(page(client, cast.rep, f"{LIST}?as_of={day}&show=done").context["rows"]) == done
    told = page(client, cast.rep, f"{API}?as_of={day}").json()["results"]
    assert [(bool(row["done_at"]), row["outcome"]) for row in told] == (
        [(True, "spoke")] * done or [(False, "")] * planned
    )
    one = page(client, cast.rep, f"{step.get_absolute_url()}?as_of={day}")
    if planned or done:
        assert bool(one.context["activity"].done_at) == bool(done)
        page(client, cast.rep, f"{API}{step.pk}/?as_of={day}")
    else:
        assert "It was neither done nor planned by then." in text(one)
        page(client, cast.rep, f"{API}{step.pk}/?as_of={day}", status=404)


def test_the_deal_of_the_day_has_its_next_step(client, cast, step):
    """The deal came later than the call's story, so it is told by the lead of the same days."""
    lead = cast.owns["rep"].lead
    lead.created_at = at(9, 1)
    lead.save()
    Activity.objects.filter(pk=step.pk).update(deal=None, lead=lead)
    url = f"{lead.get_absolute_url()}?as_of="
    before = page(client, cast.rep, f"{url}2026-09-11").context
    assert [activity.pk for activity in before["next_steps"]] == [step.pk]
    assert [entry.kind for entry in before["entries"]] == ["opened"]
    after = page(client, cast.rep, f"{url}2026-09-12").context
    assert after["next_steps"] == []
    assert [entry.url for entry in after["entries"] if entry.kind == "call"] == [
        f"{step.get_absolute_url()}?as_of=2026-09-12"
    ]


def test_it_says_what_it_does_not_know_and_offers_no_way_to_write(client, cast, step):
    for url in (LIST, step.get_absolute_url()):
        response = page(client, cast.rep, f"{url}?as_of=2026-09-11")
        assert "You are looking at 11 Sept 2026. Nothing here can be edited." in text(response)
        assert "Its due day, words and owner are today’s" in text(response)
        assert 'method="post"' not in main_of(response)
        for part in ("/complete/", "/edit/", "/log/", "/plan/"):
            assert part not in main_of(response)
        assert "Due 10 Sept 2026" in main_of(response)


def test_a_due_day_that_was_put_off_is_shown_as_it_stands(client, cast):
    """Nobody knows any more that it was due on the 10th, so nothing is called late."""
    Activity.objects.all().delete()
    with time_machine.travel(at(9, 3), tick=False):
        step = log_activity(
            by=cast.rep, now=at(9, 3), kind="task", owner=cast.reps["rep"], subject="Send", due_at=at(9, 10)
        )
    change_activity(activity=step, by=cast.rep, now=at(9, 14), due_at=at(12, 1))
    [row] = page(client, cast.rep, f"{LIST}?as_of=2026-09-12").context["rows"]
    assert (row.group, row.due_at) == ("Planned then", at(12, 1))


def test_the_file_holds_the_same_rows(client, cast, step):
    response = page(client, cast.rep, f"{LIST}?as_of=2026-09-11&format=csv")
    [row] = csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode()))
    assert (row["subject"], row["done_at"], row["outcome"]) == ("Ring them", "", "")


def test_who_may_see_an_activity_today_sees_what_it_was(client, cast, step):
    Activity.objects.filter(pk=step.pk).update(owner=cast.reps["rival"])
    page(client, cast.rep, f"{step.get_absolute_url()}?as_of=2026-09-11", status=404)
    assert page(client, cast.rep, f"{LIST}?as_of=2026-09-11").context["rows"] == []
    assert len(page(client, cast.rival, f"{LIST}?as_of=2026-09-11").context["rows"]) == 1


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("as_of=soon", "as_of: a day such as 2026-10-05."),
        ("as_of=2026-09-11&known_on=2026-09-11", "known_on: not possible here, only as_of."),
        ("as_of=2026-09-11&due=overdue", "due: due days keep no history; possible only without as_of."),
    ],
)
def test_what_can_not_be_answered_is_refused_with_its_name(client, cast, step, query, said):
    assert said in text(page(client, cast.rep, f"{LIST}?{query}", status=400))


@pytest.mark.parametrize("query", ["as_of=soon", "as_of=2026-09-11&known_on=2026-09-11", "as_of=2026-09-11&outcome=x"])
def test_the_api_refuses_what_the_past_does_not_have(client, cast, step, query):
    told = page(client, cast.rep, f"{API}?{query}", status=400).json()
    assert told["errors"][0]["attr"] == query.rpartition("&")[2].partition("=")[0]


def test_statements_do_not_grow_with_the_activities(client, cast, step):
    def more(count: int) -> None:
        for number in range(count):
            with time_machine.travel(at(9, 3), tick=False):
                log_activity(
                    by=cast.rep, now=at(9, 3), kind="task", owner=cast.reps["rep"], subject=f"{number}", due_at=at(9, 9)
                )

    client.force_login(cast.leader)
    more(3)
    statements_of(client, f"{LIST}?as_of=2026-09-10")
    few = len(statements_of(client, f"{LIST}?as_of=2026-09-10"))
    more(20)
    assert len(statements_of(client, f"{LIST}?as_of=2026-09-10")) == few
