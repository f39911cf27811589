"""What fingers meet: room to hit, and the log of a call on a small phone without scrolling."""

import pytest
from django.urls import reverse

from pipeline.actions.activities import log_activity
from tests.cast import NOW

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 360, "has_touch": True, "is_mobile": True}
SMALL = """(root) => {
  const pressed = "button, summary, select, input, .btn, .st-pick span, .st-menu-link";
  const others = "[type=radio], [type=checkbox], .visually-hidden, .st-more-fields summary";
  return [...document.querySelectorAll(`${root} :is(${pressed})`)]
    .filter((one) => one.getClientRects().length && !one.matches(others))
    .map((one) => [one.outerHTML.slice(0, 120), one.getBoundingClientRect()])
    .filter(([, box]) => box.height < 43.5 || box.width < 36)
    .map(([html]) => html);
}"""


@pytest.mark.parametrize(
    "name", ["metrics:today", "pipeline:board", "pipeline:deal_list", "pipeline:lead_list", "pipeline:activity_list"]
)
def test_buttons_can_be_hit(visit, cast, name):
    log_activity(
        by=None, now=NOW, kind="call", owner=cast.reps["rep"], deal=cast.owns["rep"].deal, subject="Ask", due_at=NOW
    )
    page = visit(reverse(name), user=cast.rep, **PHONE)
    assert page.evaluate(SMALL, "main") == []
    menu = page.locator("main summary:visible").first
    if menu.count():
        menu.tap()
        assert page.evaluate(SMALL, "main details[open]") == []
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_a_call_is_logged_on_a_small_phone_without_scrolling(visit, cast):
    page = visit(reverse("metrics:today"), user=cast.rep, **PHONE)
    page.set_viewport_size({"width": 360, "height": 640})
    page.tap(".st-tabbar a.add")
    sheet = page.locator("dialog.st-sheet")
    sheet.locator("label:has([name=kind][value=call])").tap()
    assert page.evaluate(SMALL, "dialog.st-sheet") == []
    last = sheet.locator(".st-outcomes.is-call button").last.bounding_box()
    foot = sheet.locator(".st-sheet-foot").bounding_box()
    assert last["y"] + last["height"] <= foot["y"]
    assert foot["y"] + foot["height"] <= 641


def test_the_log_without_a_connection_names_the_record(visit, cast):
    deal = cast.owns["rep"].deal
    page = visit(deal.get_absolute_url(), user=cast.rep, **PHONE)
    for _tenth in range(100):
        if page.evaluate("Object.keys(sessionStorage).some((name) => name.startsWith('st-spare-log'))"):
            break
        page.wait_for_timeout(100)
    page.context.set_offline(True)
    page.tap(".st-tabbar a.add")
    assert page.locator("dialog.st-sheet .st-sheet-head .st-state").inner_text() == deal.name


def test_a_number_is_typed_with_the_keys_of_a_phone(visit, cast):
    page = visit(reverse("pipeline:lead_create"), user=cast.rep, **PHONE)
    assert page.get_attribute("[name=phone]", "type") == "tel"
    assert page.evaluate("parseFloat(getComputedStyle(document.querySelector('[name=phone]')).fontSize)") >= 16
