"""Every address of the program, from its resolver, with what it names filled in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.access.belongings import ABSENT

WORDS = {
    "slug": "won_revenue",
    "kind": "snapshot",
    "app_label": "accounts",
    "key": "abc",
    "uidb36": "1",
    "token": "abc",
}
"""What stands for the parts of an address that name no record."""
NUMBERS = frozenset({"pk", "pipeline", "campaign", "indicator"})
"""Parts that are the number of a record."""
QUERIES = {
    "api:metric-detail": "period=2026",
    "api:metric-records": "period=2026",
    "api:metric-series": "from=2026-01-01&to=2026-03-31",
    "api:forecast": "period=2027",
    "api:pipeline-changes": "from=2026-01-01&to=2026-03-31",
    "pipeline:search_suggestions": "kind=account&q=ac",
}
"""What an address needs before it answers."""


@dataclass(frozen=True)
class Address:
    """A route by its full name; ``parts`` are what it has to be filled with."""

    name: str
    parts: tuple[str, ...]

    @property
    def names_record(self) -> bool:
        return not NUMBERS.isdisjoint(self.parts)

    def path(self, pk: int = ABSENT, **words: str) -> str:
        """The address with the record's number in it."""
        filled = {part: words.get(part) or WORDS.get(part, str(pk)) for part in self.parts}
        query = QUERIES.get(self.name)
        return reverse(self.name, kwargs=filled) + (f"?{query}" if query else "")


def all_addresses() -> dict[str, Address]:
    """Each named route once. The admin site's few nameless ones only lead on to its named ones."""
    return dict(_walk(get_resolver().url_patterns, "", ()))


def _walk(patterns: Sequence[URLPattern | URLResolver], namespace: str, parts: tuple[str, ...]) -> Iterator[Any]:
    for pattern in patterns:
        own = (*parts, *pattern.pattern.regex.groupindex)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, inner, own)
        elif pattern.name:
            yield f"{namespace}{pattern.name}", Address(f"{namespace}{pattern.name}", own)


def group_of(name: str) -> Iterator[str]:
    """The names under which the table may have a row: its own, then its group's."""
    yield name
    namespace, colon, rest = name.rpartition(":")
    yield f"{namespace}:*" if colon else f"{rest.partition('_')[0]}_*"
