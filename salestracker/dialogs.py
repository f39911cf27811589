"""Forms shown in a dialog are sent by script; it has to learn where a redirect leads without following it.

Following would show the page once unseen, and its messages with it.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class DialogRedirectMiddleware:
    """Answer an ``X-Dialog`` request 204 with ``X-Location`` instead of a redirect."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method != "POST" or "X-Dialog" not in request.headers or response.status_code not in {301, 302, 303}:
            return response
        response.headers["X-Location"] = response.headers["Location"]
        response.status_code = 204
        response.content = b""
        for name in ("Location", "Content-Length", "Content-Type"):
            del response.headers[name]
        return response
