"""The palette in a real browser: by keyboard alone, and what the search page gives without scripts."""

import pytest

from accounts.models import Account
from pipeline.actions.deals import create_deal
from pipeline.models import Activity
from tests.cast import NOW

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def acme(cast):
    account = Account.objects.create(name="Acme", owner=cast.reps["rep"])
    return create_deal(by=None, now=NOW, name="Forty lamps", owner=cast.reps["rep"], account=account)


def typed(page, text):
    page.keyboard.press("Control+k")
    page.locator("#palette[open] input").wait_for()
    with page.expect_response("**/search/**"):
        page.keyboard.type(text)


def test_log_call_acme_is_typed_and_saved_without_a_mouse(visit, cast, acme):
    page = visit("/activities/", user=cast.rep)
    typed(page, "log call acme")
    page.locator("#palette [aria-selected=true]", has_text="Forty lamps").wait_for()
    page.keyboard.press("Enter")
    page.locator("dialog.st-sheet [name=body]").wait_for()
    page.keyboard.type("Wants ten more")
    with page.expect_navigation():
        page.keyboard.press("Alt+Digit4")
    done = Activity.objects.get(deal=acme)
    assert (done.kind, done.outcome, done.body) == ("call", "meeting_set", "Wants ten more")
    assert page.heard == []


def test_enter_takes_what_was_typed_last_however_fast(visit, cast, acme, live_server):
    page = visit("/activities/", user=cast.rep)
    page.keyboard.press("Control+k")
    page.keyboard.type("forty lamps")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url == live_server.url + acme.get_absolute_url()


def test_pages_are_reached_with_the_arrows_and_escape_leads_back(visit, cast, live_server):
    page = visit("/activities/", user=cast.rep)
    page.keyboard.press("Control+k")
    first = page.locator("#palette [aria-selected=true]").inner_text()
    page.keyboard.press("ArrowDown")
    second = page.locator("#palette [aria-selected=true]")
    assert second.inner_text() != first
    assert page.locator("#palette input").get_attribute("aria-activedescendant") == second.get_attribute("id")
    page.keyboard.press("Escape")
    assert page.locator("#palette").is_hidden()
    typed(page, "my num")
    page.locator("#palette a", has_text="My numbers").wait_for()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url == live_server.url + "/my-numbers/"


def test_without_scripts_the_search_page_does_the_same(visit, cast, acme):
    page = visit("/activities/", user=cast.rep, java_script_enabled=False)
    page.fill("[name=q]", "log call acme")
    page.keyboard.press("Enter")
    page.click("text=Log: Call: Forty lamps")
    page.click("button[value=voicemail] >> visible=true")
    assert Activity.objects.get(deal=acme).outcome == "voicemail"


def test_the_sign_of_a_phone_opens_it(visit, cast, acme, live_server):
    page = visit("/activities/", user=cast.rep, width=360, has_touch=True, is_mobile=True)
    page.tap("[data-open-palette]")
    page.locator("#palette[open] input").wait_for()
    with page.expect_response("**/search/**"):
        page.keyboard.type("forty")
    page.locator("#palette [role=option]", has_text="Forty lamps").first.wait_for()
    with page.expect_navigation():
        page.locator("#palette [role=option]", has_text="Forty lamps").first.tap()
    assert page.url == live_server.url + acme.get_absolute_url()
    assert page.heard == []
