import datetime
import re

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.urls import reverse

from pipeline.actions.activities import log_activity
from pipeline.actions.deal_parts import set_credits
from pipeline.actions.deals import create_deal
from pipeline.models import Activity

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


class TestLog:
    def test_a_call_with_its_outcome_is_one_press_after_opening(self, as_rep, cast, deal):
        page = as_rep.get(f"{LOG}?deal={deal.pk}").content.decode()
        assert re.search(r'name="outcome"\s+value="spoke"', page)
        response = as_rep.post(LOG, {"deal": deal.pk, "kind": "call", "outcome": "spoke"})
        logged = Activity.objects.latest("pk")
        assert (logged.kind, logged.outcome, logged.done_at, logged.owner) == ("call", "spoke", NOW, cast.reps["rep"])
        assert (logged.deal, logged.account, logged.direction) == (deal, deal.account, "out")
        assert response.url == deal.get_absolute_url()
        assert str(message_of(response)) == "Call · Spoke logged."

    def test_it_is_a_dialog_body_with_everything_that_the_sheet_needs(self, as_rep, deal):
        page = as_rep.get(f"{LOG}?deal={deal.pk}", headers={"x-dialog": "1"}).content.decode()
        draft = f'data-draft="log-deal-{deal.pk}"'
        for part in (
            "data-dialog-body",
            draft,
            f'action="{LOG}"',
            "data-draft-note",
            "csrfmiddlewaretoken",
        ):
            assert part in page

    def test_it_is_prefilled_with_the_record_and_the_kind_used_last(self, as_rep, cast):
        log_activity(by=cast.rep, now=NOW, kind="demo", owner=cast.reps["rep"], done_at=NOW)
        for kind in ("deal", "lead", "account", "contact"):
            record = getattr(cast.owns["rep"], kind)
            page = as_rep.get(f"{LOG}?{kind}={record.pk}")
            assert page.context["about"] == record
            assert page.context["form"]["kind"].value() == "demo"
        assert as_rep.get(f"{LOG}?kind=email").context["form"]["kind"].value() == "email"

    @pytest.mark.parametrize("kind", ["deal", "lead", "account", "contact"])
    def test_a_record_out_of_sight_is_like_one_that_does_not_exist(self, as_rep, cast, kind):
        foreign = getattr(cast.owns["rival"], kind)
        before = Activity.objects.count()
        texts = []
        for pk in (foreign.pk, 987654, "x", "9" * 40):
            for page in (LOG, PLAN):
                assert as_rep.get(f"{page}?{kind}={pk}").status_code == 404
            answer = as_rep.post(LOG, {kind: pk, "kind": "call", "outcome": "spoke"})
            assert answer.status_code == 422
            texts.append(str(answer.context["form"].errors[kind]))
        assert len(set(texts)) == 1
        assert Activity.objects.count() == before

    def test_a_credited_deal_is_visible_and_so_it_can_be_logged_on(self, as_rep, cast):
        foreign = cast.owns["rival"].deal
        set_credits(deal=foreign, shares=[(cast.reps["rival"], 0.5), (cast.reps["rep"], 0.5)], by=None, now=NOW)
        assert as_rep.post(LOG, {"deal": foreign.pk, "kind": "note", "body": "Hello"}).status_code == 302

    @pytest.mark.parametrize(("then", "day"), [("tomorrow", 21), ("later", 23), ("week", 23)])
    def test_the_next_step_is_planned_with_it(self, as_rep, deal, then, day):
        as_rep.post(LOG, {"deal": deal.pk, "kind": "call", "then": then})
        deal.refresh_from_db()
        assert deal.next_step_on == datetime.date(2026, 11, day)
        planned = Activity.objects.latest("pk")
        assert (planned.kind, planned.done_at, planned.deal) == ("call", None, deal)

    def test_undo_takes_back_both(self, as_rep, deal):
        before = Activity.objects.live().count()
        response = as_rep.post(LOG, {"deal": deal.pk, "kind": "note", "body": "x", "then": "tomorrow"})
        assert Activity.objects.live().count() == before + 2
        assert Activity.objects.latest("pk").kind == "task"
        as_rep.post(undo_of(response))
        assert Activity.objects.live().count() == before
        deal.refresh_from_db()
        assert deal.next_step_on is None

    def test_a_call_stops_the_clock_of_a_lead_and_a_note_does_not(self, as_rep, cast):
        lead = cast.owns["rep"].lead
        as_rep.post(LOG, {"lead": lead.pk, "kind": "note", "body": "x"})
        lead.refresh_from_db()
        assert lead.first_responded_at is None
        as_rep.post(LOG, {"lead": lead.pk, "kind": "call", "outcome": "no_answer"})
        lead.refresh_from_db()
        assert lead.first_responded_at == NOW

    def test_it_goes_back_to_the_page_where_it_was_opened(self, as_rep, deal):
        data = {"deal": deal.pk, "kind": "call"}
        assert (
            as_rep.post(LOG, data, headers={"referer": "http://testserver/pipeline/?x=1"}).url
            == "http://testserver/pipeline/?x=1"
        )
        assert (
            as_rep.post(LOG, data, headers={"referer": f"http://testserver{LOG}?deal=1"}).url == deal.get_absolute_url()
        )
        for address in ("https://evil.test/", "//evil.test", "javascript:x"):
            assert as_rep.post(LOG, {**data, "next": address}).url == deal.get_absolute_url()
        answer = as_rep.post(LOG, data, headers={"x-dialog": "1"})
        assert (answer.status_code, answer.headers["X-Location"]) == (204, deal.get_absolute_url())

    @pytest.mark.parametrize(
        ("data", "field"),
        [
            ({"kind": "visit"}, "kind"),
            ({"kind": "email", "outcome": "no_show"}, "outcome"),
            ({"kind": "note", "outcome": "spoke"}, "outcome"),
            ({"kind": "call", "outcome": "great"}, "outcome"),
            ({"kind": "call", "then": "never"}, "then"),
            ({"kind": "call", "done_at": "2026-11-21T09:00"}, "done_at"),
            ({"kind": "call", "done_at": "soon"}, "done_at"),
            ({"kind": "call", "duration_minutes": "-5"}, "duration_minutes"),
            ({"kind": "call", "body": "a\0b"}, "body"),
        ],
    )
    def test_what_is_wrong_is_said_and_nothing_is_written(self, as_rep, deal, data, field):
        before = Activity.objects.count()
        answer = as_rep.post(LOG, {"deal": deal.pk, **data})
        assert answer.status_code == 422
        assert field in answer.context["form"].errors
        assert Activity.objects.count() == before

    def test_without_a_record_recent_ones_are_offered(self, as_rep, cast):
        own = cast.owns["rep"]
        choices = dict(as_rep.get(LOG).context["form"].fields["about"].choices)
        assert {f"deal:{own.deal.pk}", f"lead:{own.lead.pk}", ""} == set(choices)
        as_rep.post(LOG, {"kind": "call", "about": f"lead:{own.lead.pk}"})
        assert Activity.objects.latest("pk").lead == own.lead
        foreign = cast.owns["rival"].deal
        assert as_rep.post(LOG, {"kind": "call", "about": f"deal:{foreign.pk}"}).status_code == 422

    def test_the_people_of_the_account_can_be_named(self, as_rep, cast, deal):
        contact = cast.owns["rep"].contact
        form = as_rep.get(f"{LOG}?deal={deal.pk}").context["form"]
        assert (contact.pk, contact.name) in form.fields["contact"].widget.choices
        as_rep.post(
            LOG, {"deal": deal.pk, "contact": contact.pk, "kind": "email", "incoming": "on", "duration_minutes": "5"}
        )
        logged = Activity.objects.latest("pk")
        assert (logged.contact, logged.direction, logged.duration_minutes) == (contact, "in", 5)

    def test_who_is_no_rep_says_who_did_it(self, client, cast, deal):
        client.force_login(cast.admin)
        assert client.post(LOG, {"deal": deal.pk, "kind": "call"}).status_code == 422
        client.post(LOG, {"deal": deal.pk, "kind": "call", "owner": cast.reps["colleague"].pk})
        assert Activity.objects.latest("pk").owner == cast.reps["colleague"]

    def test_a_rep_can_not_log_for_somebody_else(self, as_rep, cast, deal):
        as_rep.post(LOG, {"deal": deal.pk, "kind": "call", "owner": cast.reps["rival"].pk, "done_on": "2020-01-01"})
        assert Activity.objects.latest("pk").owner == cast.reps["rep"]

    def test_the_top_bar_is_about_the_record_of_the_page(self, as_rep, cast):
        lead = cast.owns["rep"].lead
        assert f'href="{LOG}?lead={lead.pk}"' in as_rep.get(lead.get_absolute_url()).content.decode()
        assert f'href="{LOG}"' in as_rep.get("/leads/").content.decode()


