"""Why a rep's pay is another one than it was at some moment: each deal that moved it, in words."""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from accounts import formats
from accounts.money import from_minor, to_minor
from metrics.incentives.differences import Difference, differences
from metrics.incentives.facts import DealFact
from metrics.incentives.gathering import gather
from metrics.incentives.statements import Book
from metrics.pay.statement_rows import percent_text
from pipeline.models import Deal


@dataclass(frozen=True)
class Change:
    """A row to show; ``name`` and ``url`` of the deal only where the reader may see it."""

    name: str
    url: str
    words: str
    amount: Decimal
    currency: str


def changes_since(book: Book, moment: datetime.datetime) -> list[Difference]:
    """What moved the pay of all periods of a book since a moment, as deals and targets were known then."""
    before = gather(book.rep, book.until, book.shared, book.ledger.facts, known_at=moment).facts
    return differences(before, book.gathered.facts, book.shared.versions, book.until, book.gathered.orders)


def change_rows(found: list[Difference], book: Book, user: Any) -> list[Change]:
    """Differences in words. One query."""
    ids = {one.deal for one in found if one.deal}
    deals = {deal.pk: deal for deal in Deal.objects.visible_to(user).filter(pk__in=ids)} if ids else {}
    rows = []
    for one in found:
        currency = book.shared.versions[one.version].terms.currency
        deal = deals.get(one.deal or 0)
        name = str(deal) if deal else (_("a deal out of your sight") if one.deal else "")
        url = deal.get_absolute_url() if deal else ""
        rows.append(Change(name, url, words_of(one, book.rep.pk), from_minor(one.amount, currency), currency))
    return rows


def words_of(one: Difference, rep: int) -> str:
    """What became of the deal: won, won no more, or what of it is another one now."""
    if one.old is None and one.new is None:
        return _("targets, metrics or teams changed")
    if one.old is None:
        return _("won on %s") % formats.full_day(one.new.closed_on) if one.new else ""
    if one.new is None:
        return _("won no more")
    parts = [*_moved(one.old, one.new), *_shares(one.old, one.new, rep)]
    return ", ".join(parts) or _("changed")


def _moved(old: DealFact, new: DealFact) -> list[str]:
    found = []
    if (old.amount, old.currency) != (new.amount, new.currency):
        found.append(_("amount %(old)s → %(new)s") % {"old": _amount(old), "new": _amount(new)})
    if old.closed_on != new.closed_on:
        words = {"old": formats.full_day(old.closed_on), "new": formats.full_day(new.closed_on)}
        found.append(_("won on %(new)s instead of %(old)s") % words)
    if old.lines != new.lines and old.amount == new.amount:
        found.append(_("products changed"))
    return found


def _shares(old: DealFact, new: DealFact, rep: int) -> list[str]:
    before, after = (dict(one.credits).get(rep, Fraction(0)) for one in (old, new))
    if before == after:
        return []
    return [_("share %(old)s → %(new)s") % {"old": _percent(before), "new": _percent(after)}]


def _percent(share: Fraction) -> str:
    return percent_text(round(Decimal(share.numerator) / share.denominator, 6))


def _amount(deal: DealFact) -> str:
    if deal.amount is None:
        return _("not known")
    minor = to_minor(Decimal(deal.amount.numerator) / deal.amount.denominator, deal.currency)
    return formats.money(from_minor(minor, deal.currency), deal.currency, cents=True)
