"""What fingers meet: room to hit, and the log of a call on a small phone without scrolling."""

import pytest
from django.urls import reverse

from pipeline.actions.activities import log_activity
from pipeline.actions.deals import create_deal
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


def test_a_set_filter_is_named_and_the_buttons_for_ticked_rows_stay_in_sight(visit, cast):
    for number in range(9):
        create_deal(by=None, now=NOW, name=f"Deal {number}", owner=cast.reps["rep"])
    page = visit(f"{reverse('pipeline:deal_list')}?step=none", user=cast.rep, **PHONE)
    assert page.locator(".st-chip.is-set").is_visible()
    assert not page.locator(".st-chip.wide:not(.is-set)").first.is_visible()
    page.locator(".st-tick").first.tap()
    button = page.locator(".st-bulk button").first.bounding_box()
    assert button["y"] + button["height"] <= page.locator(".st-tabbar").bounding_box()["y"]


def test_the_palette_is_closed_by_a_finger(visit, cast):
    page = visit(reverse("metrics:today"), user=cast.rep, **PHONE)
    page.locator(".st-top a.st-narrow").tap()
    close = page.locator("#palette [data-close-dialog]")
    assert close.bounding_box()["height"] >= 43.5
    close.tap()
    assert not page.locator("#palette").is_visible()


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_foot_of_a_form_is_not_cut_off(visit, cast, language):
    cast.rep.language = language
    cast.rep.save()
    deal = cast.owns["rep"].deal
    page = visit(reverse("pipeline:deal_win", args=[deal.pk]), user=cast.rep, **PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    boxes = page.locator(".st-sheet-foot").evaluate("""(foot) => [...foot.children].map((one) => {
      const box = one.getBoundingClientRect();
      return [box.left, box.right, box.top, box.bottom, one.scrollWidth - one.clientWidth];
    })""")
    for number, (left, right, top, bottom, cut) in enumerate(boxes):
        assert left >= 0
        assert right <= 360
        assert cut <= 1
        over = [one for one in boxes[number + 1 :] if one[0] < right - 1 and one[1] > left + 1]
        assert not [one for one in over if one[2] < bottom - 1 and one[3] > top + 1]
