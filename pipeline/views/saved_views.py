"""Names for the filters of a page: the chip that offers them, and the pages that keep them."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.views.form_pages import FormPage, PressPage
from pipeline.actions.saved_views import NOT_KEPT, delete_view, save_view, switch_default
from pipeline.forms.saved_views import EVERYONE, SavedViewForm
from pipeline.models import SavedView

ADDRESSES = {
    "board": "pipeline:board",
    "deals": "pipeline:deal_list",
    "leads": "pipeline:lead_list",
    "accounts": "pipeline:account_list",
    "activities": "pipeline:activity_list",
}
NO_VIEW = "none"
"""In the address: the page as it is, whatever the default."""


def offered_views(request: HttpRequest, page: str) -> list[SavedView]:
    """The views of a page that the user sees, each with ``is_default`` and ``url``. One query in a request."""
    kept: dict[str, list[SavedView]] = request.__dict__.setdefault("_saved_views", {})
    if page not in kept:
        mine = SavedView.default_of.through.objects.filter(savedview=OuterRef("pk"), user=request.user.pk)
        rows = SavedView.objects.visible_to(request.user).filter(page=page)
        kept[page] = list(rows.annotate(is_default=Exists(mine)).order_by("name", "pk"))
        for view in kept[page]:
            view.url = url_of(view)
    return kept[page]


def url_of(view: SavedView) -> str:
    """The page with the view's filters."""
    return f"{reverse(ADDRESSES[view.page])}?{urlencode([*parse_qsl(view.query), ('view', view.pk)])}"


def with_views(page: str, view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A page that opens with the user's default view when the address names no filters."""

    @wraps(view)
    def opened(request: HttpRequest, **parts: Any) -> HttpResponseBase:
        if request.method == "GET" and not request.GET and request.user.is_authenticated:
            default = next((one for one in offered_views(request, page) if one.is_default), None)
            if default is not None:
                return redirect(default.url)
        return view(request, **parts)

    return opened


def views_chip(request: HttpRequest, page: str) -> dict[str, Any]:
    """The chip of the filter bar with the views of a page, and the ways to keep and change them."""
    views = offered_views(request, page)
    asked = request.GET.get("view", "")
    current = next((one for one in views if str(one.pk) == asked), None)
    kept = urlencode([(key, value) for key, value in request.GET.items() if key not in NOT_KEPT and value])
    plain = f"{reverse(ADDRESSES[page])}?view={NO_VIEW}"
    options = [{"label": _("Everything"), "url": plain, "is_current": False}]
    options += [
        {
            "label": _("%(name)s (opens first)") % {"name": one} if one.is_default else one.name,
            "url": one.url,
            "is_current": one is current,
        }
        for one in views
    ]
    new = f"{reverse('pipeline:view_create')}?{urlencode({'page': page, 'query': kept})}"
    options.append({"label": _("Keep these filters as a view…"), "url": new, "is_current": False})
    if current:
        edit = f"{reverse('pipeline:view_edit', args=[current.pk])}?{urlencode({'query': kept})}"
        options.append({"label": _("Change “%(name)s”…") % {"name": current}, "url": edit, "is_current": False})
    return {"label": _("View"), "value": current or _("none"), "is_set": False, "options": options}


class ViewCreateView(FormPage):
    """Keep the filters of a page under a name."""

    def asked_page(self) -> str:
        page = self.request.GET.get("page", SavedView.Page.DEALS)
        if page not in ADDRESSES:
            raise Http404
        return page

    def form(self, data: Any = None) -> Form:
        return SavedViewForm(data, user=self.request.user, initial={"query": self.request.GET.get("query", "")})

    def act(self, form: Form) -> SavedView:
        return save_view(by=self.request.user, now=timezone.now(), page=self.asked_page(), **form.values())

    def done(self, result: SavedView) -> HttpResponse:
        messages.success(self.request, _("View “%(name)s” saved.") % {"name": result})
        return redirect(url_of(result))

    def page(self, form: Form) -> dict[str, Any]:
        page = self.asked_page()
        title = _("Keep a view of: %(page)s") % {"page": SavedView.Page(page).label}
        return {"title": title, "verb": _("Save view"), "cancel_url": reverse(ADDRESSES[page])}


class ViewEditView(FormPage):
    """Rename a view, share it, open its page with it, or remove it."""

    template_name = "pipeline/view_form.html"

    def records(self) -> QuerySet[SavedView]:
        return SavedView.objects.visible_to(self.request.user)

    def form(self, data: Any = None) -> Form:
        view = self.record
        shared = EVERYONE if view.is_for_all else str(view.team_id or "")
        query = self.request.GET.get("query", view.query)
        initial = {"name": view.name, "query": query, "shared": shared}
        return SavedViewForm(data, user=self.request.user, view=view, initial=initial)

    def post(self, request: HttpRequest, **parts: Any) -> HttpResponse:
        if not self.is_mine():
            raise PermissionDenied
        return super().post(request, **parts)

    def is_mine(self) -> bool:
        return SavedView.objects.writable_by(self.request.user).filter(pk=self.record.pk).exists()

    def act(self, form: Form) -> SavedView:
        now, view = timezone.now(), self.record
        return save_view(by=self.request.user, now=now, view=view, page=view.page, **form.values())

    def done(self, result: SavedView) -> HttpResponse:
        messages.success(self.request, _("View “%(name)s” saved.") % {"name": result})
        return redirect(url_of(result))

    def page(self, form: Form) -> dict[str, Any]:
        return {
            "title": _("View “%(name)s”") % {"name": self.record},
            "verb": _("Save view"),
            "cancel_url": url_of(self.record),
            "is_mine": self.is_mine(),
            "is_default": self.record.default_of.filter(pk=self.request.user.pk).exists(),
        }


class ViewButton(PressPage):
    def records(self) -> QuerySet[SavedView]:
        return SavedView.objects.visible_to(self.request.user)

    def back(self, record: SavedView) -> HttpResponse:
        return redirect(f"{reverse(ADDRESSES[record.page])}?view={NO_VIEW}")


class ViewDeleteView(ViewButton):
    def act(self, record: SavedView) -> None:
        delete_view(view=record, by=self.request.user, now=timezone.now())

    def done(self, record: SavedView, result: None) -> HttpResponse:
        messages.success(self.request, _("View “%(name)s” removed. Its records are untouched.") % {"name": record})
        return self.back(record)


class ViewDefaultView(ViewButton):
    def act(self, record: SavedView) -> bool:
        return switch_default(view=record, by=self.request.user)

    def done(self, record: SavedView, result: bool) -> HttpResponse:
        text = _("The page opens with “%(name)s” now.") if result else _("The page no longer opens with “%(name)s”.")
        messages.success(self.request, text % {"name": record})
        return redirect(url_of(record))
