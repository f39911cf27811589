"""Leads as they were: list, page, file and API of an earlier day, worked by hand; what is not known is said."""

import csv
import datetime
import io

import pytest
import time_machine
from django.urls import reverse

from pipeline.actions.leads import (
    answer_lead,
    assign_lead,
    convert_lead,
    create_lead,
    disqualify_lead,
    qualify_lead,
    reopen_lead,
)
from pipeline.models import Lead
from tests.cast import NOW
from tests.pipeline.statements import statements_of

pytestmark = pytest.mark.django_db
LIST, API = reverse("pipeline:lead_list"), "/api/v1/leads/"


def at(month: int, day: int) -> datetime.datetime:
    return datetime.datetime(2026, month, day, 10, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def lead(cast) -> Lead:
    """Came on 1 September, answered on the 5th, qualified on the 10th, converted on the 20th."""
    Lead.objects.all().delete()
    lead = create_lead(by=cast.rep, now=at(9, 1), name="Wren", company="Reed", owner=cast.reps["rep"])
    lead = answer_lead(lead=lead, by=cast.rep, now=at(9, 5))
    lead = qualify_lead(lead=lead, by=cast.rep, now=at(9, 10))
    convert_lead(lead=lead, by=cast.rep, now=at(9, 20))
    return Lead.objects.get(pk=lead.pk)


def page(client, user, url, status=200):
    client.force_login(user)
    response = client.get(url)
    assert response.status_code == status, response.content.decode()[-1500:]
    return response


def text(response) -> str:
    return " ".join(response.content.decode().split())


def main_of(response) -> str:
    return text(response).split("<main", 1)[1].split("</main>", 1)[0]


def shown(response) -> list[tuple[str, str]]:
    return [(lead.name, lead.status) for lead in response.context["rows"]]


@pytest.mark.parametrize(
    ("day", "state"),
    [
        ("2026-08-31", None),
        ("2026-09-01", "new"),
        ("2026-09-04", "new"),
        ("2026-09-05", "contacted"),
        ("2026-09-09", "contacted"),
        ("2026-09-10", "qualified"),
        ("2026-09-19", "qualified"),
        ("2026-09-20", "converted"),
        ("2026-11-19", "converted"),
    ],
)
def test_list_page_and_api_show_the_state_of_the_day(client, cast, lead, day, state):
    found = shown(page(client, cast.leader, f"{LIST}?as_of={day}&status=all"))
    assert found == ([("Wren", state)] if state else [])
    still_open = shown(page(client, cast.leader, f"{LIST}?as_of={day}"))
    assert still_open == ([("Wren", state)] if state not in (None, "converted") else [])
    told = page(client, cast.rep, f"{API}?as_of={day}").json()["results"]
    assert [row["status"] for row in told] == ([state] if state else [])
    one = page(client, cast.rep, f"{lead.get_absolute_url()}?as_of={day}")
    if state:
        assert one.context["lead"].status == state
        assert page(client, cast.rep, f"{API}{lead.pk}/?as_of={day}").json()["status"] == state
    else:
        assert "The lead had not come in yet." in text(one)
        page(client, cast.rep, f"{API}{lead.pk}/?as_of={day}", status=404)


def test_the_page_tells_nothing_of_what_came_later(client, cast, lead):
    url = f"{lead.get_absolute_url()}?as_of="
    before = page(client, cast.rep, f"{url}2026-09-09")
    assert [entry.title for entry in before.context["entries"]] == ["First response", "Came in"]
    assert before.context["linked"] == []
    after = page(client, cast.rep, f"{url}2026-09-20")
    assert [entry.title for entry in after.context["entries"]] == [
        "Converted", "Qualified", "First response", "Came in",
    ]  # fmt: skip
    [deal] = [address for kind, _record, address in after.context["linked"] if kind == "deal"]
    assert deal == f"{lead.deal.get_absolute_url()}?as_of=2026-09-20"


def test_it_says_what_it_does_not_know_and_offers_no_way_to_write(client, cast, lead):
    for url in (LIST, lead.get_absolute_url()):
        response = page(client, cast.rep, f"{url}?as_of=2026-09-12")
        assert "You are looking at 12 Sept 2026. Nothing here can be edited." in text(response)
        assert "Owner, name, score and channel are today’s" in text(response)
        assert "Back to now" in text(response)
        assert 'method="post"' not in main_of(response)
        for name in ("lead_create", "activity_log", "activity_plan"):
            assert reverse(f"pipeline:{name}") not in main_of(response)
        assert "/edit/" not in main_of(response)
    assert f"/leads/{lead.pk}/?as_of=2026-09-12" in text(page(client, cast.rep, f"{LIST}?as_of=2026-09-12"))


def test_a_lead_is_unclaimed_until_it_gets_its_first_owner(client, cast):
    """It waited in the queue until 8 September: the day before, nobody had it; on the day, the rep."""
    Lead.objects.all().delete()
    lead = create_lead(by=None, now=at(9, 1), name="Queued", team=cast.north)
    assign_lead(lead=lead, owner=cast.reps["rep"], by=cast.manager, now=at(9, 8))
    for day, owner in (("2026-09-07", None), ("2026-09-08", cast.reps["rep"]), ("2026-09-09", cast.reps["rep"])):
        response = page(client, cast.leader, f"{LIST}?as_of={day}")
        assert [row.owner for row in response.context["rows"]] == [owner]
        queue = page(client, cast.leader, f"{LIST}?as_of={day}&owner=queue")
        assert len(queue.context["rows"]) == (owner is None)
        mine = page(client, cast.rep, f"{LIST}?as_of={day}&owner=me")
        assert len(mine.context["rows"]) == (owner is not None)


def test_a_disqualified_lead_keeps_its_reason_for_its_day(client, cast):
    """Disqualified on 10 September: the reason is there from that day; one that was taken back is not kept."""
    Lead.objects.all().delete()
    lead = create_lead(by=cast.rep, now=at(9, 1), name="Late", owner=cast.reps["rep"])
    disqualify_lead(lead=lead, reason="no budget", by=cast.rep, now=at(9, 10))
    url = f"{API}{lead.pk}/?as_of="
    assert page(client, cast.rep, f"{url}2026-09-09").json()["disqualified_reason"] == ""
    found = page(client, cast.rep, f"{url}2026-09-10").json()
    assert (found["status"], found["disqualified_reason"]) == ("disqualified", "no budget")
    reopen_lead(lead=lead, by=cast.rep, now=at(9, 15))
    assert page(client, cast.rep, f"{url}2026-09-10").json()["status"] == "new"


def test_a_status_without_its_day_holds_from_the_beginning(client, cast):
    Lead.objects.all().delete()
    lead = create_lead(by=cast.rep, now=at(9, 1), name="Undated", owner=cast.reps["rep"], disqualified_reason="spam")
    assert page(client, cast.rep, f"{API}{lead.pk}/?as_of=2026-09-01").json()["status"] == "disqualified"


def test_answers_of_the_day(client, cast, lead):
    for day, waiting, answered in (("2026-09-04", 1, 0), ("2026-09-05", 0, 1), ("2026-09-06", 0, 1)):
        for value, count in (("waiting", waiting), ("answered", answered)):
            response = page(client, cast.leader, f"{LIST}?as_of={day}&answer={value}")
            assert len(response.context["rows"]) == count, (day, value)


def test_the_file_holds_the_same_rows(client, cast, lead):
    response = page(client, cast.leader, f"{LIST}?as_of=2026-09-09&format=csv")
    [row] = csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode()))
    assert (row["name"], row["status"], row["qualified_at"], row["converted_at"]) == ("Wren", "contacted", "", "")
    assert row["first_responded_at"].startswith("2026-09-05")


