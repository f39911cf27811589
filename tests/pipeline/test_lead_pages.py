import csv
import datetime
import io
import re

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.urls import reverse

from accounts.models import AuditEntry
from pipeline.actions.leads import change_lead, create_lead, disqualify_lead
from pipeline.models import Channel, Lead
from tests.pipeline.statements import statements_of

NOW = datetime.datetime(2026, 11, 20, 12, tzinfo=datetime.UTC)
LIST = "/leads/"


def url(name, lead):
    return reverse(f"pipeline:lead_{name}", args=[lead.pk])


def names(response):
    return [lead.name for lead in response.context["rows"]]


def texts(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


@pytest.fixture
def as_rep(client, cast):
    client.force_login(cast.rep)
    return client


@pytest.fixture
def queued(cast):
    return create_lead(by=None, now=NOW, name="Queued", company="Douro Cork", team=cast.north, score=90)


@pytest.fixture
def inbox(cast, queued):
    """Own leads of every status, one of the queue, one of another team's queue."""
    own = cast.reps["rep"]
    web = Channel.objects.create(name="Website", kind="inbound")
    made = {
        name: create_lead(
            by=None, now=NOW, name=name, owner=own, score=score, created_at=NOW - datetime.timedelta(hours=h)
        )
        for name, score, h in (("Old", 50, 9), ("Young", 50, 1), ("Unscored", None, 5), ("Answered", 10, 4))
    }
    change_lead(lead=made["Old"], by=None, now=NOW, channel=web)
    change_lead(lead=made["Answered"], by=None, now=NOW, first_responded_at=NOW - datetime.timedelta(hours=3))
    made["Gone"] = create_lead(by=None, now=NOW, name="Gone", owner=own)
    disqualify_lead(lead=made["Gone"], reason="no need", by=None, now=NOW)
    create_lead(by=None, now=NOW, name="South queue", team=cast.south)
    return made


def test_the_inbox_goes_by_score_and_age_and_holds_what_is_mine_and_queued(as_rep, inbox):
    assert names(as_rep.get(LIST)) == ["Queued", "Old", "Young", "Answered", "Lead of rep", "Unscored"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("owner=queue", ["Queued"]),
        ("owner=me&sort=age", ["Old", "Unscored", "Answered", "Young", "Lead of rep"]),
        ("status=disqualified", ["Gone"]),
        ("status=all&q=gone", ["Gone"]),
        ("answer=answered", ["Answered"]),
        ("status=contacted", ["Answered"]),
        ("q=douro", ["Queued"]),
        ("channel=none&sort=name&answer=waiting", ["Lead of rep", "Queued", "Unscored", "Young"]),
        ("q=%25", []),
    ],
)
def test_filters_live_in_the_address(as_rep, inbox, query, expected):
    assert names(as_rep.get(f"{LIST}?{query}")) == expected


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("status=open", "qualified"),
        ("sort=email", "score"),
        ("after=zzz", "first page"),
        ("format=pdf", "csv"),
        ("owner=999", "queue"),
    ],
)
def test_a_value_that_does_not_exist_is_named_with_the_possible_ones(as_rep, inbox, query, word):
    response = as_rep.get(f"{LIST}?{query}")
    assert response.status_code == 400
    assert word in response.content.decode()


def test_an_empty_filtered_list_names_its_filters(as_rep, inbox):
    page = as_rep.get(f"{LIST}?status=converted&q=zzz").content.decode()
    assert "Nothing matches 2 filters" in page
    assert "Status Converted, Name zzz." in page


def test_a_manager_filters_by_rep_and_a_rep_sees_no_other_rep(client, cast, as_rep):
    rival, colleague = cast.reps["rival"], cast.reps["colleague"]
    assert as_rep.get(f"{LIST}?owner={colleague.pk}").status_code == 400
    client.force_login(cast.manager)
    assert names(client.get(f"{LIST}?owner={colleague.pk}")) == ["Lead of colleague"]
    assert client.get(f"{LIST}?owner={rival.pk}").status_code == 400


