"""A deal on the board: dragged to a stage, moved back by its menu, and back in its place where the stage refuses it."""

import pytest
from django.urls import reverse

from pipeline.models import Deal, Stage

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
