"""Pages and buttons that make one call of an action, and what they answer when it is refused.

A refusal gives the form back with what was typed: 422 with the error at its field, 409 with both values when somebody
else saved meanwhile; a record that may only be read answers 403.
"""

from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from accounts.errors import ActionRefused, StaleVersion
from accounts.views.form_pages import FormPage, PressPage
from pipeline.forms.conflicts import Conflict, conflicts_of, seen_text


class ActionPage(FormPage):
    """A form on a record that some may only read, and that somebody else may have saved meanwhile."""

    def check_right(self, rows: QuerySet[Any]) -> None:
        if not rows.writable_by(self.request.user).filter(pk=self.record.pk).exists():
            raise PermissionDenied

    def refused(self, form: Form, refusal: ActionRefused) -> HttpResponse:
        if isinstance(refusal, StaleVersion):
            self.record = refusal.current
            return self.show(form, status=409, conflicts=conflicts_of(form, refusal.current, self.form()))
        return super().refused(form, refusal)

    def show(self, form: Form, *, status: int = 200, conflicts: list[Conflict] | None = None) -> HttpResponse:
        return super().show(form, status=status, conflicts=conflicts, seen=self.seen(form))

    def seen(self, form: Form) -> str:
        """What the form says that it showed; nothing where it keeps no version."""
        return seen_text(form) if "version" in form.fields else ""


class ActionButton(PressPage):
    """A press that makes one call on one record, and leads back to where the button was."""

    def back(self, record: Any) -> HttpResponse:
        return back_to(self.request, default=record.get_absolute_url())


def sent_version(request: HttpRequest) -> int | None:
    """The version that the sender looked at, where a button sends one."""
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def back_to(request: HttpRequest, *, default: str, but: str = "") -> HttpResponse:
    """To the page from which this was sent, when that is one of ours and not the form itself; else to ``default``.

    Not to pages below ``but``, the address of a record that is gone.
    """
    sent_from = request.headers.get("Referer", "") if request.method == "POST" else ""
    for address in (request.POST.get("next", ""), sent_from):
        address = local_address(request, address)
        path = urlsplit(address).path
        if address and path != request.path and not (but and path.startswith(but)):
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
