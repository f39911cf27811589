"""Pages and buttons that make one call of an action.

A refusal gives the form back with what was typed: 422, with the error at its field. Somebody without the right to it
gets 403, a record that is gone or out of sight 404.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db.models import QuerySet
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views import View

from accounts.errors import ActionRefused, NotAllowed


@contextmanager
def answered_as_pages() -> Iterator[None]:
    """Let what an action says of rights and existence become 403 and 404."""
    try:
        yield
    except ObjectDoesNotExist as gone:
        raise Http404 from gone
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from refusal


class FormPage(View):
    """A form and the call that it makes. A subclass says which form, which record, which call and where to go then."""

    template_name = "pipeline/form_page.html"
    record: Any = None

    def records(self) -> QuerySet[Any] | None:
        """The visible rows among which the address names one by ``pk``; None for a page that creates."""
        return None

    def form(self, data: Any = None) -> Form:
        """The form, bound to ``data`` when it was sent."""
        raise NotImplementedError

    def act(self, form: Form) -> Any:
        """Make the call with what the form holds; its result goes to ``done``."""
        raise NotImplementedError

    def done(self, result: Any) -> HttpResponse:
        """Where to go when it is written."""
        return redirect(result)

    def page(self, form: Form) -> dict[str, Any]:
        """The template's context besides ``form`` and ``record``."""
        return {}

    def check_right(self, rows: QuerySet[Any]) -> None:
        """Raise PermissionDenied when ``self.record`` of ``rows`` may be read, but not changed."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # type: ignore[override]
        rows = self.records()
        if rows is not None:
            self.record = get_object_or_404(rows, pk=kwargs["pk"])
            self.check_right(rows)
        return super().dispatch(request, *args, **kwargs)  # type: ignore[return-value]

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        return self.show(self.form())

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.show(form, status=422)
        try:
            with answered_as_pages():
                result = self.act(form)
        except ActionRefused as refusal:
            return self.refused(form, refusal)
        return self.done(result)

    def refused(self, form: Form, refusal: ActionRefused) -> HttpResponse:
        """The form again, with the refusal at its field."""
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return self.show(form, status=422)

    def show(self, form: Form, *, status: int = 200, **context: Any) -> HttpResponse:
        context = {"form": form, "record": self.record, "conflicts": None, **context, **self.page(form)}
        return render(self.request, self.template_name, context, status=status)


class PressPage(View):
    """A press that makes one call on one record. A refusal becomes a message, since there is no form to show it at.

    Who only opens the address, as after signing in again, gets to where the button is.
    """

    http_method_names = ("get", "head", "post")

    def records(self) -> QuerySet[Any]:
        """The rows among which the address names one by ``pk``."""
        raise NotImplementedError

    def act(self, record: Any) -> Any:
        """Make the call; its result goes to ``done``."""
        raise NotImplementedError

    def done(self, record: Any, result: Any) -> HttpResponse:
        """Where to go then."""
        return self.back(record)

    def back(self, record: Any) -> HttpResponse:
        """Where the button was."""
        raise NotImplementedError

    def get(self, request: HttpRequest, pk: int, **_kwargs: Any) -> HttpResponse:
        return self.back(get_object_or_404(self.records(), pk=pk))

    def post(self, request: HttpRequest, pk: int, **_kwargs: Any) -> HttpResponse:
        record = get_object_or_404(self.records(), pk=pk)
        try:
            with answered_as_pages():
                result = self.act(record)
        except ActionRefused as refusal:
            messages.error(request, str(refusal))
            return self.back(record)
        return self.done(record, result)
