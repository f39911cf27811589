"""Pages and buttons that make one call of an action, and what they answer when it is refused.

A refusal gives the form back with what was typed: 422 with the error at its field, 409 with both values when somebody
else saved meanwhile; a record that may only be read answers 403.
"""

from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db.models import Model, QuerySet
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views import View

from accounts.errors import ActionRefused, NotAllowed, StaleVersion
from pipeline.forms.conflicts import Conflict, conflicts_of


class ActionPage(View):
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
        """The template's context besides ``form``, ``record`` and ``conflicts``."""
        return {}

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # type: ignore[override]
        rows = self.records()
        if rows is not None:
            self.record = get_object_or_404(rows, pk=kwargs["pk"])
            if not rows.writable_by(request.user).filter(pk=self.record.pk).exists():
                raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)  # type: ignore[return-value]

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        return self.show(self.form())

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.show(form, status=422)
        try:
            result = self.act(form)
        except ObjectDoesNotExist as gone:
            raise Http404 from gone
        except NotAllowed as refusal:
            raise PermissionDenied(str(refusal)) from refusal
        except StaleVersion as stale:
            conflicts = conflicts_of(form, stale.current)
            return self.show(form, status=409, conflicts=conflicts)
        except ActionRefused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            return self.show(form, status=422)
        return self.done(result)

    def show(self, form: Form, *, status: int = 200, conflicts: list[Conflict] | None = None) -> HttpResponse:
        context = {"form": form, "record": self.record, "conflicts": conflicts, **self.page(form)}
        return render(self.request, self.template_name, context, status=status)


class ActionButton(View):
    """A press that makes one call on one record. A refusal becomes a message, since there is no form to show it at."""

    http_method_names = ("post",)

    def records(self) -> QuerySet[Any]:
        """The rows among which the address names one by ``pk``."""
        raise NotImplementedError

    def act(self, record: Any) -> Any:
        """Make the call; its result goes to ``done``."""
        raise NotImplementedError

    def done(self, record: Any, result: Any) -> HttpResponse:
        """Where to go then; by default back to where the button was."""
        return back_to(self.request, default=record.get_absolute_url())

    def post(self, request: HttpRequest, pk: int, **_kwargs: Any) -> HttpResponse:
        record = get_object_or_404(self.records(), pk=pk)
        try:
            result = self.act(record)
        except ObjectDoesNotExist as gone:
            raise Http404 from gone
        except NotAllowed as refusal:
            raise PermissionDenied(str(refusal)) from refusal
        except ActionRefused as refusal:
            messages.error(request, str(refusal))
            return back_to(request, default=record.get_absolute_url())
        return self.done(record, result)


def sent_version(request: HttpRequest) -> int | None:
    """The version that the sender looked at, where a button sends one."""
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def back_to(request: HttpRequest, *, default: str) -> HttpResponse:
    """To the page from which this was sent, when that is one of ours and not the form itself; else to ``default``."""
    for address in (request.POST.get("next", ""), request.headers.get("Referer", "")):
        address = local_address(request, address)
        if address and urlsplit(address).path != request.path:
            return redirect(address)
    return redirect(default)


def local_address(request: HttpRequest, address: str) -> str:
    """The address when it is whole or begins with a slash and leads to this site, else an empty text."""
    here = {request.get_host()}
    fine = url_has_allowed_host_and_scheme(address, here, require_https=request.is_secure())
    return address if fine and address.startswith(("/", "http")) else ""


def deleted(request: HttpRequest, record: Model, undo: str) -> None:
    """Say that the record is gone, with a button that brings it back."""
    text = _("“%(name)s” deleted.") % {"name": record}
    messages.success(request, text, extra_tags=f"undo:{reverse(undo, args=[record.pk])}")
