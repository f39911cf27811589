"""Parts of pages: fields, words, small graphics, dialogs."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils.html import format_html

from salestracker.dialogs import DialogRedirectMiddleware
from salestracker.templatetags.words import browser, initials, undo_url


def rendered(source: str, **context: object) -> str:
    return Template(source).render(Context(context)).strip()


class CallForm(forms.Form):
    name = forms.CharField(help_text="As on the contract.")
    note = forms.CharField(required=False, widget=forms.Textarea)
    kind = forms.ChoiceField(choices=[("call", "Call"), ("mail", "E-mail")], widget=forms.RadioSelect)
    keep = forms.BooleanField(required=False)


def test_a_field_is_tied_to_its_hint_and_its_error():
    html = rendered("{% form_field form.name %}", form=CallForm({}))
    assert 'for="id_name"' in html
    assert 'aria-describedby="id_name-hint id_name-error"' in html
    assert 'id="id_name-hint"' in html
    assert 'id="id_name-error"' in html
    assert 'aria-invalid="true"' in html
    assert "is-invalid" in html


def test_a_field_without_hint_or_error_points_nowhere():
    html = rendered("{% form_field form.name hint=False %}", form=CallForm())
    assert "aria-describedby" not in html
    assert "aria-invalid" not in html
    assert "As on the contract" not in html


def test_optional_is_written_and_required_is_not():
    assert "(optional)" in rendered("{% form_field form.note %}", form=CallForm())
    assert "(optional)" not in rendered("{% form_field form.name %}", form=CallForm())
    assert "(optional)" not in rendered("{% form_field form.keep %}", form=CallForm())


def test_radios_are_picks_in_a_fieldset_with_a_legend():
    html = rendered("{% form_field form.kind %}", form=CallForm({"kind": "fax"}))
    assert html.startswith('<fieldset class="st-picks" aria-describedby="id_kind-error">')
    assert html.count("st-pick") == 3
    assert re.search(r"<legend>\s*Kind\s*</legend>", html)


def test_a_form_shows_what_is_wrong_with_it_as_a_whole():
    form = CallForm({"name": "x", "kind": "call"})
    form.full_clean()
    form.add_error(None, "Closed meanwhile.")
    html = render_to_string("components/form_fields.html", {"form": form})
    assert 'role="alert"' in html
    assert "Closed meanwhile." in html


@pytest.mark.parametrize(
    ("due", "look", "word"),
    [
        (dt.date(2026, 11, 20), "is-overdue", "Overdue 3 days"),
        (dt.date(2026, 11, 22), "is-overdue", "Overdue 1 day"),
        (dt.date(2026, 11, 23), "is-today", "Today"),
        (dt.date(2026, 12, 2), "is-later", "2 Dec"),
        (None, "is-none", "No next step"),
    ],
)
def test_a_next_step_is_icon_word_and_colour(due, look, word):
    html = rendered("{% next_step due today %}", due=due, today=dt.date(2026, 11, 23))
    assert look in html
    assert word in html
    assert "<svg" in html


def test_overdue_counts_the_working_days_that_the_page_knows():
    html = rendered("{% next_step due today 1 %}", due=dt.date(2026, 11, 20), today=dt.date(2026, 11, 23))
    assert "Overdue 1 day" in html


def test_an_unknown_state_is_shown_plainly():
    assert "is-neutral" in rendered("{% state 'on_hold' %}")
    assert "On hold" in rendered("{% state 'on_hold' %}")
    assert "Fast" in rendered("{% state 'won' 'Fast' %}")


def points(html: str) -> list[list[float]]:
    return [[float(n) for n in pair.split(",")] for pair in re.search(r'<polyline points="([^"]*)"', html)[1].split()]


def test_a_sparkline_spans_its_box_and_skips_what_is_not_known():
    drawn = points(rendered("{% sparkline v %}", v=[Decimal(1), None, Decimal(3), Decimal(2)]))
    assert [x for x, _y in drawn] == [0.0, 66.7, 100.0]
    assert [y for _x, y in drawn] == [22.0, 2.0, 12.0]


def test_a_flat_sparkline_runs_through_the_middle():
    assert {y for _x, y in points(rendered("{% sparkline v %}", v=[Decimal(4), Decimal(4), Decimal(4)]))} == {12.0}


def test_one_figure_makes_no_line():
    assert rendered("{% sparkline v %}", v=[Decimal(4)]) == ""
    assert rendered("{% sparkline v %}", v=[Decimal(4), None]) == ""


def test_a_pace_bar_is_cut_at_its_ends_and_says_what_it_shows():
    html = rendered("{% pace share due label %}", share=Decimal("1.4"), due=Decimal("0.569"), label="140% of target")
    assert 'class="fill" width="100.0"' in html
    assert 'x="56.9"' in html
    assert 'role="img" aria-label="140% of target"' in html
    assert 'aria-hidden="true"' in rendered("{% pace share %}", share=None)


@pytest.mark.parametrize(
    ("name", "letters"), [("Priya Raman", "PR"), ("Cher", "C"), ("Ana de la Cruz", "AC"), ("", "")]
)
def test_initials(name, letters):
    assert initials(name) == letters


@pytest.mark.parametrize(
    ("tags", "url"),
    [
        ("undo:/deals/3/undo/", "/deals/3/undo/"), ("deal undo:/x/", "/x/"), ("", ""), (None, ""),
        ("undo:https://elsewhere.example/", ""), ("undo://elsewhere.example/", ""), ("undo:/", "/"),
    ],
)  # fmt: skip
def test_undo_leads_to_an_address_of_ours(tags, url):
    assert undo_url(tags) == url


def answer(*, method: str, response: HttpResponse, **headers: str) -> HttpResponse:
    request = RequestFactory().generic(method, "/deals/3/win/", headers=headers)
    return DialogRedirectMiddleware(lambda _request: response)(request)


def test_a_dialog_learns_where_a_redirect_leads():
    got = answer(method="POST", response=HttpResponseRedirect("/deals/3/"), **{"X-Dialog": "1"})
    assert (got.status_code, got.headers["X-Location"], got.content) == (204, "/deals/3/", b"")
    assert "Location" not in got.headers


@pytest.mark.parametrize(
    ("method", "headers", "response"),
    [
        ("POST", {}, HttpResponseRedirect("/deals/3/")),
        ("GET", {"X-Dialog": "1"}, HttpResponseRedirect("/auth/login/")),
        ("POST", {"X-Dialog": "1"}, HttpResponse("wrong", status=422)),
    ],
)
def test_other_answers_stay_as_they_are(method, headers, response):
    assert answer(method=method, response=response, **headers) is response
    assert "X-Location" not in response.headers


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36",
            "Chrome, Linux",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Mobile Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox, Windows"),
        ("curl/8.5", "curl"),
        ("", "unknown"),
    ],
)
def test_a_session_names_its_browser(user_agent, name):
    assert browser(user_agent) == name


def test_a_hint_with_a_list_stays_inside_its_block():
    class PasswordForm(forms.Form):
        password = forms.CharField(help_text=format_html("<ul><li>{}</li></ul>", "12 characters"))

    html = rendered("{% form_field form.password %}", form=PasswordForm())
    assert '<div class="form-hint" id="id_password-hint"><ul><li>12 characters</li></ul></div>' in html
