"""What every API view shares: who may call, pages, throttling."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from knox.auth import TokenAuthentication as KnoxTokenAuthentication
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated, ParseError, ValidationError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.pagination import CursorPagination
from rest_framework.parsers import BaseParser
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.throttling import UserRateThrottle

from accounts.json_text import read_json
from salestracker.access import SAFE_METHODS, access_of
from salestracker.looking_back import refusal


class RoleAccess(BasePermission):
    """Keeps to the access table, lets a token made for reading only read, and tells of no day that it doesn't know."""

    def has_permission(self, request: Request, view: Any) -> bool:
        match = request.resolver_match
        row = access_of(match.view_name) if match else None
        if row is None:
            return False
        if row.public:
            return True
        if not request.user.is_authenticated:
            raise NotAuthenticated
        if not row.may_open(request.user.role):
            raise Http404
        reads_only = getattr(request.auth, "scope", "write") == "read"
        if reads_only and request.method not in SAFE_METHODS:
            return False
        if not row.may_send(request.user.role, request.method or ""):
            return False
        if refused := refusal(match.view_name, request.GET):
            raise ValidationError({refused[0]: [refused[1]]})
        return True


class TokenAuthentication(KnoxTokenAuthentication):
    """Knox's, for tokens that may hold any bytes."""

    def authenticate_credentials(self, token: bytes) -> tuple[Any, Any]:
        if not token.isascii():
            raise AuthenticationFailed(_("Invalid token."))
        return super().authenticate_credentials(token)


class JsonBody(BaseParser):
    """A body of JSON, as strict as JSON itself; one that is nested without end is bad input like any other."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        encoding = (parser_context or {}).get("encoding") or "utf-8"
        try:
            return read_json(stream.read().decode(encoding))
        except (ValueError, LookupError) as error:
            raise ParseError(f"The body is no JSON: {error}") from error


class Negotiation(DefaultContentNegotiation):
    """An empty Accept header accepts everything, as one that is missing does."""

    def get_accept_list(self, request: Request) -> list[str]:
        return super().get_accept_list(request) if request.headers.get("accept", "").strip() else ["*/*"]


class CursorPages(CursorPagination):
    """Pages that stay right while rows are added; ``?page_size=`` up to 500."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 500
    ordering = "pk"


class TokenThrottle(UserRateThrottle):
    """Counts each token by itself, and each person who is signed in by session."""

    scope = "token"

    def get_cache_key(self, request: Request, view: Any) -> str:
        digest = getattr(request.auth, "digest", None)
        if digest:
            return f"throttle-token-{digest[:32]}"
        return super().get_cache_key(request, view) or ""
