"""Records that may be the same as one that is being typed: found among all rows, named only where they are visible."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.db.models import Model, Q
from django.utils.crypto import salted_hmac
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Contact
from pipeline.models import Lead

FREE_MAIL = frozenset((
    "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "yahoo.com", "icloud.com",
    "me.com", "mac.com", "aol.com", "gmx.de", "gmx.net", "gmx.com", "web.de", "t-online.de", "freenet.de",
    "proton.me", "protonmail.com", "mail.com", "zoho.com", "yandex.com", "orange.fr", "wanadoo.fr", "free.fr",
    "libero.it",
))  # fmt: skip
_LEGAL_FORMS = frozenset((
    "ag", "ab", "as", "asa", "bv", "co", "corp", "corporation", "company", "gmbh", "group", "holding", "inc",
    "incorporated", "kg", "kgaa", "limited", "llc", "llp", "ltd", "mbh", "nv", "oy", "oyj", "plc", "pty", "sa", "sarl",
    "sas", "se", "spa", "srl", "the", "und", "and",
))  # fmt: skip
_ALIKE = 0.87
_LOOKED_AT = 200
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A visible record that looks the same, and why."""

    kind: str
    record: Model
    why: str | Promise


@dataclass(frozen=True, slots=True)
class Duplicates:
    """What was found. ``hidden``: there are such records outside the user's sight; nothing more is said of them."""

    shown: tuple[Duplicate, ...]
    hidden: bool
    digest: str
    """Stands for exactly this set of records, so that a form can say that its user has seen them."""

    def __bool__(self) -> bool:
        return bool(self.shown) or self.hidden


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed about a person or a company; empty where nothing was.

    ``at_company``: a person of whom it is known where they work, so only the same person counts, no colleagues.
    """

    name: str = ""
    company: str = ""
    email: str = ""
    phone: str = ""
    domain: str = ""
    at_company: bool = False


def find_duplicates(typed: Typed, *, user: object, leave_out: Model | None = None) -> Duplicates:
    """Leads, contacts and accounts with the same e-mail, phone or domain or a similar name."""
    found: dict[tuple[type[Model], int], str | Promise] = {}
    for model, why, rows in _matches(typed):
        for row in rows:
            if leave_out is None or (model, row.pk) != (type(leave_out), leave_out.pk):
                found.setdefault((model, row.pk), why)
    shown: list[Duplicate] = []
    for model in (Account, Contact, Lead):
        ids = [pk for kind, pk in found if kind is model]
        if ids:
            seen = model.objects.visible_to(user).filter(pk__in=ids).order_by("pk")
            shown += [Duplicate(model._meta.model_name or "", row, found[model, row.pk]) for row in seen]
    keys = sorted(f"{model._meta.model_name}:{pk}" for model, pk in found)
    digest = salted_hmac("duplicates", " ".join(keys)).hexdigest()[:16]
    return Duplicates(tuple(shown[:_SHOWN]), len(shown) < len(found), digest)


def _matches(typed: Typed) -> Iterable[tuple[type[Model], str | Promise, Iterable[Any]]]:
    email = typed.email.strip()
    domain = "" if typed.at_company else typed.domain or business_domain(email)
    if email:
        same_email = Q(email__in={email, email.lower()})
        yield Contact, _("same e-mail"), Contact.objects.live().filter(same_email)[:_LOOKED_AT]
        yield Lead, _("same e-mail"), Lead.objects.live().filter(same_email)[:_LOOKED_AT]
    if pattern := phone_pattern(typed.phone):
        yield Contact, _("same phone"), Contact.objects.live().filter(phone__regex=pattern)[:_LOOKED_AT]
        yield Lead, _("same phone"), Lead.objects.live().filter(phone__regex=pattern)[:_LOOKED_AT]
    if domain:
        yield Account, _("same domain"), Account.objects.live().filter(domain=domain)[:_LOOKED_AT]
        yield Lead, _("same domain"), Lead.objects.live().filter(email__iendswith=f"@{domain}")[:_LOOKED_AT]
    if company := typed.company.strip():
        yield Account, _("similar name"), _alike(company, Account.objects.live(), "name")
        yield Lead, _("similar name"), _alike(company, Lead.objects.live(), "company")
    if (name := typed.name.strip()) and not company:
        yield Contact, _("similar name"), _alike(name, Contact.objects.live(), "name")
        yield Lead, _("similar name"), _alike(name, Lead.objects.live(), "name")


def _alike(text: str, rows: Any, field: str) -> list[Any]:
    wanted = plain_name(text)
    first = wanted.split(" ")[0]
    if len(first) < 3:
        return list(rows.filter(**{f"{field}__iexact": text})[:_LOOKED_AT])
    may_be = Q(**{f"{field}__icontains": first}) | Q(**{f"{field}__istartswith": first[:4]})
    near = rows.filter(may_be).order_by("pk")[:_LOOKED_AT]
    return [row for row in near if is_alike(wanted, plain_name(getattr(row, field)))]


def is_alike(one: str, other: str) -> bool:
    """Whether two plain names are nearly the same."""
    return one == other or SequenceMatcher(None, one, other).ratio() >= _ALIKE


def plain_name(text: str) -> str:
    """A company's or person's name without case, signs and legal form: "Karlsson Foods AB" is "karlsson foods"."""
    words = re.sub(r"[^\w\s]", " ", text.casefold()).split()
    return " ".join([word for word in words if word not in _LEGAL_FORMS] or words)


def business_domain(email: str) -> str:
    """The domain of an e-mail address that belongs to a company; empty for a free mail service."""
    domain = email.strip().rpartition("@")[2].lower() if "@" in email else ""
    return "" if domain in FREE_MAIL else domain


def phone_pattern(phone: str) -> str:
    """A pattern for the last eight digits of a number, however it is written; empty for fewer than seven digits.

    The country's code and the zero in its place come before them.
    """
    digits = re.sub(r"\D", "", phone)[-8:]
    return "[^0-9]*".join(digits) + "[^0-9]*$" if len(digits) >= 7 else ""