class TestPlan:
    @pytest.mark.parametrize(
        ("data", "due"),
        [
            ({"due": "today"}, datetime.datetime(2026, 11, 20, tzinfo=datetime.UTC)),
            ({"due": "tomorrow", "due_time": "14:30"}, datetime.datetime(2026, 11, 21, 14, 30, tzinfo=datetime.UTC)),
            ({"due": "date", "due_on": "2026-12-24"}, datetime.datetime(2026, 12, 24, tzinfo=datetime.UTC)),
        ],
    )
    def test_a_next_step_is_planned(self, as_rep, cast, deal, data, due):
        response = as_rep.post(PLAN, {"deal": deal.pk, "kind": "meeting", "subject": "Walk-through", **data})
        planned = Activity.objects.latest("pk")
        assert planned.due_at == due
        assert (planned.done_at, planned.subject, planned.owner) == (None, "Walk-through", cast.reps["rep"])
        as_rep.post(undo_of(response))
        assert not Activity.objects.live().filter(pk=planned.pk).exists()

    def test_a_day_must_be_picked(self, as_rep, deal):
        answer = as_rep.post(PLAN, {"deal": deal.pk, "kind": "call", "due": "date"})
        assert answer.status_code == 422
        assert "Pick the day." in answer.content.decode()


