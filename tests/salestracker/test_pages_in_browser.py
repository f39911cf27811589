"""The pages of signing in, of the own account and of errors as a browser shows them: no report of the content security
policy, nothing that scrolls sideways, nothing that axe finds."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from accounts.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OPEN = ["account_login", "account_reset_password", "account_reset_password_done", "account_signup"]
OWN = ["account_change_password", "mfa_index", "usersessions_list"]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# Chromium says so about every page that asks for a password without an e-mail field, and about every 4xx answer.
EXPECTED = ("Password forms should have", "Failed to load resource")


def look_at(page) -> dict:
    heard = [text for text in page.heard if not any(known in text for known in EXPECTED)]
    violations = Axe().run(page, options=RULES).response["violations"]  # asks for imported sheets where they are not
    return {
        "heard": heard,
        "violations": [(one["id"], [node["html"] for node in one["nodes"]]) for one in violations],
        "wider than the screen": page.evaluate("document.documentElement.scrollWidth > window.innerWidth"),
    }


CLEAN = {"heard": [], "violations": [], "wider than the screen": False}


@pytest.mark.looks
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")])
@pytest.mark.parametrize("name", OPEN)
def test_pages_before_signing_in(visit, name, width, scheme):
    page = visit(reverse(name), width=width, color_scheme=scheme)
    assert look_at(page) == CLEAN


@pytest.mark.looks
@pytest.mark.parametrize(("width", "theme"), [(1280, User.Theme.DARK), (360, User.Theme.LIGHT)])
@pytest.mark.parametrize("name", OWN)
def test_pages_of_the_own_account(visit, person, name, width, theme):
    page = visit(reverse(name), user=person(theme=theme), width=width)
    assert page.locator("html").get_attribute("data-bs-theme") == theme
    assert look_at(page) == CLEAN


@pytest.mark.parametrize("width", [1280, 360])
def test_what_does_not_exist_is_said_inside_the_frame(visit, person, width):
    page = visit("/nowhere/", user=person(), width=width)
    assert "There is nothing here" in page.locator("h1").inner_text()
    assert page.locator("nav.st-side, nav.st-tabbar").count() == 2
    assert look_at(page) == CLEAN


def test_signing_in_with_a_wrong_password_says_what_to_mend(visit, person):
    page = visit(reverse("account_login"), width=360)
    page.fill("[name=login]", person().email)
    page.fill("[name=password]", "not the passphrase")
    page.click("button.btn-primary")
    assert "E-mail and password don’t match." in page.locator("[role=alert]").inner_text()
    assert look_at(page) == CLEAN


def test_signing_in_works_without_scripts(visit, person):
    page = visit(reverse("account_login"), java_script_enabled=False)
    page.fill("[name=login]", person().email)
    page.fill("[name=password]", "a long passphrase")
    page.click("button.btn-primary")
    assert not page.url.endswith(reverse("account_login"))
