"""What is shown when an address does not exist, is not allowed or fails: a page, or JSON under /api/."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views import defaults

API_PREFIX = "/api/"


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
    if request.path.startswith(API_PREFIX):
        return answer("server_error", "error", "Something went wrong here.", 500)
    return defaults.server_error(request)
