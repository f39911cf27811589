"""Two people have one deal open and both save it: the second is told, sees both versions and keeps what he typed."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse

from pipeline.models import Deal, Product

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TOLD = "Somebody saved this record while you were typing. Nothing of yours is lost"


@pytest.fixture
def deal(cast):
    return cast.owns["rep"].deal


def button(page, name):
    """Its name begins like this; its key may follow."""
    return page.get_by_role("button", name=re.compile(f"^{re.escape(name)}"))


def differing(page):
    """The rows of the table of both versions: field, saved now, mine."""
    rows = page.get_by_role("table", name="Values that differ").locator("tbody tr")
    return [row.locator("th, td").all_inner_texts() for row in rows.all()]


def test_the_second_to_save_an_edited_deal_decides(walk, cast, deal):
    manager = walk(deal.get_absolute_url(), user=cast.manager)
    page = walk(deal.get_absolute_url(), user=cast.rep)
    for one, amount in ((page, "1200"), (manager, "1500")):
        one.press(one.get_by_role("link", name="Edit", exact=False).first)
        one.fill("dialog[open] [name=amount]", amount)
    page.fill("dialog[open] [name=name]", "Forty lamps")
    manager.fill("dialog[open] [name=expected_close_on]", "2027-03-31")
    manager.follow(button(manager.locator("dialog[open]"), "Save"))

    dialog = page.locator("dialog[open]")
    page.press(button(dialog, "Save"))
    dialog.get_by_role("alert").get_by_text(TOLD).wait_for()
    assert differing(dialog) == [
        ["Amount", "1500", "1200"],
        ["Expected close", "31 Mar 2027", "left alone, now as saved"],
    ]
    assert dialog.get_by_role("alert").evaluate("alert => alert === document.activeElement")  # in sight, and read out
    assert [dialog.locator(f"[name={name}]").input_value() for name in ("name", "amount")] == ["Forty lamps", "1,200"]
    assert Deal.objects.get(pk=deal.pk).amount == 1500
    page.follow(button(dialog, "Save"))
    deal.refresh_from_db()
    assert (deal.name, deal.amount, f"{deal.expected_close_on}") == ("Forty lamps", 1200, "2027-03-31")


def test_the_second_to_move_a_deal_decides(walk, cast, deal):
    page = walk(reverse("pipeline:board"), user=cast.rep)
    manager = walk(deal.get_absolute_url(), user=cast.manager)
    manager.press(manager.get_by_role("link", name="Move to…"))
    manager.follow(button(manager.locator("dialog[open]"), "Discovery"))

    card, dialog = page.locator(f"[data-deal='{deal.get_absolute_url()}']"), page.locator("dialog[open]")
    page.press(card.locator("[data-move]"))
    page.press(button(card, "Proposal"))
    dialog.get_by_role("alert").get_by_text("Not moved: Manager changed this deal").wait_for()
    assert differing(dialog) == [["Stage", "Discovery", "Proposal"]]
    page.follow(button(dialog, "Move to Proposal"))
    page.locator(".st-toast").get_by_text("moved to Proposal").wait_for()
    deal.refresh_from_db()
    assert deal.stage.name == "Proposal"


def test_the_second_to_save_lines_decides(walk, cast, deal):
    oven = Product.objects.create(name="Oven", list_price=Decimal(900))
    lamp = Product.objects.create(name="Lamp", list_price=Decimal(20))
    address = reverse("pipeline:deal_lines", args=[deal.pk])
    page, manager = walk(address, user=cast.rep), walk(address, user=cast.manager)
    page.select_option("[name=rows-0-product]", label="Oven")
    page.fill("[name=rows-0-quantity]", "7")
    manager.select_option("[name=rows-0-product]", label="Lamp")
    manager.follow(button(manager, "Save lines"))

    page.follow(button(page, "Save lines"))
    page.get_by_role("alert").get_by_text(TOLD).wait_for()
    assert differing(page) == [["Lines", "Lamp × 1", "Oven × 7"]]
    assert page.input_value("[name=rows-0-quantity]") == "7"
    assert list(deal.lines.values_list("product", flat=True)) == [lamp.pk]
    page.follow(button(page, "Save lines"))
    assert list(deal.lines.values_list("product", "quantity")) == [(oven.pk, 7)]
