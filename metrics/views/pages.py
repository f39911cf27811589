"""What all pages of figures share: a question that can't be answered becomes a page that names the parameter."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from metrics.errors import QuestionRefused
from metrics.pages.addresses import PageQuestion, read_question
from metrics.periods import Period, add_months, containing, range_name
from metrics.scopes import Scope

PAGE = 50
"""So many records stand on one page."""


class FigurePage(View):
    """A page that answers a question off its address."""

    http_method_names = ("get", "head", "options")

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            return self.answer(request, **kwargs)
        except QuestionRefused as refusal:
            context = {"problem": str(refusal), "field": refusal.field, "clear_url": request.path}
            return render(request, "metrics/refused.html", context, status=400)

    def answer(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """The page. May raise QuestionRefused."""
        raise NotImplementedError

    def question(self, request: HttpRequest, *, scope: Scope | None = None) -> PageQuestion:
        """What the address asks; ``scope`` is the page's own where it names none."""
        return read_question(request.GET, user=request.user, now=timezone.now(), scope=scope)


def read_choice(request: HttpRequest, name: str, allowed: tuple[str, ...]) -> str:
    """One of some words; the first where the address has none. Raises QuestionRefused with those that are possible."""
    asked = request.GET.get(name) or allowed[0]
    if asked not in allowed:
        raise QuestionRefused(
            _("%(name)s: possible are %(possible)s.") % {"name": name, "possible": ", ".join(allowed)}, name
        )
    return asked


def read_page(request: HttpRequest, count: int) -> tuple[int, int]:
    """The page of ``count`` records that the address asks for, and how many pages there are. Raises QuestionRefused."""
    pages = max(1, -(-count // PAGE))
    text = request.GET.get("page") or "1"
    if not text.isdecimal() or len(text) > 6 or not 1 <= int(text) <= pages:
        raise QuestionRefused(_("page: a whole number from 1 to %(pages)s.") % {"pages": pages}, "page")
    return int(text), pages


def last_year(asking: PageQuestion, *, is_asked: bool) -> PageQuestion:
    """The question about the twelve months before the running one, unless the address names a period; unsliced.

    For what needs time to show: who began a few weeks ago says little.
    """
    end = containing(asking.as_of, "month").start
    start = add_months(end, -12)
    usual = Period(start, end, range_name(start, end), "range")
    return replace(asking, period=asking.period if is_asked else usual, usual_period=usual, by=None, book=None)