def test_the_export_has_the_visible_rows_of_the_filter_and_is_noted(as_rep, inbox, cast):
    change_lead(lead=inbox["Old"], by=None, now=NOW, company="=cmd()")
    response = as_rep.get(f"{LIST}?status=all&format=csv")
    rows = list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))
    assert {row["name"] for row in rows} == {"Queued", "Old", "Young", "Answered", "Lead of rep", "Unscored", "Gone"}
    assert next(row for row in rows if row["name"] == "Old")["company"] == "'=cmd()"
    assert AuditEntry.objects.filter(action="export", by=cast.rep, subject_kind="leads").count() == 1


@pytest.mark.parametrize("who", ["rep", "manager", "leader", "admin"])
def test_a_list_costs_as_many_statements_with_ten_rows_as_with_two_hundred(client, cast, settings, who):
    settings.USERSESSIONS_TRACK_ACTIVITY = False
    client.force_login(getattr(cast, who))

    def fill(first, last):
        for number in range(first, last):
            owner = cast.reps["rep"] if number % 2 else None
            channel = Channel.objects.get_or_create(name=f"Channel {number % 3}")[0]
            create_lead(by=None, now=NOW, name=f"Lead {number}", owner=owner, team=cast.north, channel=channel)

    fill(0, 10)
    few = statements_of(client, LIST)
    fill(10, 200)
    many = statements_of(client, LIST)
    assert len(many) == len(few) <= 10, many


def test_the_clock_says_how_many_business_hours_a_lead_has_waited(as_rep, cast):
    """On a Friday at noon; work is from nine to five."""
    friday = datetime.datetime(2026, 11, 20, 12, tzinfo=datetime.UTC)
    came = {"Minutes": "20T11:18", "Hours": "20T08:40", "Night": "19T16:40", "Days": "18T09:00", "Sunday": "15T12:00"}
    for name, day in came.items():
        created = datetime.datetime.fromisoformat(f"2026-11-{day}").replace(tzinfo=datetime.UTC)
        create_lead(by=None, now=created, name=name, owner=cast.reps["rep"], created_at=created)
    with time_machine.travel(friday, tick=False):
        page = as_rep.get(LIST).content.decode()
    waits = dict(re.findall(r'leads/\d+/">(\w+)</a>.*?data-clock-word="[^"]*"\s*>([^<]+)<', page, re.DOTALL))
    assert waits == {
        "Minutes": "Waiting 42 min",
        "Hours": "Waiting 3 h",
        "Night": "Waiting 3 h 20 min",
        "Days": "Waiting 2 working days",
        "Sunday": "Waiting 4 working days",
    }
    clock = re.search(r'data-clock="42"\s+data-left="(\d+)"', page)
    assert clock[1] == "300"


def test_a_queued_lead_is_claimed_with_one_press(as_rep, cast, queued):
    response = as_rep.post(
        url("claim", queued), {"version": queued.version}, headers={"referer": f"http://testserver{LIST}?owner=queue"}
    )
    queued.refresh_from_db()
    assert (queued.owner, queued.first_owner) == (cast.reps["rep"], cast.reps["rep"])
    assert response.url.endswith("?owner=queue")


def test_a_claimed_lead_can_not_be_claimed_again(client, cast, queued):
    client.force_login(cast.colleague)
    client.post(url("claim", queued))
    client.force_login(cast.manager)
    response = client.post(url("claim", queued))
    assert "Only a rep can claim" in texts(response)[-1]
    client.force_login(cast.rep)
    assert client.post(url("claim", queued)).status_code == 404
    queued.refresh_from_db()
    assert queued.owner == cast.reps["colleague"]


def test_a_manager_assigns_inside_the_team_only(client, cast, queued):
    client.force_login(cast.manager)
    page = client.get(url("assign", queued))
    assert {str(rep) for rep in page.context["form"].fields["owner"].queryset} == {"Rep", "Colleague"}
    data = {"owner": cast.reps["rival"].pk, "version": queued.version}
    assert client.post(url("assign", queued), data).status_code == 422
    data["owner"] = cast.reps["colleague"].pk
    assert client.post(url("assign", queued), data).status_code == 302
    queued.refresh_from_db()
    assert queued.owner == cast.reps["colleague"]


def test_a_rep_takes_in_a_lead_for_himself_or_for_the_queue(as_rep, cast):
    as_rep.post("/leads/new/", {"name": "Mine", "whose": "me", "owner": cast.reps["rival"].pk})
    as_rep.post("/leads/new/", {"name": "Theirs", "whose": "queue"})
    owners = {lead.name: (lead.owner, lead.team) for lead in Lead.objects.filter(name__in=["Mine", "Theirs"])}
    assert owners == {"Mine": (cast.reps["rep"], cast.north), "Theirs": (None, cast.north)}


