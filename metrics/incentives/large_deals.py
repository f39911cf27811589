"""What deals of a rep come to in a plan's currency, and what one large deal more would do to his pay. Pure."""

import datetime
from collections.abc import Iterable
from fractions import Fraction

from accounts.money import minor_digits, round_half_even
from metrics.incentives.chain import Chain
from metrics.incentives.exact import sum_of
from metrics.incentives.facts import ONE, DealFact, Facts

LARGE_DEAL = -1
"""The id of the deal that is supposed."""


def won_amounts(
    facts: Facts, first: datetime.date, last: datetime.date, currency: str
) -> list[tuple[Fraction, Fraction]]:
    """(whole amount, the rep's part) of each deal that was won on some days, in major units; not rounded.

    Deals whose amount or rate is not known are left out.
    """
    found = []
    for deal in facts.deals.values():
        if not first <= deal.closed_on <= last or deal.amount is None:
            continue
        share, factor = next((share for rep, share in deal.credits if rep == facts.rep), None), deal.factor(currency)
        if share is not None and factor is not None:
            whole = deal.amount if factor is ONE else deal.amount * factor
            found.append((whole, whole if share is ONE else whole * share))
    return found


def sold_minor(won: Iterable[tuple[Fraction, Fraction]], currency: str) -> int:
    """What is credited to the rep of deals won, in minor units."""
    return round_half_even(sum_of(part for _whole, part in won) * 10 ** minor_digits(currency))


def with_large_deal(chain: Chain, amount: Fraction, currency: str, last: datetime.date) -> Chain:
    """The same calculations with one new deal more of that amount, without products, won last of all on a day."""
    deal = DealFact(
        id=LARGE_DEAL, key="one large deal", closed_at=datetime.datetime.combine(last, datetime.time.max, datetime.UTC),
        closed_on=last, kind="new", pipeline="", channel="", currency=currency, amount=amount,
        factors=((currency, Fraction(1)),), lines=(), monthly=(), credits=((chain.facts.rep, Fraction(1)),),
    )  # fmt: skip
    return chain.with_deal(deal)
