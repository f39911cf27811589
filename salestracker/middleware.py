import time
import zoneinfo
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from accounts.formats import numbers_written_as
from salestracker.access import SAFE_METHODS, access_of
from salestracker.busy import impatient, is_busy
from salestracker.looking_back import PARTS, refusal

Handler = Callable[[HttpRequest], HttpResponse]
API_PREFIX = "/api/v1/"


class PrivatePagesMiddleware:
    """No cache keeps a page unless its view says so: nearly all of them show somebody's records."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class IdleSessionMiddleware:
    """Signs out who has been away for longer than ``SESSION_IDLE_SECONDS``.

    That somebody was here is noted once a minute, also for the list of sessions: allauth's own middleware writes five
    statements into every request.
    """

    NOTE_EVERY_SECONDS = 60

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = int(time.time())
            seen = request.session.get("seen", now)
            if now - seen > settings.SESSION_IDLE_SECONDS:
                logout(request)
            elif "seen" not in request.session or now - seen >= self.NOTE_EVERY_SECONDS:
                self.note(request, now)
        return self.get_response(request)

    @staticmethod
    def note(request: HttpRequest, now: int) -> None:
        """That somebody is here, unless a long write, such as a large import, holds the database: then later."""
        try:
            with impatient():
                UserSession.objects.create_from_request(request)
        except OperationalError as error:
            if not is_busy(error):
                raise
            return
        request.session["seen"] = now


class PreferencesMiddleware:
    """Times in the reader's own zone, words and figures in the reader's own way, where the reader has chosen them."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        language = user.language if user.is_authenticated else ""
        if language and language in dict(settings.LANGUAGES):
            translation.activate(language)
            request.LANGUAGE_CODE = language
        tag = user.number_format if user.is_authenticated else ""
        with timezone.override(self.zone_of(user)), numbers_written_as(tag):
            return self.get_response(request)

    @staticmethod
    def zone_of(user: Any) -> zoneinfo.ZoneInfo:
        name = user.time_zone if user.is_authenticated else ""
        try:
            return zoneinfo.ZoneInfo(name or settings.TIME_ZONE)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError):
            return zoneinfo.ZoneInfo(settings.TIME_ZONE)


class AccessMiddleware:
    """Opens an address only to the roles that its row in the access table names, and not about a day it can't tell."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        match = request.resolver_match
        row = access_of(match.view_name) if match else None
        if row is None:
            raise PermissionDenied
        if row.public or request.path.startswith(API_PREFIX):
            return None  # the API knows its callers by token: salestracker.api.RoleAccess
        user = request.user
        if not user.is_authenticated:
            return to_sign_in(request)
        if not row.may_open(user.role):
            raise Http404
        if not row.may_send(user.role, request.method or ""):
            raise PermissionDenied
        refused = refusal(match.view_name, request.GET) if match else None
        return None if refused is None else shows_no_past(request, refused[1])


def shows_no_past(request: HttpRequest, problem: str) -> HttpResponse:
    """What is answered where a page is asked about an earlier day and can't tell."""
    kept = [(key, value) for key, value in request.GET.items() if key not in PARTS]
    now_url = f"{request.path}?{urlencode(kept)}" if kept else request.path
    return render(request, "no_past.html", {"problem": problem, "now_url": now_url}, status=400)


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page and from there back; a fragment asked for by htmx moves the whole page there.

    What was sent is not done, and says so; the way back leads to the page with the form or the button.
    ``X-Signed-Out`` tells scripts that the answer is no success, so they keep what was typed.
    """
    if request.headers.get("HX-Request") != "true":
        back = request.get_full_path()
        if request.method not in SAFE_METHODS:
            messages.warning(request, _("You were signed out meanwhile: nothing was saved. Sign in and send it again."))
            back = _page_before(request)
        response: HttpResponse = redirect_to_login(back, resolve_url(settings.LOGIN_URL))
        response.headers["X-Signed-Out"] = "1"
        return response
    response = HttpResponse(status=204)
    response.headers["HX-Redirect"] = resolve_url(settings.LOGIN_URL)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _page_before(request: HttpRequest) -> str:
    """The path of our page that sent this; the start page where the browser doesn't tell."""
    before = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(before, {request.get_host()}, require_https=request.is_secure()):
        return "/"
    parts = urlsplit(before)
    return urlunsplit(("", "", parts.path, parts.query, "")) or "/"
