"""Today: what waits for one rep, seen by the rep and by the managers of the team."""

import datetime
import re
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Company, Rep, User
from pipeline.actions.activities import log_activity
from pipeline.actions.deals import change_deal, create_deal
from pipeline.actions.leads import create_lead
from pipeline.actions.outcomes import win_deal
from pipeline.models import Lead
from tests.metrics.books import NOW, write_book

pytestmark = pytest.mark.django_db
TODAY = reverse("metrics:today")


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


def page(client, user, query=""):
    client.force_login(user)
    response = client.get(f"{TODAY}{query}")
    assert response.status_code == 200, response.content.decode()[-1500:]
    return response


def plan(rep, subject, due, **about):
    return log_activity(by=None, now=NOW, kind="call", owner=rep, subject=subject, due_at=due, **about)


def subjects(part):
    return [step.subject for step in part.rows]


def deal_of(cast, name, amount=None, owner="rep"):
    return create_deal(by=None, now=NOW, name=name, owner=cast.reps[owner], amount=amount)


def test_steps_are_overdue_before_the_companys_midnight_and_due_until_the_next(client, cast):
    company = Company.current()
    company.time_zone = "America/New_York"
    company.save()
    rep, midnight = cast.reps["rep"], datetime.datetime(2026, 11, 20, 5, tzinfo=datetime.UTC)
    minute = datetime.timedelta(minutes=1)
    plan(rep, "yesterday", midnight - minute)
    plan(rep, "first", midnight)
    plan(rep, "last", midnight + datetime.timedelta(days=1) - minute)
    plan(rep, "tomorrow", midnight + datetime.timedelta(days=1))
    context = page(client, cast.rep).context
    assert subjects(context["overdue"]) == ["yesterday"]
    assert subjects(context["due"]) == ["first", "last"]


def test_long_lists_show_the_oldest_and_say_how_many_there_are(client, cast):
    for number in range(30):
        plan(cast.reps["rep"], f"step {number}", NOW - datetime.timedelta(days=60 - number))
    overdue = page(client, cast.rep).context["overdue"]
    assert (len(overdue.rows), overdue.count, overdue.more) == (25, 30, 5)
    assert overdue.rows[0].subject == "step 0"


def test_deals_without_a_step_come_by_money_in_the_base_currency(client, cast):
    deal_of(cast, "unknown")
    deal_of(cast, "small", Decimal(10))
    planned = deal_of(cast, "planned", Decimal(9000))
    plan(cast.reps["rep"], "call", NOW + datetime.timedelta(days=2), deal=planned)
    for number in range(4):
        deal_of(cast, f"big {number}", Decimal(2000 + number))
    part = page(client, cast.rep).context["no_step"]
    assert [deal.name for deal in part["part"].rows] == ["big 3", "big 2", "big 1", "big 0", "Deal of rep"]
    assert (part["part"].count, part["part"].more, part["unknown"]) == (7, 2, 1)
    assert part["amount_text"] == "€9,016"


def test_new_leads_are_own_ones_and_the_teams_queue_without_an_answer(client, cast):
    Lead.objects.update(status="contacted", first_responded_at=NOW, responded_on=NOW.date(), response_minutes=0)
    for name, owner, team in (("own", "rep", None), ("queued", None, cast.north), ("theirs", None, cast.south)):
        create_lead(by=None, now=NOW, name=name, owner=cast.reps.get(owner), team=team)
    response = page(client, cast.rep)
    assert sorted(lead.name for lead in response.context["leads"].rows) == ["own", "queued"]
    html = response.content.decode()
    assert html.count("Claim queued") == 1
    assert "Claim own" not in html


def test_since_the_last_working_day_tells_what_others_changed_and_what_was_closed(client, cast):
    deal, other = cast.owns["rep"].deal, cast.owns["rival"].deal
    for changed in (deal, other):
        change_deal(deal=changed, by=cast.manager if changed is deal else cast.admin, now=NOW, amount=Decimal(1500))
    change_deal(deal=deal, by=cast.rep, now=NOW, competitor="Rival Inc", expected_close_on=datetime.date(2026, 12, 1))
    win_deal(deal=deal_of(cast, "won today", Decimal(5)), by=cast.rep, now=NOW)
    news = page(client, cast.rep).context["news"]
    said = {(item.deal.name, item.change.title, item.change.before, item.change.after) for item in news}
    assert ("Deal of rep", "Amount", "€1,000.00", "€1,500.00") in said
    assert any(name == "won today" and title == "Won" for name, title, *_rest in said)
    assert not any(title == "Expected close" for _name, title, *_rest in said)
    assert not any(name == "Deal of rival" for name, *_rest in said)


