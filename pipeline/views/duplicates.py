"""The hint that a record may exist already: while typing where scripts run, else when the form is sent first."""

from dataclasses import replace
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import View

from pipeline.duplicates import Typed, find_duplicates

FIELDS = ("name", "company", "email", "phone", "domain")


class DuplicateCheck:
    """For a page that creates: with likely duplicates that were not shown yet, show them before anything is written."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)  # type: ignore[attr-defined]
        if form.is_valid():
            found = form.duplicates()
            if found and request.POST.get("seen") != found.digest:
                self.found = found
                return self.show(form, status=422)  # type: ignore[attr-defined]
        return super().post(request, **kwargs)  # type: ignore[misc]

    def page(self, form: Form) -> dict[str, Any]:
        return {**super().page(form), "duplicates": getattr(self, "found", None)}  # type: ignore[misc]


class DuplicateHintView(View):
    """The hint for what is typed so far. It writes nothing; a POST keeps e-mail addresses out of access logs."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponse:
        typed = Typed(**{key: request.POST.get(key, "").replace("\0", "")[:300] for key in FIELDS})
        if "account" in request.POST:  # a contact: as ContactForm.duplicates
            typed = replace(typed, name="", at_company=True)
        found = find_duplicates(typed, user=request.user)
        return render(request, "pipeline/_duplicates.html", {"duplicates": found})
