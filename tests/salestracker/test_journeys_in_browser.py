"""What somebody does in one go, in a real browser: get in by invitation, bring a file in, work without scripts."""

import re

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.urls import reverse

from accounts.models import Account, User
from pipeline.models import Activity, Deal, ImportRun

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ACCOUNTS = b"""Company,Website,Owner,Employees,Mood
Orchid,orchid.test,Rep,12,fine
Lotus,lotus.test,Nobody,3,
Lily,lily.test,,many,
"""
NEW = "seven green bicycles"
UNSURPRISING = ("Password forms should have", "Failed to load resource")


def surprises(page):
    return [text for text in page.heard if not any(known in text for known in UNSURPRISING)]


def facts(page):
    """The counts of a preview or a result: created, changed, unchanged, bad."""
    return [int(text) for text in page.locator("dl.st-facts dd.st-num").all_inner_texts()]


def code_of(secret):
    """What the authenticator app shows now."""
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_file_is_tried_mended_imported_and_undone(visit, cast, scripts):
    page = visit(reverse("pipeline:import_list"), user=cast.admin, java_script_enabled=scripts)
    page.select_option("[name=kind]", "accounts")
    page.set_input_files("[name=file]", {"name": "crm.csv", "mimeType": "text/csv", "buffer": ACCOUNTS})
    page.click("text=Upload and preview")
    guesses = [page.locator(f"[name=column_{n}]").input_value() for n in range(5)]
    assert guesses == ["name", "domain", "owner", "employees", ""]
    assert "orchid.test" in page.get_by_role("table", name="Columns of the file").inner_text()
    with page.expect_download() as download:
        page.click("text=Bad rows as a file")
    lines = download.value.path().read_text().splitlines()
    assert [line.partition(",")[0] for line in lines] == ["Company", "Lotus", "Lily"]

    page.select_option("[name=column_2]", "")
    page.select_option("[name=column_4]", "segment")
    page.select_option("[name=on_error]", "skip")
    page.click("text=Preview again")
    assert (page.locator("[name=column_4]").input_value(), facts(page)) == ("segment", [2, 0, 0, 1])
    assert not Account.objects.filter(name="Orchid").exists()

    page.click("main button[name=import]")
    assert facts(page) == [2, 0, 0, 1]
    assert Account.objects.filter(name__in=["Orchid", "Lotus", "Lily"]).count() == 2
    assert Account.objects.get(name="Orchid").segment == "fine"

    page.click("text=Undo this import")
    page.wait_for_load_state()
    assert ImportRun.objects.get().state == "undone"
    assert not Account.objects.live().filter(name__in=["Orchid", "Lotus"]).exists()
    assert surprises(page) == []


def test_the_pickers_fit_a_phone(visit, cast):
    page = visit(reverse("pipeline:import_list"), user=cast.admin, width=360)
    page.select_option("[name=kind]", "accounts")
    page.set_input_files("[name=file]", {"name": "crm.csv", "mimeType": "text/csv", "buffer": ACCOUNTS})
    page.click("text=Upload and preview")
    page.wait_for_selector("[name=column_0]")
    assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth")


def test_an_invitation_leads_to_a_password_and_a_second_factor(visit, cast, live_server):
    page = visit(reverse("accounts:user_create"), user=cast.admin)
    page.fill("[name=name]", "Nia")
    page.fill("[name=email]", "nia@cast.test")
    page.select_option("[name=role]", "leader")
    page.click("main button.btn-primary")
    page.wait_for_url("**" + reverse("accounts:user_list"))
    address = re.search(r"http://[^/\s]+(/invitation/\S+)", mail.outbox[-1].body)[1]

    own = visit(address)
    own.fill("[name=password]", NEW)
    with own.expect_navigation():
        own.click("main button.btn-primary")
    assert "/invitation/" not in own.url
    own.goto(live_server.url + reverse("mfa_activate_totp"))
    if own.locator("[name=password]").count():
        own.fill("[name=password]", NEW)
        own.click("main button.btn-primary")
    secret = own.locator("#authenticator_secret").input_value()
    own.fill("[name=code]", code_of(secret))
    with own.expect_navigation():
        own.click("main button.btn-primary")
    assert User.objects.get(email="nia@cast.test").authenticator_set.filter(type="totp").exists()

    again = visit(reverse("account_login"))
    again.fill("[name=login]", "nia@cast.test")
    again.fill("[name=password]", NEW)
    again.click("button.btn-primary")
    again.wait_for_selector("[name=code]")
    assert again.goto(live_server.url + "/deals/").url.startswith(live_server.url + "/auth/")
    assert surprises(page) + surprises(own) + surprises(again) == []


