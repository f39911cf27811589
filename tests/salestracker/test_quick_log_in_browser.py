"""The quick log in a real browser: two actions a call, by key and by touch, and nothing lost without a connection."""

import re

import pytest
from django.urls import reverse

from pipeline.actions.activities import log_activity
from pipeline.actions.deals import create_deal
from pipeline.models import Activity
from tests.cast import NOW

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CALLS = 10
COUNT = """
window.inputs = [];
for (const name of ["keydown", "pointerdown"]) {
  addEventListener(name, (event) => {
    const key = ["Alt", "Control", "Shift"].includes(event.key);
    if (event.isTrusted && !key) window.inputs.push({ name, at: event.timeStamp });
  }, true);
}
"""


@pytest.fixture
def deals(cast):
    made = [create_deal(by=None, now=NOW, name=f"Call {n}", owner=cast.reps["rep"]) for n in range(CALLS)]
    create_deal(by=None, now=NOW, name="Other", owner=cast.reps["rep"])
    return made


def done_calls():
    rows = Activity.objects.filter(deal__name__startswith="Call ").exclude(done_at=None).order_by("pk")
    return list(rows.values_list("deal__name", "kind", "outcome"))


def test_ten_calls_by_key_are_two_presses_each(visit, cast, deals, live_server):
    page = visit("/deals/", user=cast.rep)
    page.add_init_script(COUNT)
    taken = []
    for deal in deals:
        page.goto(live_server.url + deal.get_absolute_url())
        page.keyboard.press("l")
        page.locator("dialog.st-sheet [data-alt='1']").first.wait_for()
        inputs = page.evaluate("[...window.inputs, { at: performance.now() }]")
        with page.expect_navigation():
            page.keyboard.press("Alt+Digit1")
        page.locator(".st-toast").first.wait_for()
        taken.append((len(inputs), inputs[-1]["at"] - inputs[0]["at"]))
    assert done_calls() == [(f"Call {n}", "call", "spoke") for n in range(CALLS)]
    assert [count for count, _time in taken] == [2] * CALLS  # the key, and the moment before the second
    assert page.heard == []


def test_ten_calls_by_touch_are_two_taps_each(visit, cast, deals, live_server):
    page = visit("/deals/", user=cast.rep, width=360, has_touch=True, is_mobile=True)
    page.add_init_script(COUNT)
    for deal in deals:
        page.goto(live_server.url + deal.get_absolute_url())
        page.tap(".st-tabbar a.add")
        button = page.locator("dialog.st-sheet [value=no_answer]").first
        button.wait_for()
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert button.bounding_box()["height"] >= 24
        assert len(page.evaluate("window.inputs")) == 1
        with page.expect_navigation():
            button.tap()
    assert done_calls() == [(f"Call {n}", "call", "no_answer") for n in range(CALLS)]


def lose_answers(page):
    """The server gets what is sent, but its answer never arrives."""

    def handle(route):
        if route.request.method == "POST":
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/activities/log/", handle)


def test_what_is_logged_without_a_connection_is_sent_when_it_is_back(visit, cast, deals):
    page = visit(deals[0].get_absolute_url(), user=cast.rep, width=360, has_touch=True, is_mobile=True)
    for _tenth in range(100):
        if page.evaluate("Object.keys(sessionStorage).some((name) => name.startsWith('st-spare-log'))"):
            break
        page.wait_for_timeout(100)
    page.context.set_offline(True)
    for words in ("Without a connection", "And once more"):
        page.tap(".st-tabbar a.add")
        page.fill("dialog.st-sheet [name=body]", words)
        page.tap("dialog.st-sheet [value=voicemail]")
        page.locator("dialog.st-sheet").wait_for(state="detached")
    assert "2 logged on this device" in page.locator("[data-outbox-count]").inner_text()
    assert done_calls() == []
    page.context.set_offline(False)
    page.locator("[data-outbox-count]").wait_for(state="hidden")
    rows = Activity.objects.filter(deal=deals[0]).order_by("pk")
    assert [(one.body, one.outcome) for one in rows] == [
        ("Without a connection", "voicemail"), ("And once more", "voicemail"),
    ]  # fmt: skip


def test_an_answer_that_is_lost_makes_no_second_activity_and_a_closed_tab_loses_nothing(
    visit, cast, deals, live_server
):
    page = visit(deals[0].get_absolute_url(), user=cast.rep)
    lose_answers(page)
    page.keyboard.press("l")
    page.fill("dialog.st-sheet [name=body]", "Half way")
    page.keyboard.press("Control+Enter")
    page.locator("dialog.st-sheet").wait_for(state="detached")
    assert Activity.objects.filter(body="Half way").count() == 1

    page.keyboard.press("l")
    page.fill("dialog.st-sheet [name=body]", "Typed, then closed")
    page.close()
    again = page.context.new_page()
    again.goto(live_server.url + deals[0].get_absolute_url())
    again.locator(".st-toast", has_text=re.compile("is sent")).wait_for()
    assert again.locator("[data-outbox-count]").is_hidden()
    assert Activity.objects.filter(body="Half way").count() == 1
    again.keyboard.press("l")
    again.locator("dialog.st-sheet [name=body]").wait_for()
    assert again.input_value("dialog.st-sheet [name=body]") == "Typed, then closed"


def test_what_can_not_be_saved_any_more_is_a_draft_again(visit, cast, deals):
    page = visit(deals[0].get_absolute_url(), user=cast.rep)
    page.keyboard.press("l")
    page.fill("dialog.st-sheet [name=body]", "About a deal that goes")
    page.context.set_offline(True)
    page.keyboard.press("Control+Enter")
    page.locator("dialog.st-sheet").wait_for(state="detached")
    type(deals[0]).objects.filter(pk=deals[0].pk).update(owner=cast.reps["rival"])
    page.context.set_offline(False)
    page.locator(".st-toast[role=alert]").wait_for()
    kept = page.evaluate("Object.entries(localStorage).map(([name, text]) => name + text).join()")
    assert "st-draft" in kept
    assert "About a deal that goes" in kept
    assert "st-outbox" not in kept


def test_a_next_step_is_done_and_the_next_one_planned_in_two_taps(visit, cast, deals):
    step = log_activity(
        by=None, now=NOW, kind="call", owner=cast.reps["rep"], deal=deals[0], subject="Ask", due_at=NOW,
    )  # fmt: skip
    page = visit(reverse("metrics:today"), user=cast.rep, width=360, has_touch=True, is_mobile=True)
    page.tap(f"a[href*='/activities/{step.pk}/complete/']")
    with page.expect_navigation():
        page.locator("dialog [name=then][value=tomorrow]").tap()
    step.refresh_from_db()
    assert step.done_at is not None
    assert Activity.objects.filter(deal=deals[0], done_at=None).count() == 1
