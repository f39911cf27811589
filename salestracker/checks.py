from collections.abc import Iterator, Sequence
from typing import Any

from django.core.checks import CheckMessage, Error
from django.core.checks import Warning as CheckWarning
from django.urls import URLPattern, URLResolver, get_resolver

from salestracker.access import ACCESS, access_of

OPTIONAL = frozenset({"openid_connect_login", "openid_connect_callback"})
"""Addresses that exist only where the environment asks for them."""


def routes(patterns: Sequence[URLPattern | URLResolver], namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Each route with its full name; the name ends with a colon, or is empty, when the route has none."""
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name or ''}", pattern
        else:
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from routes(pattern.url_patterns, inner)


def every_route_has_access(**_options: Any) -> list[CheckMessage]:
    """Each address needs a row in the access table; a row for an address that is gone is worth a warning."""
    found: list[CheckMessage] = []
    known = set()
    for name, pattern in routes(get_resolver().url_patterns):
        known.add(name)
        if access_of(name) is None:
            found.append(
                Error(
                    f"The address {str(pattern.pattern)!r} ({name or 'without a name'}) has no row in ACCESS.",
                    hint="Say in salestracker/access.py which roles may open it.",
                    id="salestracker.E001",
                )
            )
        view = getattr(pattern.callback, "cls", None)
        if view is not None and not guards_roles(view):
            found.append(
                Error(
                    f"The API view of {name} does not keep to the access table.",
                    hint="Leave permission_classes alone, or keep salestracker.api.RoleAccess among them.",
                    id="salestracker.E002",
                )
            )
    gone = sorted(name for name in ACCESS if not (name in known or name.endswith(":*") or name in OPTIONAL))
    found.extend(
        CheckWarning(f"ACCESS has a row for {name}, which no address has.", id="salestracker.W001") for name in gone
    )
    return found


def guards_roles(view: Any) -> bool:
    from salestracker.api import RoleAccess

    return any(issubclass(permission, RoleAccess) for permission in view.permission_classes)
