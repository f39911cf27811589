"""What all pages of figures share: a question that can't be answered becomes a page that names the parameter."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views import View

from metrics.addresses import PageQuestion, read_question
from metrics.errors import QuestionRefused
from metrics.scopes import Scope


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