def test_an_account_touched_by_a_log_stays_visible(as_rep, cast):
    deal = create_deal(by=None, now=NOW, name="Shared", owner=cast.reps["rep"], account=cast.owns["rival"].account)
    assert as_rep.post(LOG, {"deal": deal.pk, "kind": "call"}).status_code == 302
    assert as_rep.get(cast.owns["rival"].account.get_absolute_url()).status_code == 200


class TestSentAgain:
    KEY = "0b9c8f0e-5d1a-4a53-9a37-3f1f6f1a2b3c"

    def sent(self, as_rep, deal, **changes):
        return as_rep.post(LOG, {"deal": deal.pk, "kind": "call", "outcome": "spoke", "sent_key": self.KEY, **changes})

    def test_the_same_form_sent_twice_is_one_activity_with_one_next_step(self, as_rep, deal):
        before = Activity.objects.count()
        for _round in range(2):
            assert self.sent(as_rep, deal, then="tomorrow").status_code == 302
        assert Activity.objects.count() == before + 2

    def test_something_else_with_a_used_key_is_not_lost(self, as_rep, cast, deal):
        self.sent(as_rep, deal)
        self.sent(as_rep, deal, body="and a word more")
        data = {"lead": cast.owns["rep"].lead.pk, "kind": "call", "outcome": "spoke", "sent_key": self.KEY}
        as_rep.post(LOG, data)
        logged = list(Activity.objects.order_by("-pk")[:3])
        assert [(one.body, one.lead, bool(one.sent_key)) for one in logged] == [
            ("", cast.owns["rep"].lead, False), ("and a word more", None, False), ("", None, True),
        ]  # fmt: skip

    def test_the_key_of_a_colleague_is_as_good_as_a_new_one(self, client, as_rep, cast, deal):
        self.sent(as_rep, deal)
        client.force_login(cast.colleague)
        assert self.sent(client, cast.owns["colleague"].deal).status_code == 302
        assert Activity.objects.filter(sent_key=self.KEY).count() == 2

    def test_what_is_sent_late_was_done_when_it_was_filled_in(self, as_rep, deal):
        """On Thursday evening; "tomorrow" is Friday, although it is sent on Friday noon."""
        self.sent(as_rep, deal, filled_at="2026-11-19T18:30:00.000Z", then="tomorrow")
        step, done = Activity.objects.order_by("-pk")[:2]
        assert done.done_at == datetime.datetime(2026, 11, 19, 18, 30, tzinfo=datetime.UTC)
        assert step.due_at == datetime.datetime(2026, 11, 20, tzinfo=datetime.UTC)

    def test_a_clock_that_is_fast_changes_nothing(self, as_rep, deal):
        self.sent(as_rep, deal, filled_at="2026-11-20T12:05:00.000Z")
        assert Activity.objects.latest("pk").done_at == NOW

    @pytest.mark.parametrize(
        ("name", "value"), [("sent_key", "1"), ("filled_at", "soon"), ("filled_at", "0001-01-01T00:00:00+14:00")]
    )
    def test_a_key_or_time_that_is_none_is_refused(self, as_rep, deal, name, value):
        answer = self.sent(as_rep, deal, **{name: value})
        assert answer.status_code == 422
        assert name in answer.context["form"].errors

    def test_each_form_has_a_key_of_its_own(self, as_rep):
        keys = {as_rep.get(LOG).context["form"]["sent_key"].value() for _round in range(2)}
        assert len(keys) == 2
