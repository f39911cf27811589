"""Why a rep's pay is another one than it was at some moment: each cause with what it moved, in words."""

import datetime
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from accounts.money import from_minor
from metrics.incentives.causes import DEAL, Cause, causes
from metrics.incentives.past_facts import known_before
from metrics.incentives.statements import Book
from metrics.pay.change_words import cause_name, cause_words
from pipeline.models import Deal


@dataclass(frozen=True)
class Change:
    """A row to show: what it is about, with its address where the reader may see it, and what happened."""

    name: str
    url: str
    words: str
    amount: Decimal
    currency: str


def changes_since(book: Book, moment: datetime.datetime) -> list[Cause]:
    """What moved the pay of all periods of a book since the beginning of a day; together all that it moved.

    By what was known then: deals, targets, plan versions, teams, employment, prices and rates. Raises TwoPlansHold,
    SharesRefused.
    """
    before, now = known_before(book, moment)
    return causes(before, now, book.shared.versions, book.gathered.orders)


def change_rows(found: list[Cause], book: Book, user: Any) -> list[Change]:
    """Causes in words, a row for each and currency. One query, another where teams are named."""
    ids = {(one.new or one.old).id for one in found if one.kind == DEAL}
    deals = {deal.pk: deal for deal in Deal.objects.visible_to(user).filter(pk__in=ids)} if ids else {}
    rows: list[Change] = []
    for one, currency in _joined(found, book):
        deal = deals.get((one.new or one.old).id) if one.kind == DEAL else None
        name, url = (str(deal), deal.get_absolute_url()) if deal else (cause_name(one.kind), "")
        rows.append(Change(name, url, cause_words(one, book), from_minor(one.amount, currency), currency))
    return rows


def _joined(found: list[Cause], book: Book) -> list[tuple[Cause, str]]:
    """What one thing moved in several versions of plans in the same currency, together; with the currency."""
    joined: dict[tuple[str, int, int, str], tuple[Cause, str]] = {}
    for one in found:
        currency = book.shared.versions[one.version].terms.currency
        key = (one.kind, id(one.old), id(one.new), currency)
        before = joined[key][0].amount if key in joined else 0
        joined[key] = replace(one, amount=before + one.amount), currency
    return [row for row in joined.values() if row[0].amount]
