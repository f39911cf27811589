"""Every address of the program, from its resolver, with what it names filled in."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import get_resolver, reverse

from salestracker.checks import routes
from tests.access.belongings import ABSENT

WORDS = {"slug": "won_revenue", "kind": "snapshot", "app_label": "accounts", "key": "abc", "uidb36": "1"}
"""What stands for the parts of an address that name no record."""


@dataclass(frozen=True)
class Address:
    """A route by its full name; ``parts`` are what it has to be filled with."""

    name: str
    parts: tuple[str, ...]

    @property
    def names_record(self) -> bool:
        return "pk" in self.parts

    def path(self, pk: int = ABSENT, **words: str) -> str:
        """The address with the record's number in it."""
        filled = {part: words.get(part) or WORDS.get(part, str(pk)) for part in self.parts}
        return reverse(self.name, kwargs=filled)


def all_addresses() -> dict[str, Address]:
    """Each named route once. The admin site's few nameless ones only lead on to its named ones."""
    found: dict[str, Address] = {}
    for name, pattern in routes(get_resolver().url_patterns):
        if name and not name.endswith(":"):
            found.setdefault(name, Address(name, tuple(pattern.pattern.regex.groupindex)))
    return found


def group_of(name: str) -> Iterator[str]:
    """The names under which the table may have a row: its own, then its group's."""
    yield name
    namespace, colon, rest = name.rpartition(":")
    yield f"{namespace}:*" if colon else f"{rest.partition('_')[0]}_*"