@pytest.mark.parametrize(("day", "title"), [(20, "Since yesterday"), (23, "Since Friday")])
def test_a_monday_looks_back_to_friday(client, cast, day, title):
    with time_machine.travel(NOW.replace(day=day), tick=False):
        assert title in page(client, cast.rep).content.decode()


def test_the_month_so_far_is_the_engines_and_links_to_it(client, cast):
    write_book(cast)
    context = page(client, cast.rep).context
    won, deals, rate, _activities = context["month"]
    assert (won["value"], deals["value"], (rate["part"], rate["whole"])) == (Decimal(3000), Decimal(1), (1, 1))
    assert won["url"] == "/metrics/won_revenue/?period=2026-11&scope=rep%3Arep%40cast.test"


def test_nothing_of_others_is_on_the_page(client, cast):
    for name in ("colleague", "rival"):
        plan(cast.reps[name], f"step of {name}", NOW - datetime.timedelta(days=3), deal=cast.owns[name].deal)
    html = page(client, cast.rep).content.decode()
    assert "colleague" not in html.lower()
    assert "rival" not in html.lower()


def test_a_manager_picks_a_rep_of_the_team(client, cast):
    plan(cast.reps["rep"], "late", NOW - datetime.timedelta(days=3))
    picked = page(client, cast.manager)
    assert [(row["rep"].name, row["overdue"]) for row in picked.context["reps"]] == [("Colleague", 0), ("Rep", 1)]
    response = page(client, cast.manager, f"?rep={cast.reps['rep'].pk}")
    assert "Today of Rep" in response.content.decode()
    assert subjects(response.context["overdue"]) == ["late"]


def test_a_manager_who_sells_sees_the_own_day_first(client, cast):
    own = Rep.objects.create(user=cast.manager, name="Manager", email="manager@cast.test", team=cast.north)
    assert page(client, cast.manager).context["rep"] == own


@pytest.mark.parametrize("asked", ["rival", "99999", "x", "9" * 30])
def test_a_rep_out_of_sight_does_not_exist(client, cast, asked):
    client.force_login(cast.manager)
    rep = cast.reps[asked].pk if asked in cast.reps else asked
    assert client.get(f"{TODAY}?rep={rep}").status_code == 404


def test_a_rep_cannot_look_at_a_colleague(client, cast):
    assert page(client, cast.rep, f"?rep={cast.reps['colleague'].pk}").context["rep"] == cast.reps["rep"]


def test_who_does_not_sell_has_no_day(client, cast):
    for user in (cast.leader, cast.admin):
        client.force_login(user)
        assert client.get(TODAY).status_code == 404
    nobody = User.objects.create_user("new@cast.test", name="New", role="rep")
    assert "Not set up as a rep" in page(client, nobody).content.decode()
    Rep.objects.create(user=cast.leader, name="Leader", email="leader@cast.test")
    page(client, cast.leader)


def test_an_empty_day_says_so(client, cast):
    fresh = User.objects.create_user("fresh@cast.test", name="Fresh", role="rep")
    Rep.objects.create(user=fresh, name="Fresh", email="fresh@cast.test")
    html = page(client, fresh).content.decode()
    assert "No deals yet" in html
    assert "Nothing is overdue or due today." in html


def test_buttons_are_ordinary_forms_and_links(client, cast):
    step = plan(cast.reps["rep"], "call back", NOW - datetime.timedelta(days=3), deal=cast.owns["rep"].deal)
    html = page(client, cast.rep).content.decode()
    assert f'href="/activities/{step.pk}/complete/"' in html
    assert re.search(rf'<form[^>]*method="post" action="/activities/{step.pk}/snooze/"', html)
    answer = client.post(
        f"/activities/{step.pk}/snooze/", {"to": "tomorrow"}, headers={"Referer": f"http://testserver{TODAY}"}
    )
    assert answer["Location"].endswith(TODAY)
    assert subjects(page(client, cast.rep).context["overdue"]) == []


def test_the_number_of_statements_does_not_grow(client, cast):
    page(client, cast.rep)
    counts = []
    for _round in range(2):
        for number in range(12):
            deal = deal_of(cast, f"deal {number}", Decimal(100))
            plan(cast.reps["rep"], "late", NOW - datetime.timedelta(days=2), deal=cast.owns["rep"].deal)
            plan(cast.reps["rep"], "today", NOW, deal=cast.owns["rep"].deal)
            create_lead(by=None, now=NOW, name=f"lead {number}", owner=cast.reps["rep"])
            change_deal(deal=deal, by=cast.manager, now=NOW, amount=Decimal(200))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(TODAY).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("who", "page_name"), [("rep", "today"), ("manager", "team"), ("leader", "kpis"), ("admin", "kpis")]
)
def test_home_leads_to_where_a_role_begins(client, cast, who, page_name):
    client.force_login(getattr(cast, who))
    assert client.get("/")["Location"] == reverse(f"metrics:{page_name}")
