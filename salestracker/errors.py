"""What is shown when an address does not exist, is not allowed or fails: a page, or JSON under /api/."""

import sys

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.views import defaults

from salestracker.busy import is_busy

API_PREFIX = "/api/"
RETRY_SECONDS = 30


def answer(kind: str, code: str, detail: str, status: int) -> JsonResponse:
    """The same shape as the errors that API views raise."""
    return JsonResponse({"type": kind, "errors": [{"code": code, "detail": detail, "attr": None}]}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if request.path.startswith(API_PREFIX):
        return answer("client_error", "error", "The request cannot be read.", 400)
    return defaults.bad_request(request, exception)


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    if request.path.startswith(API_PREFIX):
        return answer("client_error", "permission_denied", "You may not do this.", 403)
    return defaults.permission_denied(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if request.path.startswith(API_PREFIX):
        return answer("client_error", "not_found", "Not found.", 404)
    return defaults.page_not_found(request, exception)


def failed(request: HttpRequest) -> HttpResponse:
    if is_busy(sys.exc_info()[1]):
        return busy(request)
    if request.path.startswith(API_PREFIX):
        return answer("server_error", "error", "Something went wrong here.", 500)
    return defaults.server_error(request)


def busy(request: HttpRequest) -> HttpResponse:
    """A long write held the database for longer than a request waits; the request was not done."""
    if request.path.startswith(API_PREFIX):
        detail = "A long write holds the database. Nothing was saved; send it again."
        response: HttpResponse = answer("server_error", "busy", detail, 503)
    else:
        response = HttpResponse(render_to_string("503.html"), status=503)
    response["Retry-After"] = str(RETRY_SECONDS)
    return response