def test_who_may_see_a_lead_today_sees_what_it_was(client, cast, lead):
    Lead.objects.filter(pk=lead.pk).update(owner=cast.reps["rival"])
    address = f"{lead.get_absolute_url()}?as_of=2026-09-12"
    page(client, cast.rep, address, status=404)
    assert shown(page(client, cast.rep, f"{LIST}?as_of=2026-09-12")) == []
    assert shown(page(client, cast.rival, f"{LIST}?as_of=2026-09-12")) == [("Wren", "qualified")]


@pytest.mark.parametrize("url", [LIST, "lead"])
@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("as_of=yesterday", "as_of: a day such as 2026-10-05."),
        ("as_of=2026-13-01", "as_of: a day such as 2026-10-05."),
        ("as_of=2026-09-12&known_on=2026-09-12", "known_on: not possible here, only as_of."),
    ],
)
def test_what_can_not_be_answered_is_refused_with_its_name(client, cast, lead, url, query, said):
    address = lead.get_absolute_url() if url == "lead" else url
    assert said in text(page(client, cast.rep, f"{address}?{query}", status=400))


@pytest.mark.parametrize(
    "query", ["as_of=soon", "as_of=2026-09-12&known_on=2026-09-12", "as_of=2026-09-12&ordering=score"]
)
def test_the_api_refuses_what_the_past_does_not_have(client, cast, lead, query):
    told = page(client, cast.rep, f"{API}?{query}", status=400).json()
    assert told["errors"][0]["attr"] == query.rpartition("&")[2].partition("=")[0]


def test_the_api_narrows_by_what_was(client, cast, lead):
    asked = f"{API}?as_of=2026-09-12&status="
    assert [row["id"] for row in page(client, cast.rep, f"{asked}qualified").json()["results"]] == [lead.pk]
    assert page(client, cast.rep, f"{asked}converted").json()["results"] == []
    assert page(client, cast.rep, f"{API}?as_of=2026-09-12&search=reed").json()["results"][0]["name"] == "Wren"


def test_statements_do_not_grow_with_the_leads(client, cast, lead):
    def more(count: int) -> None:
        for number in range(count):
            create_lead(by=None, now=at(9, 2), name=f"Lead {number}", owner=cast.reps["rep"])

    client.force_login(cast.leader)
    more(3)
    statements_of(client, f"{LIST}?as_of=2026-09-10")
    few = len(statements_of(client, f"{LIST}?as_of=2026-09-10"))
    more(20)
    assert len(statements_of(client, f"{LIST}?as_of=2026-09-10")) == few
