"""Deals, accounts, contacts and leads by what they are called: by parts of the name, else by what is nearly it.

Every word has to be found, a deal's also in the name of its account: "scanner acme" is the scanner for Acme.

Nearly goes by trigrams, which PostgreSQL has; elsewhere only parts of names are found.
"""

from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import Any

from django.contrib.postgres.lookups import TrigramWordSimilar
from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import connection
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Greatest, Upper

from accounts.models import Account, Contact
from pipeline.models import Deal, Lead

SHORTEST, LONGEST = 2, 100
_WORDS_AT_MOST = 6
_SHORTEST_ALIKE = 4
"""Shorter words have too few trigrams: everything would be alike."""


def accounts_named(text: str, user: object) -> QuerySet[Account]:
    return _with_words(Account.objects.visible_to(user), text, "name", "domain").order_by("name", "pk")


def contacts_named(text: str, user: object) -> QuerySet[Contact]:
    rows = Contact.objects.visible_to(user).select_related("account")
    return _with_words(rows, text, "name", "email").order_by("name", "pk")


def leads_named(text: str, user: object) -> QuerySet[Lead]:
    rows = Lead.objects.visible_to(user)
    return _with_words(rows, text, "name", "company", "email").order_by("-created_at", "-pk")


def deals_named(text: str, user: object) -> QuerySet[Deal]:
    """For each word two searches joined: one condition over two tables could use the index of neither."""
    rows = found = Deal.objects.visible_to(user)
    for word in _words(text):
        by_name = rows.filter(name__icontains=word).order_by().values("pk")
        by_account = rows.filter(account__name__icontains=word).order_by().values("pk")
        found = found.filter(pk__in=by_name.union(by_account))
    return found.select_related("account", "stage").order_by("-updated_at", "-pk")


def _words(text: str) -> list[str]:
    """The first words of a text; more would find the same with more work."""
    return text.split()[:_WORDS_AT_MOST]


def _with_words(rows: QuerySet[Any], text: str, *columns: str) -> QuerySet[Any]:
    """Rows that have each word of the text in one of the columns."""
    for word in _words(text):
        rows = rows.filter(reduce(or_, (Q(**{f"{column}__icontains": word}) for column in columns)))
    return rows


Named = Callable[[str, object], QuerySet[Any]]
KINDS: dict[str, Named] = {
    "deal": deals_named, "account": accounts_named, "contact": contacts_named, "lead": leads_named,
}  # fmt: skip


def accounts_alike(text: str, user: object) -> QuerySet[Account]:
    return _alike(Account.objects.visible_to(user), text, "name", "domain")


def contacts_alike(text: str, user: object) -> QuerySet[Contact]:
    return _alike(Contact.objects.visible_to(user).select_related("account"), text, "name")


def leads_alike(text: str, user: object) -> QuerySet[Lead]:
    return _alike(Lead.objects.visible_to(user), text, "name", "company")


def deals_alike(text: str, user: object) -> QuerySet[Deal]:
    rows = Deal.objects.visible_to(user).select_related("account", "stage")
    accounts = accounts_alike(text, user).order_by().values("pk")
    by_name = _alike(rows, text, "name").order_by().values("pk")
    found = rows.filter(pk__in=by_name.union(rows.filter(account__in=accounts).order_by().values("pk")))
    return found.order_by("-updated_at", "-pk")


ALIKE: dict[str, Named] = {
    "deal": deals_alike, "account": accounts_alike, "contact": contacts_alike, "lead": leads_alike,
}  # fmt: skip


def can_find_alike(text: str) -> bool:
    """Whether this database knows what is nearly a name, and a word of the text is long enough for it."""
    return connection.vendor == "postgresql" and len(_longest_word(text)) >= _SHORTEST_ALIKE


def _longest_word(text: str) -> str:
    return max(text.split(), key=len, default="")


def _alike(rows: QuerySet[Any], text: str, *columns: str) -> QuerySet[Any]:
    """Rows with a word much like the longest one, the most alike to all first. The expressions are the indexes'."""
    typed = Value(_longest_word(text).upper())
    like = [TrigramWordSimilar(Upper(column), typed) for column in columns]
    near = [TrigramWordSimilarity(text.upper(), Upper(column)) for column in columns]
    found = rows.filter(reduce(or_, map(Q, like)))
    return found.annotate(near=near[0] if len(near) == 1 else Greatest(*near)).order_by("-near", "pk")
