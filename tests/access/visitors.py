"""The nine principals, each with a browser of its own that is quick enough for thousands of requests."""

import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote_to_bytes, urlencode

from django.core.signals import got_request_exception
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.client import BOUNDARY, MULTIPART_CONTENT, ClientHandler, encode_multipart

from accounts.models import User
from tests.cast import Cast

PRINCIPALS = (
    "anonymous", "deactivated", "rep", "colleague", "rival", "manager", "other_manager", "leader", "admin",
)  # fmt: skip
STRANGERS = frozenset({"anonymous", "deactivated"})

OUTCOMES = {
    "done": {200, 201, 202, 204, 301, 302, 303},
    "bad input": {400, 406, 413, 415, 422, 429},
    "sign in": {401},
    "refused": {403},
    "absent": {404, 410},
    "no verb": {405},
    "conflict": {409},
}
_TOKENS = re.compile(
    rb'((?:csrfmiddlewaretoken|csrf-token|sent_key)"[^>]*?(?:value|content)="'
    rb'|X-CSRFToken(?:"|&quot;): ?(?:"|&quot;))[\w-]+'
)


@dataclass(frozen=True)
class Answer:
    """What came back, without tokens that differ each time: two answers can be compared byte by byte."""

    status: int
    location: str
    content_type: str
    body: bytes
    failure: str = ""

    @property
    def outcome(self) -> str:
        """One word of ``OUTCOMES``, or "failed"."""
        if "/auth/login/" in self.location:
            return "sign in"
        return next((word for word, statuses in OUTCOMES.items() if self.status in statuses), "failed")

    def without(self, *own: str) -> "Answer":
        """The same answer with one word in place of each of these texts, such as its own address."""
        body, location = self.body, self.location
        for text in own:
            body, location = body.replace(text.encode(), b"<own>"), location.replace(text, "<own>")
        return replace(self, body=body, location=location)

    def about(self, pk: int, other: int) -> "Answer":
        """The same answer with one record's number in place of another's, which must stand nowhere by chance."""
        body = self.body.replace(str(pk).encode(), str(other).encode())
        return replace(self, body=body, location=self.location.replace(str(pk), str(other)))


class Visitor:
    """One principal. ``user`` None is somebody who has not signed in."""

    handler = ClientHandler(enforce_csrf_checks=False)

    def __init__(self, name: str, user: User | None = None) -> None:
        self.name, self.user = name, user
        self.factory = Environs()
        if user is not None:
            client = Client()
            client.force_login(user)
            self.factory.cookies = client.cookies

    def send(self, verb: str, path: str, body: Any = None, content_type: str = "", **headers: Any) -> Answer:
        """Send a request. A dict goes as a form, or as JSON under /api/; bytes go as they are."""
        if not isinstance(body, bytes):
            body, content_type = encoded(body or {}, is_json=path.startswith("/api/"))
        environ = self.factory.generic(verb, path, body, content_type, headers=headers or None, **target(path))
        with failures() as failed:
            response = self.handler(environ)
        return answer_of(response, failed)


class Environs(RequestFactory):
    """Makes what a server hands over. A request that was made of it already has decoded its path, and cannot again."""

    def request(self, **environ: Any) -> dict[str, Any]:
        return self._base_environ(**environ)


def target(path: str) -> dict[str, str]:
    """The request target as a server splits it: //host is a path like any other, and bytes stand as Latin-1."""
    address, _, query = path.partition("?")
    return {
        "PATH_INFO": unquote_to_bytes(address).decode("latin-1"),
        "QUERY_STRING": query.encode().decode("latin-1"),
    }


def encoded(body: dict[str, Any], *, is_json: bool) -> tuple[bytes, str]:
    """The body and its content type."""
    if is_json:
        return json.dumps(body).encode(), "application/json"
    if any(hasattr(value, "read") for value in body.values()):
        return encode_multipart(BOUNDARY, body), MULTIPART_CONTENT
    return urlencode(body, doseq=True).encode(), "application/x-www-form-urlencoded"


def answer_of(response: HttpResponse, failed: list[str]) -> Answer:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return Answer(
        status=response.status_code,
        location=response.headers.get("Location", ""),
        content_type=response.headers.get("Content-Type", ""),
        body=_TOKENS.sub(rb"\1", body),
        failure=" ".join(failed),
    )


@contextmanager
def failures() -> Iterator[list[str]]:
    """The exceptions that a request runs into, which the 500 page would hide."""
    found: list[str] = []

    def note(sender: Any, request: Any = None, **_more: Any) -> None:
        kind, error, _trace = sys.exc_info()
        found.append(f"{kind.__name__ if kind else ''}: {error}"[:300])

    got_request_exception.connect(note)
    try:
        yield found
    finally:
        got_request_exception.disconnect(note)


def visitors_of(cast: Cast) -> dict[str, Visitor]:
    """All nine. The deactivated one signed in before."""
    users = {name: getattr(cast, name) for name in PRINCIPALS if name != "anonymous"}
    return {"anonymous": Visitor("anonymous")} | {name: Visitor(name, user) for name, user in users.items()}
