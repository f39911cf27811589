"""References: records that rows name, looked up a chunk at a time, made when the mapping allows it."""

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.text import slugify

from accounts.models import Account, Contact, Rep, Team, User
from pipeline.imports.cells import CellError
from pipeline.imports.ledger import Ledger
from pipeline.imports.writing import create_rows
from pipeline.models import Campaign, Channel, Deal, Lead, LostReason, Product

NOT_COUNTING = frozenset({"duplicate", "spam", "test"})


@dataclass(frozen=True)
class Shelf:
    """A sort of record that rows may name: by which fields, and how a missing one is made (None: not at all)."""

    word: str
    rows: Callable[[], QuerySet[Any]]
    keys: tuple[str, ...]
    make: Callable[["Book", str], Model] | None = None
    always: bool = False
    """Made even without the mapping's leave."""


@dataclass
class Missing:
    """A record that rows name and that is made with the import."""

    instance: Model
    shelf: str
    rows: set[int] = field(default_factory=set)


def _account(book: "Book", name: str) -> Account:
    return Account(name=name, created_at=book.now)


def _team(book: "Book", name: str) -> Team:
    return Team(name=name, slug=book.free_slug(name))


def _rep(book: "Book", name: str) -> Rep:
    return Rep(name=name, external_id=book.free_rep_id(name))


SHELVES: dict[str, Shelf] = {
    "accounts": Shelf(
        "account",
        lambda: Account.objects.filter(deleted_at=None).select_related("merged_into"),
        ("external_id", "name"),
        _account,
    ),
    "contacts": Shelf(
        "contact",
        lambda: Contact.objects.filter(deleted_at=None).select_related("merged_into"),
        ("external_id", "email", "name"),
    ),
    "reps": Shelf("rep", lambda: Rep.objects.all(), ("external_id", "email", "name"), _rep),
    "teams": Shelf("team", lambda: Team.objects.all(), ("name",), _team),
    "products": Shelf(
        "product", lambda: Product.objects.all(), ("sku", "name"), lambda _book, name: Product(name=name)
    ),
    "channels": Shelf("channel", lambda: Channel.objects.all(), ("name",), lambda _book, name: Channel(name=name)),
    "campaigns": Shelf("campaign", lambda: Campaign.objects.all(), ("name",)),
    "deals": Shelf(
        "deal",
        lambda: Deal.objects.live().select_related("account", "pipeline", "stage", "lost_reason"),
        ("external_id", "name"),
    ),
    "leads": Shelf("lead", lambda: Lead.objects.live(), ("external_id", "email", "name")),
    "users": Shelf("user", lambda: User.objects.all(), ("email", "name")),
    "lost_reasons": Shelf(
        "lost reason",
        lambda: LostReason.objects.all(),
        ("name",),
        lambda _book, name: LostReason(name=name, counts=name.lower() not in NOT_COUNTING),
        always=True,
    ),
}


class Book:
    """Looks references up. Call ``prefetch`` with a chunk's texts, then ``find`` each without a query."""

    def __init__(self, create_missing: frozenset[str], now: datetime.datetime) -> None:
        self.create_missing = create_missing
        self.now = now
        self._found: dict[str, dict[str, dict[str, list[Model]]]] = defaultdict(lambda: defaultdict(dict))
        self._asked: dict[str, set[str]] = defaultdict(set)
        self._missing: dict[tuple[str, str], Missing] = {}
        self._slugs: set[str] | None = None
        self._rep_ids: set[str] | None = None

    def prefetch(self, shelf: str, texts: Iterable[str]) -> None:
        """Load the records of a shelf that some texts may name."""
        wanted = {text for text in texts if text and len(text) <= 300} - self._asked[shelf]
        if not wanted:
            return
        self._asked[shelf] |= wanted
        kind = SHELVES[shelf]
        for key in kind.keys:
            asked = wanted | {text.lower() for text in wanted} if key == "email" else wanted
            index = self._found[shelf][key]
            for instance in kind.rows().filter(**{f"{key}__in": asked}):
                name = getattr(instance, key)
                found = index.setdefault(name.lower() if key == "email" else name, [])
                record = getattr(instance, "merged_into", None) or instance
                if record not in found:
                    found.append(record)

    def find(self, shelf: str, text: str, row: int) -> Any:
        """The record that a text names; CellError when there is none or more than one."""
        found = self.look(shelf, text)
        if found is not None:
            return found
        missing = self._missing.get((shelf, text))
        if missing is None:
            missing = self._make(shelf, text)
        missing.rows.add(row)
        return missing.instance

    def look(self, shelf: str, text: str) -> Any | None:
        """The record that a text names, None when there is none; CellError when several bear the name."""
        for key in SHELVES[shelf].keys:
            matches = self._found[shelf][key].get(text.lower() if key == "email" else text, ())
            if len(matches) > 1:
                word = SHELVES[shelf].word
                raise CellError(f"{len(matches)} {word}s are called “{text[:80]}”; name this one by its external id.")
            if matches:
                return matches[0]
        return None

    def add(self, shelf: str, instance: Model, texts: Iterable[str | None]) -> None:
        """Make a record of the same file known under its own names."""
        for text in texts:
            if text and self._missing.get((shelf, text)) is None and self.look(shelf, text) is None:
                self._found[shelf]["name"].setdefault(text, []).append(instance)

    def _make(self, shelf: str, text: str) -> Missing:
        kind = SHELVES[shelf]
        if kind.make is None or not (kind.always or shelf in self.create_missing):
            hint = f", or let missing {shelf} be created (create_missing)" if kind.make else ""
            keys = " or ".join(key.replace("_", " ") for key in kind.keys)
            words = f"there is no {kind.word} “{text[:80]}”; allowed are existing ones by {keys}{hint}."
            raise CellError(words, value=text)
        if len(text) > (300 if shelf == "accounts" else 200):
            raise CellError(f"“{text[:40]}…” is too long for the name of a new {kind.word}.")
        self._missing[shelf, text] = Missing(kind.make(self, text), shelf)
        return self._missing[shelf, text]

    def free_slug(self, name: str) -> str:
        """A slug for a new team that no other has."""
        if self._slugs is None:
            self._slugs = set(Team.objects.values_list("slug", flat=True))
        slug = _free(slugify(name, allow_unicode=True)[:200] or "team", self._slugs)
        self._slugs.add(slug)
        return slug

    def free_rep_id(self, name: str) -> str:
        """An external id for a rep who has neither one nor an e-mail: the slug of the name."""
        if self._rep_ids is None:
            self._rep_ids = {one or "" for one in Rep.objects.values_list("external_id", flat=True)}
        made = _free(slugify(name, allow_unicode=True)[:190] or "rep", self._rep_ids)
        self._rep_ids.add(made)
        return made

    def store_missing(self, bad_rows: set[int], ledger: Ledger, by: User | None) -> dict[str, int]:
        """Save the new records that good rows name; how many of which shelf."""
        counts: dict[str, int] = {}
        for shelf in SHELVES:
            made = [
                one
                for one in self._missing.values()
                if one.shelf == shelf and one.instance.pk is None and one.rows - bad_rows
            ]
            if made:
                create_rows([one.instance for one in made], by=by)
                counts[shelf] = len(made)
            for one in made:
                fields = [name for name in ("name", "external_id", "slug", "counts") if hasattr(one.instance, name)]
                ledger.created(min(one.rows - bad_rows), one.instance, fields)
        return counts


def _free(wanted: str, taken: set[str]) -> str:
    free, number = wanted, 1
    while free in taken:
        number += 1
        free = f"{wanted}-{number}"
    return free
