"""What became of a deal that moved somebody's pay, in words."""

from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from accounts import formats
from accounts.money import from_minor, to_minor
from metrics.incentives.facts import DealFact, LineFact
from metrics.incentives.ledger import Ledger
from metrics.pay.statement_rows import percent_text
from metrics.period_names import title_of


def deal_words(old: DealFact | None, new: DealFact | None, rep: int, ledger: Ledger) -> str:
    """What of it is another now, and which approved period the next statement corrects for it."""
    parts = [_deal(old, new, rep)]
    one = new or old
    approved = ledger.facts.deals.get(one.id) if one else None
    held = [
        one for one in ledger.approvals
        if approved is not None and one.starts_on <= approved.closed_on <= one.ends_on
    ]  # fmt: skip
    if held:
        words = _("taken back from %(period)s, which is approved") if new is None else _("corrects %(period)s")
        parts.append(words % {"period": title_of(held[0].period)})
    return ", ".join(parts)


def _deal(old: DealFact | None, new: DealFact | None, rep: int) -> str:
    if new is None:
        return _("won no more")
    if old is None:
        return _("won on %s") % formats.full_day(new.closed_on)
    return ", ".join([*_moved(old, new), *_shares(old, new, rep), *_priced(old, new)]) or _("changed")


def _moved(old: DealFact, new: DealFact) -> list[str]:
    found = []
    if (old.amount, old.currency) != (new.amount, new.currency):
        found.append(_change(_("amount %(old)s → %(new)s"), _amount(old), _amount(new)))
    if old.closed_on != new.closed_on:
        words = {"old": formats.full_day(old.closed_on), "new": formats.full_day(new.closed_on)}
        found.append(_("won on %(new)s instead of %(old)s") % words)
    if _sold(old.lines) != _sold(new.lines) and old.amount == new.amount:
        found.append(_("products changed"))
    return found


def _shares(old: DealFact, new: DealFact, rep: int) -> list[str]:
    before, after = (dict(one.credits).get(rep, Fraction(0)) for one in (old, new))
    if before == after:
        return []
    return [_change(_("share %(old)s → %(new)s"), _percent(before), _percent(after))]


def _priced(old: DealFact, new: DealFact) -> list[str]:
    """What it costs, and what its currency is worth."""
    found = []
    if _sold(old.lines) == _sold(new.lines) and old.lines != new.lines:
        costs = (_money(_cost(one.lines), one.currency) for one in (old, new))
        found.append(_change(_("cost of its products %(old)s → %(new)s"), *costs))
    if (old.currency, old.closed_on) == (new.currency, new.closed_on):
        before = dict(old.factors)
        for code, factor in new.factors:
            if factor != before.get(code):
                words = _("exchange rate to %(currency)s %(old)s → %(new)s")
                rates = {"old": _rate(before.get(code)), "new": _rate(factor)}
                found.append(words % {"currency": code, **rates})
    return found


def _sold(lines: tuple[LineFact, ...]) -> list[tuple[int, Fraction, Fraction | None]]:
    return [(one.product, one.quantity, one.net) for one in lines]


def _cost(lines: tuple[LineFact, ...]) -> Fraction | None:
    """Of all lines; None where that of one is not known."""
    costs = [one.cost for one in lines if one.cost is not None]
    return sum(costs, Fraction(0)) if len(costs) == len(lines) else None


def _change(words: str, old: str, new: str) -> str:
    return words % {"old": old, "new": new}


def _percent(share: Fraction) -> str:
    return percent_text(round(Decimal(share.numerator) / share.denominator, 6))


def _rate(factor: Fraction | None) -> str:
    if factor is None:
        return _("not known")
    return formats.exact(round(Decimal(factor.numerator) / factor.denominator, 6))


def _amount(deal: DealFact) -> str:
    return _money(deal.amount, deal.currency)


def _money(amount: Fraction | None, currency: str) -> str:
    if amount is None:
        return _("not known")
    minor = to_minor(Decimal(amount.numerator) / amount.denominator, currency)
    return formats.money(from_minor(minor, currency), currency, cents=True)