def test_a_manager_says_who_works_a_new_lead(client, cast):
    client.force_login(cast.manager)
    answer = client.post("/leads/new/", {"name": "New"})
    assert answer.status_code == 422
    assert "Say who works it" in answer.content.decode()
    assert client.post("/leads/new/", {"name": "New", "team": cast.south.pk}).status_code == 422
    assert client.post("/leads/new/", {"name": "New", "team": cast.north.pk}).status_code == 302
    assert Lead.objects.get(name="New").team == cast.north


def test_likely_duplicates_are_shown_before_anything_is_written(as_rep, cast):
    lead = cast.owns["rival"].lead
    change_lead(lead=lead, by=None, now=NOW, email="m@secret-name.example", company="Secret Name")
    data = {"name": "Marta", "email": "m@secret-name.example", "whose": "me"}
    answer = as_rep.post("/leads/new/", data)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "It exists, ask your manager." in page
    assert "Secret Name" not in page
    assert not Lead.objects.filter(name="Marta").exists()
    data["seen"] = answer.context["duplicates"].digest
    assert as_rep.post("/leads/new/", data).status_code == 302
    assert Lead.objects.filter(name="Marta").exists()


def test_the_hint_while_typing_writes_nothing_and_names_only_what_is_visible(as_rep, cast):
    own = as_rep.post("/duplicates/", {"company": "rep ltd"}).content.decode()
    assert "Lead of rep" in own
    foreign = as_rep.post("/duplicates/", {"company": "rival ltd"}).content.decode()
    assert "It exists, ask your manager." in foreign
    assert "rival" not in foreign.lower()
    assert as_rep.get("/duplicates/").status_code == 405


def test_a_lead_saved_by_somebody_else_meanwhile_shows_both_values(as_rep, cast):
    lead = cast.owns["rep"].lead
    data = {"name": "Typed", "company": "My words", "score": 5, "version": lead.version}
    change_lead(lead=lead, by=cast.manager, now=NOW, company="Their words")
    answer = as_rep.post(url("edit", lead), data)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Their words" in page
    assert 'value="My words"' in page
    lead.refresh_from_db()
    assert lead.company == "Their words"
    data["version"] = answer.context["form"]["version"].value()
    assert as_rep.post(url("edit", lead), data).status_code == 302
    lead.refresh_from_db()
    assert lead.company == "My words"


@pytest.mark.parametrize(
    "data", [{"name": ""}, {"name": "x", "email": "no"}, {"name": "x", "score": 101}, {"name": "a\0b"}]
)
def test_a_wrong_field_gives_the_form_back(as_rep, cast, data):
    lead = cast.owns["rep"].lead
    answer = as_rep.post(url("edit", lead), {"version": lead.version, **data})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()


def test_disqualifying_needs_a_reason_and_can_be_taken_back(as_rep, cast):
    lead = cast.owns["rep"].lead
    assert as_rep.post(url("disqualify", lead), {"version": 1}).status_code == 422
    assert as_rep.post(url("disqualify", lead), {"version": 1, "reason": "other"}).status_code == 422
    as_rep.post(url("disqualify", lead), {"version": 1, "reason": "other", "words": "moved away"})
    lead.refresh_from_db()
    assert (lead.status, lead.disqualified_reason) == ("disqualified", "moved away")
    again = as_rep.post(url("disqualify", lead), {"version": lead.version, "reason": "spam"})
    assert again.status_code == 422
    as_rep.post(url("reopen", lead))
    lead.refresh_from_db()
    assert lead.status == "new"


def test_a_deleted_lead_comes_back_for_who_deleted_it(client, as_rep, cast):
    lead = cast.owns["rep"].lead
    response = as_rep.post(url("delete", lead), {"version": lead.version})
    assert "deleted" in texts(response)[0]
    assert as_rep.get(url("detail", lead)).status_code == 404
    client.force_login(cast.colleague)
    assert client.post(url("restore", lead)).status_code == 404
    client.force_login(cast.rep)
    assert client.post(url("restore", lead)).status_code == 302
    assert client.get(url("detail", lead)).status_code == 200
