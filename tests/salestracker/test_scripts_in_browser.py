"""What the scripts add: dialogs, drafts, shortcuts, menus, toasts, charts. Each on a page made for it."""

from types import SimpleNamespace

import pytest
from django import forms
from django.contrib import messages
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template import engines
from django.urls import include, path

from salestracker.access import ACCESS, SIGNED_IN
from salestracker.urls import urlpatterns as real

pytestmark = [pytest.mark.browser, pytest.mark.looks, pytest.mark.django_db(transaction=True)]

DESK = """{% extends "base.html" %}
{% block title %}Desk{% endblock %}
{% block scripts %}{% include "components/chart_scripts.html" only %}{% endblock %}
{% block content %}
<h1>Desk</h1>
<a id="opener" class="btn btn-default" href="/try/form/" data-dialog data-key="n">New</a>
<details class="st-menu"><summary aria-label="Move to">m</summary>
  <div class="st-pop"><a href="#a">One</a><a href="#b">Two</a></div></details>
<form method="post" action="/try/form/" data-draft="desk">{% csrf_token %}
  <label for="note">Note</label><textarea id="note" name="name"></textarea>
  {% include "components/draft_note.html" only %}<button type="submit" class="btn btn-primary">Save</button></form>
<table class="st-table"><tbody>
  <tr><th><a href="#first">First</a></th></tr><tr><th><a href="#second">Second</a></th></tr></tbody></table>
{% include "components/chart_figure.html" with chart=chart only %}
{% endblock %}"""

CHART = {
    "id": "won",
    "summary": "November stands at €3.",
    "alt": "Bars of revenue won",
    "heads": ["Month", "Won"],
    "rows": [{"label": "Oct", "cells": ["€2"]}, {"label": "Nov", "cells": ["€3"]}],
    "total": {"label": "Total", "cells": ["€5"]},
    "spec": {
        "labels": ["Oct", ["Nov", "to date"]],
        "format": "money",
        "currency": "EUR",
        "sets": [
            {"label": "Won", "data": ["2", "3"], "partial": 1, "barLabels": ["€2", "€3"]},
            {"label": "Target", "type": "line", "data": ["2.5", None], "colour": "ink-2", "endLabel": "Target"},
        ],
    },
}


class NameForm(forms.Form):
    name = forms.CharField()


def page_of(request: HttpRequest, source: str, *, status: int = 200, **context: object) -> HttpResponse:
    return HttpResponse(engines["django"].from_string(source).render(context, request), status=status)


def desk(request: HttpRequest) -> HttpResponse:
    return page_of(request, DESK, chart=SimpleNamespace(**CHART))


def form(request: HttpRequest) -> HttpResponse:
    bound = NameForm(request.POST or None)
    if request.method == "POST" and bound.is_valid():
        messages.success(request, f"Saved {bound.cleaned_data['name']}.", extra_tags="undo:/try/form/")
        return redirect("/try/")
    source = '{% extends "dialog.html" %}'
    return page_of(
        request, source, status=422 if bound.is_bound else 200, form=bound, title="New name", submit_label="Save"
    )


urlpatterns = [
    path("try/", include(([path("", desk, name="desk"), path("form/", form, name="form")], "try"))),
    *real,
]


@pytest.fixture(autouse=True)
def _pages(settings, monkeypatch):
    settings.ROOT_URLCONF = __name__
    monkeypatch.setitem(ACCESS, "try:*", SIGNED_IN)


@pytest.fixture
def desk_page(visit, person):
    return visit("/try/", user=person())


def focused(page) -> str:
    return page.evaluate("document.activeElement.textContent.trim() || document.activeElement.name")


def test_a_dialog_keeps_what_is_wrong_and_shows_the_message_when_it_is_right(desk_page):
    desk_page.keyboard.press("n")
    dialog = desk_page.locator("dialog[open]")
    dialog.locator("[name=name]").fill(" ")
    desk_page.keyboard.press("Control+Enter")
    dialog.locator(".invalid-feedback").wait_for()
    assert focused(desk_page) == "name"
    dialog.locator("[name=name]").fill("Ann")
    with desk_page.expect_navigation():
        desk_page.keyboard.press("Control+Enter")
    toast = desk_page.locator(".st-toast")
    assert "Saved Ann." in toast.inner_text()
    assert toast.locator("form").get_attribute("action") == "/try/form/"


def test_a_dialog_closes_on_escape_and_gives_focus_back(desk_page):
    desk_page.click("#opener")
    desk_page.locator("dialog[open] [name=name]").wait_for()
    desk_page.keyboard.press("Escape")
    desk_page.locator("dialog[data-fetched]").wait_for(state="detached")
    assert focused(desk_page) == "New"