def test_a_deal_is_worked_without_scripts(visit, cast, live_server):
    deal = cast.owns["rep"].deal
    page = visit(deal.get_absolute_url(), user=cast.rep, java_script_enabled=False)
    page.goto(live_server.url + reverse("pipeline:activity_log") + f"?deal={deal.pk}")
    page.check("[name=kind][value=call]", force=True)
    page.fill("[name=body]", "Asked for the price list")
    page.click(".st-sheet-foot button.btn-primary")
    assert Activity.objects.filter(deal=deal, body="Asked for the price list").exists()

    page.goto(live_server.url + reverse("pipeline:deal_move", args=[deal.pk]))
    page.click("main form >> text=Proposal")
    assert Deal.objects.get(pk=deal.pk).stage.name == "Proposal"

    page.goto(live_server.url + reverse("pipeline:deal_edit", args=[deal.pk]))
    page.fill("[name=name]", "Forty batteries")
    page.click("main button.btn-primary")
    assert Deal.objects.get(pk=deal.pk).name == "Forty batteries"
    assert "Forty batteries" in page.locator("h1").inner_text()

    page.click("main a[href$='/win/']")
    page.fill("[name=amount]", "1,250")
    page.click("main form button.btn-primary")
    deal.refresh_from_db()
    assert (deal.outcome, deal.amount, page.locator(".st-state.is-won").count()) == ("won", 1250, 1)


def test_a_lead_is_converted_and_a_next_step_done_without_scripts(visit, cast, live_server):
    lead, deals = cast.owns["rep"].lead, Deal.objects.count()
    page = visit(lead.get_absolute_url(), user=cast.rep, java_script_enabled=False)
    page.click("main a[href$='/convert/']")
    page.check("[name=account][value=new]", force=True)
    page.check("[name=contact][value=new]", force=True)
    page.fill("[name=deal_name]", "Solar roof")
    page.click("main form button.btn-primary")
    lead.refresh_from_db()
    assert (lead.status, lead.deal.name, Deal.objects.count()) == ("converted", "Solar roof", deals + 1)
    assert "Solar roof" in page.locator("h1").inner_text()

    page.goto(live_server.url + reverse("pipeline:activity_plan") + f"?deal={lead.deal.pk}")
    page.fill("[name=subject]", "Measure the roof")
    page.click("main form button.btn-primary")
    step = Activity.objects.get(subject="Measure the roof")
    page.goto(live_server.url + reverse("pipeline:activity_complete", args=[step.pk]))
    page.click("button[name=then][value=week]")
    step.refresh_from_db()
    assert step.done_at is not None
    assert lead.deal.activities.filter(done_at=None).count() == 1


def test_what_a_deal_lacks_is_mended_without_scripts(visit, cast):
    deal = cast.owns["rep"].deal
    Deal.objects.filter(pk=deal.pk).update(amount=None, base_minor=None)
    page = visit(reverse("metrics:my_numbers"), user=cast.rep, java_script_enabled=False)
    page.locator("#debt summary", has_text="No amount").click()
    page.fill("#debt [name=amount]", "1,250")
    page.locator("#debt form:has([name=amount]) button").click()
    assert Deal.objects.get(pk=deal.pk).amount == 1250
    assert "saved" in page.locator(".st-toast").inner_text()
