import datetime

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.urls import reverse

from pipeline.actions.activities import log_activity
from pipeline.models import Activity, Deal
from pipeline.next_steps import due_day, due_instant
from tests.pipeline.statements import statements_of

NOW = datetime.datetime(2026, 11, 20, 12, tzinfo=datetime.UTC)  # a Friday
LOG, PLAN, LIST = "/activities/log/", "/activities/plan/", "/activities/"
REFERER = "http://testserver/deals/1/"


def url(name, activity):
    return reverse(f"pipeline:activity_{name}", args=[activity.pk])


def message_of(response):
    return list(get_messages(response.wsgi_request))[-1]


def undo_of(response):
    return message_of(response).extra_tags.removeprefix("undo:")


@pytest.fixture(autouse=True)
def friday():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def as_rep(client, cast):
    client.force_login(cast.rep)
    return client


@pytest.fixture
def deal(cast):
    return cast.owns["rep"].deal


@pytest.fixture
def step(cast, deal):
    return log_activity(
        by=cast.rep, now=NOW, kind="call", owner=cast.reps["rep"], deal=deal, subject="Call back",
        due_at=NOW - datetime.timedelta(days=2, hours=3),
    )  # fmt: skip


class TestDone:
    def test_done_with_outcome_and_next_step_and_undone_again(self, as_rep, cast, deal, step):
        page = as_rep.get(url("complete", step)).content.decode()
        assert 'value="voicemail"' in page
        assert 'value="replied"' not in page
        data = {"version": step.version, "outcome": "voicemail", "body": "Left a message", "then": "tomorrow"}
        response = as_rep.post(url("complete", step), data)
        step.refresh_from_db()
        assert (step.outcome, step.done_at, step.body) == ("voicemail", NOW, "Left a message")
        assert Activity.objects.live().filter(deal=deal, done_at=None).count() == 1
        as_rep.post(undo_of(response))
        step.refresh_from_db()
        assert (step.done_at, step.outcome) == (None, "")
        assert list(Activity.objects.live().filter(deal=deal, done_at=None)) == [step]

    def test_done_twice_is_refused(self, as_rep, step):
        as_rep.post(url("complete", step), {"version": step.version})
        step.refresh_from_db()
        answer = as_rep.post(url("complete", step), {"version": step.version})
        assert answer.status_code == 422
        assert "already done" in answer.content.decode()

    def test_a_stale_version_keeps_what_was_typed(self, as_rep, step):
        Activity.objects.filter(pk=step.pk).update(version=7)
        answer = as_rep.post(url("complete", step), {"version": 1, "body": "My note"})
        assert answer.status_code == 409
        assert "My note" in answer.content.decode()
        assert as_rep.post(url("complete", step), {"version": 7}).status_code == 302

    def test_an_outcome_of_another_kind_is_refused(self, as_rep, step):
        assert as_rep.post(url("complete", step), {"version": step.version, "outcome": "held"}).status_code == 422


class TestSnooze:
    @pytest.mark.parametrize(("to", "day"), [("tomorrow", 21), ("week", 23)])
    def test_it_moves_the_day_and_keeps_the_time(self, as_rep, deal, step, to, day):
        was = step.due_at
        response = as_rep.post(url("snooze", step), {"to": to, "version": step.version})
        step.refresh_from_db()
        assert step.due_at == was.replace(day=day)
        deal.refresh_from_db()
        assert deal.next_step_on == datetime.date(2026, 11, day)
        as_rep.post(undo_of(response))
        step.refresh_from_db()
        assert step.due_at == was

    @pytest.mark.parametrize("to", ["", "never", "2026-13-01", "2026-12-01T00:00"])
    def test_another_word_is_refused(self, as_rep, step, to):
        was = step.due_at
        response = as_rep.post(url("snooze", step), {"to": to})
        assert "possible are tomorrow, week" in str(message_of(response))
        step.refresh_from_db()
        assert step.due_at == was

    def test_what_is_done_stays_where_it_is(self, as_rep, cast):
        done = cast.owns["rep"].activity
        response = as_rep.post(url("snooze", done), {"to": "week"})
        assert "already done" in str(message_of(response))


