"""Building a plan by its fields in a browser: with scripts no page is loaded until it is saved, without them each
button loads one; nothing that axe finds, nothing that scrolls sideways."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client

from accounts.models import Rep
from metrics.incentives.documents import document_of, terms_of
from metrics.incentives.plan_file import dump_document
from metrics.models import PlanVersion

pytestmark = [pytest.mark.browser, pytest.mark.looks, pytest.mark.django_db(transaction=True)]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
SAVED = """name: Sellers
currency: EUR
applies_to:
  reps: []
  teams:
    - north
  roles: []
statement_every: month
accumulate: quarter
clawback_days: 90
components:
  - name: Hit rate
    kind: bonus
    metric: win_rate
    at_least: 0.35
    pays: 1000
    every: month
    min_n: 1
  - name: Accelerator
    kind: commission
    basis: amount
    tiers:
      by: attainment
      of: won_revenue
      mode: marginal
      steps:
        - from: 0
          rate: 0.05
        - from: 1
          rate: 0.125
    cap: 50000
"""


@pytest.fixture
def visit(browser, live_server, cast):
    contexts = []

    def open_page(width=1280, **options):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, base_url=live_server.url, locale="en-GB", **options
        )
        client = Client()
        client.force_login(cast.admin)
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
        context.add_cookies([cookie])
        contexts.append(context)
        page = context.new_page()
        page.heard = []
        page.on("console", lambda message: page.heard.append(message.text))
        page.on("pageerror", lambda error: page.heard.append(str(error)))
        page.goto("/plans/new/")
        return page

    yield open_page
    for context in contexts:
        context.close()


def named(page, place):
    return page.locator(f'[name="{place}"]')


def pick(page, place, value):
    page.locator(f'label:has([name="{place}"][value="{value}"])').click()


def press(page, value):
    page.locator(f'button[value="{value}"]').click()


def fill_in(page):
    """From what a new plan begins with, a commission in steps of the amount."""
    named(page, "name").fill("Sellers")
    named(page, "clawback_days").fill("90")
    pick(page, "applies_to.roles", "rep")
    pick(page, "applies_to.teams", "north")
    named(page, "components[0].name").fill("Accelerator")
    pick(page, "components[0].tiers.by", "attainment")
    named(page, "components[0].tiers.of").select_option("won_revenue")
    named(page, "components[0].tiers.steps[1].from").fill("100")
    named(page, "components[0].tiers.steps[1].rate").fill("12.5")
    named(page, "components[0].cap").fill("50,000")


def fill_in_bonus(page):
    named(page, "components[1].name").fill("Hit rate")
    named(page, "components[1].metric").select_option("win_rate")
    named(page, "components[1].level").fill("35%")
    named(page, "components[1].pays").fill("1000")


def saved():
    return dump_document(document_of(terms_of(PlanVersion.objects.get().content)))


def test_a_plan_of_steps_and_a_bonus_is_built_by_fields(visit):
    """10,000 above a target of 100,000 pay 12.5 %, 1,250; 5 % of it below, 500."""
    page = visit()
    page.evaluate("window.sameDocument = true")
    page.get_by_text("This deal pays €500.00").wait_for()
    fill_in(page)
    named(page, "so_far").fill("100000")
    page.get_by_text("This deal pays €1,250.00").wait_for()
    rate = named(page, "components[0].tiers.steps[1].rate")
    rate.fill("-1")
    page.get_by_text("Must not be below 0.").wait_for()
    assert rate.get_attribute("aria-invalid") == "true"
    rate.fill("12.5")
    page.get_by_text("Must not be below 0.").wait_for(state="detached")
    assert rate.get_attribute("aria-invalid") is None
    press(page, "add:bonus")
    page.locator(".st-part").nth(1).wait_for()
    assert page.evaluate("document.activeElement.name") == "components[1].name"
    assert "fields are still to be filled in" in page.locator("[data-preview]").inner_text()
    fill_in_bonus(page)
    page.get_by_text("€1,000.00 each month in which").wait_for()
    press(page, "up:1")
    page.locator('[name="components[0].metric"]').wait_for()
    press(page, "text")
    page.locator("textarea[name=text]").wait_for()
    assert page.locator("textarea").input_value() == SAVED
    assert page.evaluate("document.activeElement.value") == "fields"
    press(page, "fields")
    page.locator(".st-part").nth(1).wait_for()
    assert page.evaluate("window.sameDocument") is True
    with page.expect_navigation():
        page.get_by_role("button", name=re.compile("Save draft")).click()
    assert saved() == SAVED
    assert page.heard == []


def test_it_is_built_the_same_without_scripts(visit):
    page = visit(java_script_enabled=False)
    fill_in(page)
    press(page, "add:bonus")
    assert named(page, "components[0].cap").input_value() == "50,000"
    fill_in_bonus(page)
    press(page, "up:1")
    named(page, "name").press("Enter")  # only looks
    assert page.get_by_text("This deal pays €500.00").count() == 1
    page.get_by_role("button", name=re.compile("Save draft")).click()
    assert saved() == SAVED


def test_one_of_many_names_is_looked_for(visit, cast):
    for number in range(20):
        Rep.objects.create(name=f"Seller {number:02}", email=f"seller{number:02}@cast.test")
    page = visit()
    look_for = page.locator('[name="applies_to.reps"][data-plan-more]')
    for number in ("07", "03"):
        look_for.fill(f"seller{number}@cast.test")
        look_for.press("Enter")
        page.get_by_label(f"Seller {number}", exact=True).wait_for()
    page.get_by_label("Seller 07", exact=True).press("Space")  # taken back
    with page.expect_navigation():
        page.get_by_role("button", name=re.compile("Save draft")).click()
    assert terms_of(PlanVersion.objects.get().content).applies_to.reps == ("seller03@cast.test",)


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(visit, width, scheme):
    page = visit(width=width, color_scheme=scheme)
    for number, kind in enumerate(("bonus", "spiff", "override", "draw"), 1):
        press(page, f"add:{kind}")
        page.locator(".st-part").nth(number).wait_for()
    page.locator(".st-plan-filters summary").first.click()
    page.locator('button[name="check"]').last.click()
    page.locator("[aria-invalid=true]").first.wait_for()
    check_look(page, width)
    press(page, "text")
    page.locator("textarea[name=text]").wait_for()
    check_look(page, width)


def check_look(page, width):
    violations = Axe().run(page, options=RULES).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in violations] == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
