"""What is done most often, done without a mouse: the focus is seen, it gets everywhere and back, nothing holds it."""

import pytest
from django.urls import reverse

from pipeline.models import Activity, Lead, Stage

pytestmark = [pytest.mark.browser, pytest.mark.looks, pytest.mark.django_db(transaction=True)]
MARKED = """() => {
  const one = document.activeElement;
  const marks = [one, one.nextElementSibling, one.closest("form, label")].filter(Boolean);
  return one.matches(":focus-visible") && marks.some((part) => {
    const style = getComputedStyle(part);
    return style.outlineStyle !== "none" || style.boxShadow !== "none";
  });
}"""


def focused(page) -> str:
    """The name and the text of what has the focus."""
    return page.evaluate("document.activeElement.name + ' ' + document.activeElement.innerText").strip()


def tab_to(page, selector: str) -> None:
    """Press Tab until the element has the focus; it must get there, and its mark must be seen."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            break
    assert page.locator(f"{selector}:focus").count() == 1, f"Tab never reaches {selector}"
    assert page.evaluate(MARKED)


def opened(page, words):
    """The dialog with these words, with the focus in it."""
    dialog = page.locator("dialog[open]", has_text=words)
    dialog.locator(":focus").wait_for()
    return dialog


def left(page, dialog):
    """Out of the dialog by Escape."""
    page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")
    page.locator("dialog[data-fetched]").wait_for(state="detached")


def test_signing_in_without_a_mouse(cast, visit):
    page = visit(reverse("account_login"))
    page.locator("[name=login]").focus()
    page.keyboard.type(cast.rep.email)
    tab_to(page, "[name=password]")
    page.keyboard.type("correct horse battery")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/auth/" not in url)


def test_moving_a_deal_on_the_board_without_a_mouse(cast, visit):
    deal = cast.owns["rep"].deal
    first = deal.stage
    page = visit(reverse("pipeline:board"), user=cast.rep)
    tab_to(page, "[data-deal] :is([data-move], summary)")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-deal] .st-menu[open] button[name=stage]")
    tab_to(page, f"[data-deal] button[name=stage]:not([value='{first.pk}'])")
    page.keyboard.press("Enter")
    page.wait_for_selector(".st-toast")
    deal.refresh_from_db()
    assert deal.stage != first
    assert page.locator(f"[data-lane='{deal.stage_id}'] [data-deal]").count() == 1


def test_logging_a_call_without_a_mouse(cast, visit):
    page = visit(cast.owns["rep"].deal.get_absolute_url(), user=cast.rep)
    page.keyboard.press("l")
    page.wait_for_selector("dialog[open] [name=kind]")
    assert page.evaluate("document.querySelector('dialog[open]').contains(document.activeElement)")
    tab_to(page, "dialog [name=body]")
    page.keyboard.type("Wants an offer.")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".st-toast")
    assert Activity.objects.get(body="Wants an offer.").deal == cast.owns["rep"].deal


def test_winning_a_deal_without_a_mouse(cast, visit):
    deal = cast.owns["rep"].deal
    page = visit(deal.get_absolute_url(), user=cast.rep)
    tab_to(page, ".st-head-end .btn-primary")
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog[open]")
    tab_to(page, "dialog [name=amount]")
    page.keyboard.press("Control+A")
    page.keyboard.type("1250")
    tab_to(page, "dialog button.btn-primary")
    page.keyboard.press("Enter")
    page.wait_for_selector(".st-state.is-won")
    deal.refresh_from_db()
    assert (deal.outcome, deal.amount) == ("won", 1250)


def test_a_dialog_gives_the_focus_back(cast, visit):
    page = visit(cast.owns["rep"].deal.get_absolute_url(), user=cast.rep)
    tab_to(page, ".st-head-end .btn-primary")
    here = focused(page)
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog[open]")
    left(page, page.locator("dialog[open]"))
    assert focused(page) == here


def test_from_today_to_a_won_deal_without_a_mouse(cast, visit):
    page = visit(reverse("metrics:today"), user=cast.rep)
    page.keyboard.press("l")
    left(page, opened(page, "Log activity"))
    page.keyboard.press("Control+k")
    page.locator("#palette[open] input:focus").wait_for()
    page.keyboard.type("deal of rep")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    deal = cast.owns["rep"].deal
    assert page.url.endswith(deal.get_absolute_url())

    tab_to(page, "a[href*='/move/']")
    here = focused(page)
    page.keyboard.press("Enter")
    left(page, opened(page, "Move “Deal of rep”"))
    assert focused(page) == here
    page.keyboard.press("Enter")
    dialog = opened(page, "Move “Deal of rep”")
    tab_to(page, f"dialog [name=stage][value='{Stage.objects.get(name='Discovery').pk}']")
    with page.expect_navigation():
        page.keyboard.press("Enter")

    tab_to(page, "a[href$='/win/']")
    page.keyboard.press("Enter")
    dialog = opened(page, "Mark “Deal of rep” won")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    deal.refresh_from_db()
    assert (deal.outcome, dialog.count()) == ("won", 0)


def test_converting_a_lead_without_a_mouse(cast, visit):
    page = visit(reverse("metrics:today"), user=cast.rep)
    page.keyboard.press("g")
    with page.expect_navigation():
        page.keyboard.press("l")
    page.keyboard.press("j")
    assert focused(page) == "Lead of rep"
    with page.expect_navigation():
        page.keyboard.press("Enter")
    tab_to(page, "a[href$='/convert/']")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    tab_to(page, "[name=deal_name]")
    page.keyboard.press("Control+A")
    page.keyboard.type("Twenty chairs")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    assert Lead.objects.get(name="Lead of rep").deal.name == "Twenty chairs"


def test_a_menu_and_a_refused_move_give_the_focus_back(cast, visit):
    Stage.objects.filter(name="Discovery").update(required_fields=["competitor"])
    page = visit(reverse("pipeline:board"), user=cast.rep)
    tab_to(page, "[data-deal] [data-move]")
    page.keyboard.press("Enter")
    ways = {"[data-page=win]": "Mark “Deal of rep” won", "[data-deal] [name=stage]": "“Discovery” needs this first"}
    for button, words in ways.items():
        tab_to(page, button)
        page.keyboard.press("Enter")
        left(page, opened(page, words))
        assert page.locator("[data-deal] summary:focus").count() == 1
        page.keyboard.press("Enter")


def test_a_key_gives_the_focus_back_to_the_row(cast, visit):
    page = visit(reverse("pipeline:lead_list"), user=cast.rep)
    page.keyboard.press("j")
    page.keyboard.press("l")
    left(page, opened(page, "Log activity"))
    assert focused(page) == "Lead of rep"
    page.keyboard.press("?")
    left(page, page.locator("#keys[open]"))
    assert focused(page) == "Lead of rep"


@pytest.mark.parametrize("name", ["metrics:today", "pipeline:board", "pipeline:deal_list", "deal", "lead", "lines"])
def test_tab_goes_through_a_page_and_round_again(cast, visit, name):
    owns = cast.owns["rep"]
    addresses = {
        "deal": owns.deal.get_absolute_url(),
        "lead": owns.lead.get_absolute_url(),
        "lines": reverse("pipeline:deal_lines", args=[owns.deal.pk]),
    }
    page = visit(addresses.get(name) or reverse(name), user=cast.rep)
    page.evaluate("window.stops = []")
    for _ in range(150):
        page.keyboard.press("Tab")
        if page.evaluate("stops.includes(document.activeElement) || document.activeElement === document.body"):
            break
        assert page.evaluate(MARKED), page.evaluate("document.activeElement.outerHTML")
        page.evaluate("stops.push(document.activeElement)")
    reached = page.evaluate("""[...document.querySelectorAll("main a[href], main button, main input, main select")]
        .filter((one) => one.checkVisibility({ visibilityProperty: true }) && one.tabIndex >= 0 && !one.disabled
                         && one.type !== "hidden" && one.type !== "radio" && !stops.includes(one))
        .map((one) => one.outerHTML)""")
    assert reached == []
