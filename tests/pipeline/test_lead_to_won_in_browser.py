"""From the inbox to the figure in a browser, at a desk and on a phone: a lead is claimed, qualified and converted, its
deal priced, shared, moved and won, and what the rep is credited with stands in his numbers."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.models import Account
from pipeline.actions.leads import create_lead
from pipeline.models import Deal, LostReason, Product, Stage
from tests.cast import NOW

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def bakery(cast):
    """An account of the rep."""
    return Account.objects.create(name="Rose Bakery GmbH", owner=cast.reps["rep"])


@pytest.fixture
def lead(cast):
    """In the queue of the rep's team, from somebody at the bakery."""
    return create_lead(by=None, now=NOW, name="Rosa Park", company="Rose Bakery", team=cast.north)


def won_revenue(page, live_server, address):
    """What the tile on a page of figures says, the rows behind it, and what they add up to."""
    page.goto(live_server.url + address)
    tile = page.locator(".st-tile", has_text="Won revenue").first
    shown = tile.locator(".st-tile-value").inner_text().strip()
    page.follow(tile)
    table = page.get_by_role("table", name="Records behind Won revenue")
    return shown, table.locator("tbody tr").count(), table.locator("tfoot td").last.inner_text()


def button(page, name):
    """Its name begins like this; its key may follow."""
    return page.get_by_role("button", name=re.compile(f"^{re.escape(name)}"))


def link(page, name):
    return page.get_by_role("link", name=name, exact=True)


def said(page, words):
    page.locator(".st-toast").get_by_text(words).wait_for()


def take_up(page, bakery):
    """From the inbox to an open deal of the account that is there already."""
    page.follow(button(page, "Claim Rosa Park"))
    said(page, "is yours")
    page.follow(link(page, "Rosa Park"))
    page.follow(button(page, "Qualify"))
    page.locator(".st-head .st-state", has_text="Qualified").wait_for()
    page.follow(link(page, "Convert…"))
    assert page.locator("[name=account]:checked").get_attribute("value") == str(bakery.pk)
    page.fill("[name=deal_name]", "Three ovens")
    page.follow(button(page, "Convert lead"))


def price(page):
    """Two lines, and their sum as the amount: 3 × 1,200 less a tenth are 3,240; with 410.50 they are 3,650.50."""
    page.follow(link(page, "Edit lines"))
    page.select_option("[name=rows-0-product]", label="Oven")
    page.fill("[name=rows-0-quantity]", "3")
    assert page.input_value("[name=rows-0-unit_price]") == "1200"  # the list's, without typing
    page.fill("[name=rows-0-discount]", "10")
    page.select_option("[name=rows-1-product]", label="Training day")
    page.follow(button(page, "Save lines"))
    page.follow(button(page, "Set amount to €3,650.50"))
    assert "€3,650.50" in page.locator("section", has=page.locator("#facts-h")).inner_text()


def share(page):
    """Sixty to forty, after a try that leaves a tenth to nobody."""
    page.follow(link(page, "Edit credits"))
    page.select_option("[name=rows-0-rep]", label="Rep")
    page.fill("[name=rows-0-share]", "60")
    page.select_option("[name=rows-1-rep]", label="Colleague")
    page.fill("[name=rows-1-share]", "30")
    page.follow(button(page, "Save credits"))
    page.get_by_role("alert").get_by_text("add up to 90 %").wait_for()
    assert page.input_value("[name=rows-0-share]") == "60"
    page.fill("[name=rows-1-share]", "40")
    page.follow(button(page, "Save credits"))
    assert page.locator("section", has=page.locator("#credits-h")).locator("dd").all_inner_texts() == ["60%", "40%"]


def move_and_win(page, deal):
    """A stage further on the board, the next one from the deal's page, which asks for what that stage needs."""
    page.follow("a[href='/pipeline/'] >> visible=true")
    card = page.locator(f"[data-deal='{deal.get_absolute_url()}']")
    page.press(card.locator("[data-move]"))
    page.press(button(card, "Discovery"))
    said(page, "moved to Discovery")
    if page.is_phone:
        page.press("[data-lane-step='1']")
    page.follow(link(card, "Three ovens"))

    dialog = page.locator("dialog[open]")
    page.press(link(page, "Move to…"))
    page.press(button(dialog, "Proposal"))
    dialog.get_by_text("“Proposal” needs this first").wait_for()
    dialog.locator("[name=expected_close_on]").fill("2027-03-31")
    page.follow(dialog.get_by_role("button", name="Move to Proposal"))
    said(page, "moved to Proposal")

    page.press(link(page, "Won…"))
    assert dialog.locator("[name=amount]").input_value() == "3650.5"
    assert "Rep 60%, Colleague 40%" in dialog.inner_text()
    page.follow(dialog.get_by_role("button", name="Mark won"))
    page.locator(".st-head .st-state.is-won").wait_for()


def test_a_lead_of_the_inbox_becomes_won_revenue(walk, cast, live_server, bakery, lead):
    Product.objects.create(name="Oven", list_price=Decimal(1200), unit_cost=Decimal(700))
    Product.objects.create(name="Training day", list_price=Decimal("410.50"))
    Stage.objects.filter(name="Proposal").update(required_fields=["expected_close_on"])
    page = walk("/leads/", user=cast.rep)
    take_up(page, bakery)
    deal = Deal.objects.get(name="Three ovens")
    assert (deal.account, deal.contact.name, deal.amount) == (bakery, "Rosa Park", None)
    price(page)
    share(page)
    move_and_win(page, deal)
    # 60 % of 3,650.50 are 2,190.30
    assert won_revenue(page, live_server, reverse("metrics:my_numbers")) == ("€2.19k", 1, "€2,190.30")
    assert [text for text in page.heard if "422" not in text] == []
    # … and his manager has the whole of it once: the other 1,460.20 are the colleague's
    above = walk(reverse("metrics:team"), user=cast.manager)
    assert won_revenue(above, live_server, reverse("metrics:team")) == ("€3.65k", 1, "€3,650.50")


def test_losing_asks_for_the_reason(walk, cast):
    too_dear = LostReason.objects.create(name="Price")
    deal = cast.owns["rep"].deal
    page = walk(deal.get_absolute_url(), user=cast.rep)
    dialog = page.locator("dialog[open]")
    page.press(link(page, "Lost…"))
    page.press(dialog.get_by_role("button", name="Mark lost"))
    dialog.get_by_text("Pick the reason why it was lost.").wait_for()
    dialog.locator("[name=reason]").select_option(label="Price")
    page.follow(dialog.get_by_role("button", name="Mark lost"))
    page.locator(".st-head .st-state.is-lost").wait_for()
    deal.refresh_from_db()
    assert (deal.outcome, deal.lost_reason) == ("lost", too_dear)