class TestList:
    @pytest.fixture
    def steps(self, cast, deal):
        zone = datetime.UTC
        made = {}
        for name, day in (("Late", 18), ("Now", 20), ("Soon", 24)):
            made[name] = log_activity(
                by=None, now=NOW, kind="task", owner=cast.reps["rep"], deal=deal, subject=name,
                due_at=due_instant(datetime.date(2026, 11, day), zone),
            )  # fmt: skip
        return made

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("", ["Late", "Now", "Soon"]),
            ("sort=far", ["Soon", "Now", "Late"]),
            ("due=overdue", ["Late"]),
            ("due=today", ["Now"]),
            ("due=later", ["Soon"]),
            ("kind=call", []),
            ("show=done", ["Call of rep"]),
            ("show=done&kind=email", []),
        ],
    )
    def test_open_steps_soonest_first_and_done_ones(self, as_rep, steps, query, expected):
        response = as_rep.get(f"{LIST}?{query}")
        assert [activity.subject for activity in response.context["rows"]] == expected

    def test_they_stand_under_overdue_today_and_later(self, as_rep, steps):
        page = as_rep.get(LIST).content.decode()
        heads = ("<h2>Overdue</h2>", ">Late<", "<h2>Due today</h2>", ">Now<", "<h2>Later</h2>", ">Soon<")
        places = [page.index(head) for head in heads]
        assert places == sorted(places)
        assert "Overdue 2 days" in page

    def test_a_deal_that_went_to_another_team_is_not_named_any_more(self, as_rep, deal, steps):
        assert "Deal of rep" in as_rep.get(LIST).content.decode()
        Deal.objects.filter(pk=deal.pk).update(owner=None, name="Secret deal")
        for page in (LIST, f"{LIST}?show=done", url("detail", steps["Now"])):
            assert "Secret deal" not in as_rep.get(page).content.decode()

    @pytest.mark.parametrize("who", ["rep", "manager", "leader", "admin"])
    @pytest.mark.parametrize("page", [LIST, f"{LIST}?show=done"])
    def test_it_costs_as_many_statements_with_ten_rows_as_with_two_hundred(self, client, cast, settings, who, page):
        settings.USERSESSIONS_TRACK_ACTIVITY = False
        client.force_login(getattr(cast, who))
        own = cast.owns["rep"]

        def fill(first, last):
            for number in range(first, last):
                about = {"deal": own.deal} if number % 2 else {"lead": own.lead}
                due = NOW + datetime.timedelta(days=number % 5 - 2)
                when = {"done_at": NOW} if "done" in page else {"due_at": due}
                log_activity(by=None, now=NOW, kind="task", owner=cast.reps["rep"], **about, **when)

        fill(0, 10)
        few = statements_of(client, page)
        fill(10, 200)
        many = statements_of(client, page)
        assert len(many) == len(few) <= 9, many

    def test_a_manager_starts_with_his_team(self, client, cast, steps):
        client.force_login(cast.manager)
        assert len(client.get(LIST).context["rows"]) == 3
        assert client.get(f"{LIST}?owner={cast.reps['colleague'].pk}").context["rows"] == []


def test_an_edit_keeps_the_seconds_that_the_picker_does_not_know(as_rep, cast):
    done = cast.owns["rep"].activity
    at = NOW.replace(second=37) - datetime.timedelta(hours=1)
    Activity.objects.filter(pk=done.pk).update(done_at=at)
    data = {"kind": "call", "subject": "Renamed", "done_at": at.strftime("%Y-%m-%dT%H:%M"), "version": done.version}
    assert as_rep.post(url("edit", done), data).status_code == 302
    done.refresh_from_db()
    assert (done.subject, done.done_at) == ("Renamed", at)


def test_a_deleted_activity_comes_back(as_rep, cast):
    done = cast.owns["rep"].activity
    response = as_rep.post(url("delete", done), {"version": done.version})
    assert as_rep.get(url("detail", done)).status_code == 404
    as_rep.post(undo_of(response))
    assert as_rep.get(url("detail", done)).status_code == 200


def test_next_week_is_its_monday():
    assert due_day("week", datetime.date(2026, 11, 22)) == datetime.date(2026, 11, 23)
    assert due_day("week", datetime.date(2026, 11, 23)) == datetime.date(2026, 11, 30)
