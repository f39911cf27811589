"""A deal on the board: dragged to a stage, moved back by its menu, and back in its place where the stage refuses it."""

import pytest
from django.urls import reverse

from pipeline.actions.deals import create_deal
from pipeline.models import Deal, Stage
from tests.cast import NOW

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def deal(cast):
    return cast.owns["rep"].deal


@pytest.fixture
def page(visit, cast):
    return visit(reverse("pipeline:board"), user=cast.rep)


def lane(page, name):
    return page.locator(f"[data-lane='{Stage.objects.get(name=name).pk}']")


def drag(page, deal, name):
    """By its amount to the middle of a stage, as a hand would: in steps."""
    start = page.locator(f"[data-deal='{deal.get_absolute_url()}'] .amount").bounding_box()
    goal = lane(page, name).locator("ul").bounding_box()
    page.mouse.move(start["x"] + 5, start["y"] + 5)
    page.mouse.down()
    page.mouse.move(start["x"] + 25, start["y"] + 15, steps=4)
    page.mouse.move(goal["x"] + goal["width"] / 2, goal["y"] + 20, steps=12)
    page.mouse.up()


def test_a_deal_is_dragged_and_goes_back_by_key(page, deal):
    first = deal.stage
    drag(page, deal, "Proposal")
    page.locator(".st-toast", has_text="moved to Proposal").wait_for()
    lane(page, "Proposal").locator("[data-deal]").wait_for()
    assert Deal.objects.get(pk=deal.pk).stage.name == "Proposal"

    lane(page, "Proposal").locator("[data-deal] [data-move]").focus()
    page.keyboard.press("Enter")
    button = page.locator(f"[data-deal] button[name=stage][value='{first.pk}']")
    for _ in range(6):
        page.keyboard.press("ArrowDown")
        if button.evaluate("button => button === document.activeElement"):
            break
    page.keyboard.press("Enter")
    lane(page, first.name).locator("[data-deal]").wait_for()
    assert Deal.objects.get(pk=deal.pk).stage == first
    assert lane(page, first.name).locator("[data-deal] a:focus").count() == 1
    assert page.heard == []


def test_a_stage_is_folded_and_opened_by_its_key(page, deal):
    name = deal.stage.name
    wide = lane(page, name).bounding_box()["width"]
    lane(page, name).locator(".st-fold").focus()
    page.keyboard.press("Enter")
    page.locator(".st-lane.is-folded").wait_for()
    assert lane(page, name).bounding_box()["width"] < 50 < wide
    assert lane(page, name).locator("[data-deal]").is_hidden()
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == f"Open {name}"
    page.keyboard.press("Enter")
    lane(page, name).locator("[data-deal]").wait_for()
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == f"Fold {name}"
    assert page.heard == []


def test_a_refused_deal_is_back_in_its_place_and_the_dialog_lets_it_go_on(page, deal):
    Stage.objects.filter(name="Proposal").update(required_fields=["competitor"])
    first = deal.stage
    drag(page, deal, "Proposal")
    dialog = page.locator("dialog[open]", has_text="“Proposal” needs this first")
    dialog.locator("[name=competitor]:focus").wait_for()
    assert lane(page, first.name).locator("[data-deal]").count() == 1
    assert lane(page, "Proposal").locator("[data-deal]").count() == 0
    dialog.locator("[name=competitor]").fill("Acme")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    assert lane(page, "Proposal").locator("[data-deal]").count() == 1
    deal.refresh_from_db()
    assert (deal.stage.name, deal.competitor) == ("Proposal", "Acme")


def test_without_a_connection_the_deal_is_back_in_its_place(page, deal):
    page.context.set_offline(True)
    drag(page, deal, "Proposal")
    page.locator(".st-toast[role=alert]", has_text="No connection").wait_for()
    assert lane(page, deal.stage.name).locator("[data-deal]").count() == 1
    assert Deal.objects.get(pk=deal.pk).stage == deal.stage


class Finger:
    """A finger on the glass of a page, as the browser itself reports it."""

    def __init__(self, page):
        self.page, self.wire = page, page.context.new_cdp_session(page)

    def _touch(self, kind, *points):
        found = [{"x": x, "y": y} for x, y in points]
        self.wire.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": found})

    def press(self, x, y, *, hold):
        self._touch("touchStart", (x, y))
        self.page.wait_for_timeout(hold)

    def move(self, start, goal, steps=12):
        for step in range(1, steps + 1):
            part = step / steps
            self._touch("touchMove", (start[0] + (goal[0] - start[0]) * part, start[1] + (goal[1] - start[1]) * part))
            self.page.wait_for_timeout(16)

    def lift(self):
        self._touch("touchEnd")


def middle(locator):
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def below_its_buttons(card):
    return middle(card.locator(".st-deal-row").nth(1))


def test_a_finger_that_holds_a_card_drags_it_to_a_stage(visit, cast, deal):
    page = visit(reverse("pipeline:board"), user=cast.rep, width=1024, has_touch=True, is_mobile=True)
    finger = Finger(page)
    start = below_its_buttons(page.locator(f"[data-deal='{deal.get_absolute_url()}']"))
    goal = middle(lane(page, "Proposal").locator("ul"))
    finger.press(*start, hold=350)
    finger.move(start, goal)
    finger.lift()
    page.locator(".st-toast", has_text="moved to Proposal").wait_for()
    assert Deal.objects.get(pk=deal.pk).stage.name == "Proposal"
    assert page.heard == []


def test_on_a_phone_a_held_card_stays_and_a_swipe_scrolls(visit, cast, deal):
    """One stage is shown at a time, so there is nowhere to drag to; the menu moves the card."""
    rep = cast.reps["rep"]
    for number in range(12):
        create_deal(by=None, now=NOW, name=f"Deal {number}", owner=rep, stage=deal.stage)
    page = visit(
        f"{reverse('pipeline:board')}?stage={deal.stage_id}", user=cast.rep, width=360, has_touch=True, is_mobile=True
    )
    shown = page.locator(".st-lane.is-current [data-deal]")
    order = shown.evaluate_all("cards => cards.map(card => card.dataset.deal)")
    finger = Finger(page)
    start = below_its_buttons(shown.nth(2))
    finger.press(*start, hold=350)
    finger.move(start, (start[0] - 60, start[1] + 260))
    finger.lift()
    page.wait_for_timeout(200)
    assert shown.evaluate_all("cards => cards.map(card => card.dataset.deal)") == order
    assert page.locator(".is-dragged").count() == 0
    assert page.url.split("/")[3] == "pipeline"

    start = below_its_buttons(shown.nth(3))
    finger.press(*start, hold=0)
    finger.move(start, (start[0], start[1] - 240))
    finger.lift()
    page.wait_for_timeout(300)
    assert page.evaluate("scrollY") > 100

    card = page.locator(f"[data-deal='{order[4]}']")
    card.locator("[data-move]").tap()
    card.locator("button", has_text="Proposal").tap()
    page.locator(".st-toast", has_text="moved to Proposal").wait_for()
    assert Deal.objects.get(pk=int(order[4].split("/")[2])).stage.name == "Proposal"
    assert page.heard == []
