"""What deals of a rep come to in a plan's currency, and what one large deal more would do to his pay. Pure."""

import datetime
from dataclasses import replace
from fractions import Fraction

from accounts.money import minor_digits, round_half_even
from metrics.incentives.chain import Chain
from metrics.incentives.facts import DealFact, Facts

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
        share, factor = dict(deal.credits).get(facts.rep), deal.factor(currency)
        if share is not None and first <= deal.closed_on <= last and deal.amount is not None and factor is not None:
            found.append((deal.amount * factor, deal.amount * factor * share))
    return found


def sold_minor(facts: Facts, first: datetime.date, last: datetime.date, currency: str) -> int:
    """What is credited to the rep of deals won on some days, in minor units."""
    parts = won_amounts(facts, first, last, currency)
    return round_half_even(sum((part for _whole, part in parts), Fraction(0)) * 10 ** minor_digits(currency))


def with_large_deal(chain: Chain, amount: Fraction, currency: str, last: datetime.date) -> Chain:
    """The same calculations with one new deal more of that amount, without products, won last of all on a day."""
    deal = DealFact(
        id=LARGE_DEAL, key="one large deal", closed_at=datetime.datetime.combine(last, datetime.time.max, datetime.UTC),
        closed_on=last, kind="new", pipeline="", channel="", currency=currency, amount=amount,
        factors=((currency, Fraction(1)),), lines=(), monthly=(), credits=((chain.facts.rep, Fraction(1)),),
    )  # fmt: skip
    facts = replace(chain.facts, deals={**chain.facts.deals, LARGE_DEAL: deal})
    return Chain(facts, chain.versions, last)