def test_without_scripts_the_dialog_is_a_page(visit, person):
    page = visit("/try/", user=person(), java_script_enabled=False)
    page.click("#opener")
    page.fill("[name=name]", "Ann")
    page.click("main button[type=submit]")
    assert "Saved Ann." in page.locator(".st-toast").inner_text()


def test_a_draft_outlives_a_reload_and_a_lost_connection_and_ends_with_saving(desk_page):
    desk_page.fill("#note", "half a sentence")
    desk_page.reload()
    assert desk_page.input_value("#note") == "half a sentence"
    assert desk_page.locator("[data-draft-note]").is_visible()
    desk_page.context.set_offline(True)
    desk_page.click("main .btn-primary")
    desk_page.locator(".st-toast[role=alert]").wait_for()
    assert desk_page.locator("[data-offline-banner]").is_visible()
    assert desk_page.input_value("#note") == "half a sentence"
    desk_page.context.set_offline(False)
    with desk_page.expect_navigation():
        desk_page.click("main .btn-primary")
    assert "Saved half a sentence." in desk_page.locator(".st-toast[role=status]").inner_text()
    assert desk_page.input_value("#note") == ""


def test_a_draft_outlives_the_end_of_the_session(desk_page, person, live_server):
    desk_page.fill("#note", "half a sentence")
    Session.objects.all().delete()
    with desk_page.expect_navigation(url="**/auth/login/**"):
        desk_page.click("main .btn-primary")
    assert "nothing was saved" in desk_page.locator("[role=status]").inner_text()
    desk_page.fill("[name=login]", "rep@company.example")
    desk_page.fill("[name=password]", "a long passphrase")
    with desk_page.expect_navigation(url=live_server.url + "/try/"):
        desk_page.keyboard.press("Enter")
    assert desk_page.input_value("#note") == "half a sentence"
    assert desk_page.locator(".st-toast").count() == 0


def test_a_page_from_before_the_last_sign_in_says_so_and_keeps_the_draft(desk_page):
    desk_page.fill("#note", "half a sentence")
    desk_page.wait_for_load_state("networkidle")  # an answer that is on its way would bring the cookie back
    desk_page.context.clear_cookies(name="csrftoken")
    desk_page.click("main .btn-primary")
    desk_page.get_by_role("heading", name="This page is out of date").wait_for()
    desk_page.goto(desk_page.url)
    assert desk_page.input_value("#note") == "half a sentence"


def test_a_draft_belongs_to_who_typed_it(desk_page, person, client, live_server):
    desk_page.fill("#note", "mine")
    client.force_login(person(email="bob@company.example"))
    cookie = client.cookies["sessionid"].value
    desk_page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    desk_page.goto(live_server.url + "/try/")
    assert desk_page.input_value("#note") == ""


def test_shortcuts_work_outside_fields_only(desk_page):
    desk_page.keyboard.press("?")
    assert desk_page.locator("#keys").is_visible()
    desk_page.keyboard.press("Escape")
    desk_page.fill("#note", "")
    desk_page.type("#note", "n?")
    assert desk_page.input_value("#note") == "n?"
    assert desk_page.locator("dialog[open]").count() == 0


def test_shortcuts_can_be_switched_off(visit, person):
    page = visit("/try/", user=person(shortcuts=False))
    page.keyboard.press("?")
    page.keyboard.press("n")
    assert page.locator("dialog[open]").count() == 0


def test_rows_are_walked_with_j_and_k(desk_page):
    walked = []
    for key in "jjjk":
        desk_page.keyboard.press(key)
        walked.append(focused(desk_page))
    assert walked == ["First", "Second", "Second", "First"]


def test_a_menu_closes_on_escape_and_on_a_click_elsewhere(desk_page):
    menu = desk_page.locator("details.st-menu")
    menu.locator("summary").click()
    desk_page.keyboard.press("ArrowDown")
    assert focused(desk_page) == "One"
    desk_page.keyboard.press("Escape")
    assert menu.get_attribute("open") is None
    assert focused(desk_page) == "m"
    menu.locator("summary").click()
    desk_page.click("h1")
    assert menu.get_attribute("open") is None


def test_a_chart_is_drawn_beside_its_table_and_breaks_no_rule(desk_page):
    desk_page.wait_for_function("window.Chart && Chart.getChart(document.querySelector('canvas'))")
    painted = "[...document.querySelector('canvas').getContext('2d').getImageData(0, 0, 300, 200).data].some(Boolean)"
    assert desk_page.evaluate(painted)
    desk_page.click(".st-twin summary")
    assert desk_page.locator(".st-twin tfoot td").inner_text() == "€5"
    assert desk_page.heard == []
