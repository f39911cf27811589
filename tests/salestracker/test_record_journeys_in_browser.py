"""What is done to many records or to two that are one, in a browser: merged, changed by fifty, edited in the row."""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.models import Account, Contact
from pipeline.actions.deals import create_deal
from pipeline.models import Deal, Stage

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 360, "has_touch": True, "is_mobile": True}
NOW = datetime.datetime(2026, 11, 20, 12, tzinfo=datetime.UTC)


@pytest.mark.parametrize(("width", "scripts"), [(1280, True), (360, True), (360, False)])
def test_two_accounts_become_one_and_two_again(visit, cast, width, scripts):
    kept = cast.owns["rep"].account
    gone = Account.objects.create(name="Account of rep Ltd", owner=cast.reps["rep"], industry="food", segment="Large")
    deal = create_deal(by=cast.rep, now=NOW, name="Of the double", owner=cast.reps["rep"], account=gone)
    page = visit(
        reverse("pipeline:account_merge", args=[kept.pk]), user=cast.rep, width=width, java_script_enabled=scripts
    )
    page.click(f"main a:has-text('{gone}')")
    page.wait_for_url("**with=*")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert "Open deals" in page.locator("main").inner_text()
    page.check("[name=industry][value=gone]", force=True)
    page.click("main button.btn-primary")
    page.wait_for_url(f"**{kept.get_absolute_url()}")
    deal.refresh_from_db()
    kept.refresh_from_db()
    assert (deal.account, kept.industry, kept.segment) == (kept, "food", "Large")
    page.locator("main form[action*=unmerge] button").click()
    page.wait_for_function("!document.querySelector('main form[action*=unmerge]')")
    deal.refresh_from_db()
    kept.refresh_from_db()
    assert (deal.account, kept.industry, kept.segment) == (gone, "retail", "")


@pytest.mark.parametrize("scripts", [True, False])
def test_two_contacts_become_one_and_two_again_on_a_phone(visit, cast, scripts):
    kept = cast.owns["rep"].contact
    Contact.objects.filter(pk=kept.pk).update(name="Ida Roth", title="Buyer", phone="")
    gone = Contact.objects.create(account=kept.account, name="Ida Roth", email="ida@rep.test", phone="+49 30 1234")
    deal = create_deal(
        by=cast.rep, now=NOW, name="Of the double", owner=cast.reps["rep"], account=kept.account, contact=gone
    )
    page = visit(kept.get_absolute_url(), user=cast.rep, java_script_enabled=scripts, **PHONE)
    page.locator("main details:has(a[href*='/merge/']) > summary").tap()
    with page.expect_navigation():
        page.locator("main a[href*='/merge/']").tap()
    with page.expect_navigation():
        page.locator(f"main a[href*='with={gone.pk}']").tap()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    shown = page.locator("main").inner_text()
    assert "Open deals" in shown
    assert "ida@rep.test" in shown
    page.locator("label:has([name=email][value=gone])").tap()
    with page.expect_navigation():
        page.locator("main button.btn-primary").tap()
    assert page.url.endswith(kept.get_absolute_url())
    deal.refresh_from_db()
    kept.refresh_from_db()
    assert (deal.contact, kept.email, kept.phone, kept.title) == (kept, "ida@rep.test", "+49 30 1234", "Buyer")

    with page.expect_navigation():
        page.locator("main form[action*=unmerge] button").tap()
    assert page.locator("main form[action*=unmerge]").count() == 0
    deal.refresh_from_db()
    kept.refresh_from_db()
    gone.refresh_from_db()
    assert (deal.contact, kept.email, kept.phone) == (gone, "buyer@rep.test", "")
    assert (gone.email, gone.phone) == ("ida@rep.test", "+49 30 1234")


KEPT = ("pk", "name", "amount", "currency", "base_minor", "stage", "owner", "outcome", "expected_close_on",
        "forecast_category", "probability", "next_step_on")  # fmt: skip


def test_fifty_deals_are_changed_at_once_and_back(walk, cast):
    """Fifty of different amounts, stages, owners and dates; some without an amount or a date."""
    Deal.objects.all().delete()
    stages = list(Stage.objects.filter(name__in=["Qualification", "Discovery", "Proposal"]))
    for number in range(50):
        create_deal(
            by=cast.manager, now=NOW, name=f"Deal {number}", owner=cast.reps[("rep", "colleague")[number % 2]],
            stage=stages[number % 3], amount=None if number % 7 == 0 else Decimal(100 * number) + Decimal("0.25"),
            expected_close_on=None if number % 5 == 0 else datetime.date(2027, 1, 1 + number % 28),
            forecast_category="commit" if number % 4 == 0 else "",
        )  # fmt: skip
    before = list(Deal.objects.order_by("pk").values(*KEPT))
    page = walk(reverse("pipeline:deal_list"), user=cast.manager)
    with page.expect_navigation():
        page.press("#bulk button[name=all]")
    page.select_option("[name=stage]", label="Negotiation")
    page.select_option("[name=owner]", label="Colleague")
    page.select_option("[name=forecast_category]", "best case")
    page.fill("[name=expected_close_on]", "2027-03-31")
    with page.expect_navigation():
        page.press("form:has([name=picked]) button.btn-primary")
    page.get_by_text("50 deals will change").wait_for()
    with page.expect_navigation():
        page.press("form:has([name=confirmed]) button.btn-primary")
    page.locator(".st-toast", has_text="50 deals changed").wait_for()
    changed = Deal.objects.filter(
        expected_close_on="2027-03-31", stage__name="Negotiation", owner=cast.reps["colleague"],
        forecast_category="best case",
    )  # fmt: skip
    assert changed.count() == 50
    with page.expect_navigation():
        page.press(".st-toast button:has-text('Undo')")
    page.locator(".st-toast", has_text="50").wait_for()
    assert list(Deal.objects.order_by("pk").values(*KEPT)) == before


@pytest.mark.parametrize(("width", "scripts"), [(1280, True), (360, False)])
def test_a_row_is_edited_in_the_list(visit, cast, width, scripts):
    deal = cast.owns["rep"].deal
    page = visit(reverse("pipeline:deal_list"), user=cast.rep, width=width, java_script_enabled=scripts)
    page.click(f"#deal-{deal.pk} a[href*='edit=']")
    page.wait_for_url("**edit=*")
    if scripts:
        assert page.evaluate("document.activeElement.name") == "stage"
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.fill(f"#deal-{deal.pk} [name=amount]", "4321")
    page.press(f"#deal-{deal.pk} [name=amount]", "Enter")
    page.wait_for_url(f"**#deal-{deal.pk}")
    deal.refresh_from_db()
    assert deal.amount == 4321
    assert page.locator(f"#deal-{deal.pk} [name=amount]").count() == 0


def test_a_list_is_exported_from_a_phone(visit, cast):
    page = visit(reverse("pipeline:deal_list"), user=cast.rep, width=360, has_touch=True, is_mobile=True)
    page.tap(".st-filters .st-narrow summary")
    with page.expect_download() as download:
        page.get_by_role("link", name="Export").tap()
    assert "Deal of rep,Account of rep," in download.value.path().read_text()
