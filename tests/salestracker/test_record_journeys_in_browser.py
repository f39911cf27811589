"""What is done to many records or to two that are one, in a browser: merged, changed by fifty, edited in the row."""

import datetime

import pytest
from django.urls import reverse

from accounts.models import Account
from pipeline.actions.deals import create_deal
from pipeline.models import Deal

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
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


def test_fifty_deals_are_changed_at_once_and_back(visit, cast):
    Deal.objects.all().delete()
    for number in range(50):
        create_deal(by=cast.rep, now=NOW, name=f"Deal {number}", owner=cast.reps["rep"])
    page = visit(reverse("pipeline:deal_list"), user=cast.rep)
    page.click("#bulk button[name=all]")
    page.fill("[name=expected_close_on]", "2027-03-31")
    page.click("form:has([name=picked]) button.btn-primary")
    page.wait_for_selector("text=50 deals will change")
    page.click("form:has([name=confirmed]) button.btn-primary")
    page.wait_for_selector(".st-toast:has-text('50 deals changed')")
    assert Deal.objects.filter(expected_close_on="2027-03-31").count() == 50
    page.click(".st-toast button:has-text('Undo')")
    page.wait_for_selector(".st-toast:has-text('50')")
    page.wait_for_function("!document.querySelector('main').innerText.includes('31 Mar')")
    assert Deal.objects.filter(expected_close_on=None).count() == 50


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
