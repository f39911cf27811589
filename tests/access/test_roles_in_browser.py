"""Each role signs in by the real form, in a real browser, and finds its own pages and no others."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache

from accounts.models import User
from tests.cast import Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "correct horse battery"
SHARED = ("/pipeline/", "/leads/", "/accounts/", "/contacts/", "/activities/")
FIGURES = ("/kpis/", "/funnel/", "/cohorts/", "/pipeline/changes/", "/forecast/")
SET_UP = ("/imports/", "/settings/", "/jobs/")
OTHER_ADMIN_PAGES = ("/audit/", "/settings/users/", "/settings/teams/", "/admin/")
IN_SIDEBAR = {
    "rep": {"/today/", *SHARED, "/my-numbers/", "/earnings/"},
    "manager": {"/today/", *SHARED, "/my-numbers/", "/earnings/", "/statements/", "/plans/", "/team/", *FIGURES},
    "leader": {*SHARED, *FIGURES, "/books/", "/statements/", "/plans/"},
    "admin": {*SHARED, *FIGURES, "/books/", "/statements/", "/plans/", *SET_UP},
}
"""What the navigation offers each role."""
ABSENT = {
    "rep": ("/team/", "/forecast/", *SET_UP, *OTHER_ADMIN_PAGES),
    "manager": (*SET_UP, *OTHER_ADMIN_PAGES),
    "leader": ("/team/", *SET_UP, *OTHER_ADMIN_PAGES, "/deals/new/"),
    "admin": ("/team/",),
}
"""What does not exist for it, though it does for others."""
SEES = {"rep": ("rep",), "manager": ("colleague", "rep"), "leader": ("colleague", "rep", "rival"),
        "admin": ("colleague", "rep", "rival")}  # fmt: skip
"""Whose deals it sees."""


EXPECTED = "Failed to load resource"  # what Chromium says of every 404


@pytest.fixture
def sign_in(browser: Any, live_server: Any) -> Iterator[Callable[[User], Any]]:
    """Fills in the sign-in page; gives the page that follows, which notes in ``heard`` what it logs."""
    contexts = []

    def through_the_form(user: User) -> Any:
        cache.clear()
        contexts.append(browser.new_context(viewport={"width": 1280, "height": 900}, base_url=live_server.url))
        page = contexts[-1].new_page()
        page.heard = []
        page.on("pageerror", lambda error: page.heard.append(str(error)))
        page.on(
            "console", lambda said: page.heard.append(said.text) if "Content Security Policy" in said.text else None
        )
        page.goto("/auth/login/")
        page.fill("[name=login]", user.email)
        page.fill("[name=password]", PASSWORD)
        page.click("main button[type=submit].btn-primary, button.btn-primary")
        return page

    yield through_the_form
    for context in contexts:
        context.close()


def sidebar(page: Any) -> set[str]:
    links = page.locator("nav.st-side a[href]").evaluate_all("links => links.map(link => new URL(link.href).pathname)")
    return set(links) - {"/"}


@pytest.mark.parametrize("role", IN_SIDEBAR)
def test_a_role_finds_its_pages_and_no_others(cast: Cast, sign_in, role):
    page = sign_in(getattr(cast, role))
    page.goto("/pipeline/")
    assert sidebar(page) == IN_SIDEBAR[role]
    for path in sorted(IN_SIDEBAR[role]):
        answer = page.goto(path)
        assert (path, answer.status, page.locator("h1").count()) == (path, 200, 1)
    for path in ABSENT[role]:
        answer = page.goto(path)
        assert (path, answer.status) == (path, 404)
        assert "There is nothing here" in page.locator("h1").inner_text()
    assert [text for text in page.heard if EXPECTED not in text] == []


@pytest.mark.parametrize("role", SEES)
def test_a_role_sees_the_deals_in_its_sight(cast: Cast, sign_in, role):
    page = sign_in(getattr(cast, role))
    page.goto("/deals/")
    shown = page.locator("main").inner_text()
    assert [name for name in ("colleague", "rep", "rival") if f"Deal of {name}" in shown] == sorted(SEES[role])
    for name, owns in cast.owns.items():
        answer = page.goto(f"/deals/{owns.deal.pk}/")
        assert (name, answer.status) == (name, 200 if name in SEES[role] else 404)


def test_a_deactivated_user_does_not_get_in(cast: Cast, sign_in):
    page = sign_in(cast.deactivated)
    page.goto("/pipeline/")
    assert "/auth/login/" in page.url


def test_who_is_deactivated_meanwhile_is_out(cast: Cast, sign_in):
    page = sign_in(cast.rep)
    assert page.goto("/pipeline/").status == 200
    User.objects.filter(pk=cast.rep.pk).update(is_active=False)
    page.goto("/deals/")
    assert "/auth/login/" in page.url


def test_a_new_role_holds_from_the_next_page_on(cast: Cast, sign_in):
    page = sign_in(cast.admin)
    assert page.goto("/settings/").status == 200
    User.objects.filter(pk=cast.admin.pk).update(role="rep")
    assert page.goto("/settings/").status == 404
