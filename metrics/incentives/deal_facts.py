"""From a deal's last state to what a calculation reads of it: money in major units, rates, nets and costs of lines."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Protocol

from accounts.money import divided, minor_digits
from metrics.incentives.deal_states import DealState
from metrics.incentives.exact import number_of
from metrics.incentives.facts import ONE, DealFact, LineFact
from metrics.incentives.terms import Commission, Spiff, Terms

READ_KEYS = (
    "outcome", "deleted", "closed_at", "amount_minor", "currency", "kind", "pipeline", "channel", "credits", "lines",
)  # fmt: skip
"""What of a deal's last state is read here."""


@dataclass(frozen=True)
class Subscribed:
    """A subscription of a deal: its product, and a month's amount in its own currency."""

    product: int | None
    amount: Decimal
    currency: str


@dataclass(frozen=True)
class Wanted:
    """What some plans read of a deal. ``currencies``: theirs. Lines, subscriptions and the names of pipelines and
    channels are left out where no plan reads them and nothing is kept."""

    currencies: tuple[str, ...]
    lines: bool = True
    monthly: bool = True
    names: bool = True

    @classmethod
    def by(cls, terms: Iterable[Terms], *, is_whole: bool) -> "Wanted":
        """``is_whole``: all there is, so that facts can be kept and compared."""
        plans = list(terms)
        currencies = tuple(sorted({one.currency for one in plans}))
        if is_whole:
            return cls(currencies)
        parts = [part for one in plans for part in one.components if isinstance(part, Commission | Spiff)]
        bases = {part.basis for part in parts if isinstance(part, Commission)}
        picks = any(part.where.picks_lines for part in parts)
        names = any(part.where.pipeline or part.where.channel for part in parts)
        return cls(currencies, picks or bool(bases & {"margin", "units"}), "monthly_amount" in bases, names)


class Pricing(Protocol):
    """Rates and costs by day, and names by id."""

    base: str

    def to_base(self, currency: str, day: datetime.date) -> Fraction | None:
        """Units of the base currency for one of a currency; None: no rate."""

    def known_factor(self, source: str, target: str, day: datetime.date, event: int) -> Fraction | None:
        """Units of ``target`` for one of ``source`` at the rates that were known when an event was recorded."""

    def unit_cost(self, product: int, day: datetime.date) -> Decimal | None:
        """In the base currency; None: not known."""

    def pipeline(self, pk: int) -> str: ...

    def channel(self, pk: int) -> str: ...


def deal_fact(
    pk: int, key: str, state: DealState, pricing: Pricing, *, wanted: Wanted, subscribed: Iterable[Subscribed] = (),
    frozen: DealFact | None = None,
) -> DealFact | None:  # fmt: skip
    """A won deal as calculations read it; None: it is not won.

    ``frozen``: the deal as an approved statement read it; a rate that was used there stays.
    """
    if not state.is_won or state.closed_on is None:
        return None
    fields, day = state.fields, state.closed_on
    minor, currency = fields.get("amount_minor"), fields["currency"]
    amount = None if minor is None else Fraction(minor, 10 ** minor_digits(currency))
    pipeline, channel = "", ""
    if wanted.names:
        pipeline, channel = pricing.pipeline(fields.get("pipeline") or 0), pricing.channel(fields.get("channel") or 0)
    return DealFact(
        id=pk, key=key, closed_at=datetime.datetime.fromisoformat(fields["closed_at"]).astimezone(datetime.UTC),
        closed_on=day, kind=fields.get("kind") or "", pipeline=pipeline, channel=channel,
        currency=currency, amount=amount,
        factors=_factors(state, pricing, wanted.currencies, frozen),
        lines=_lines(state, amount, pricing) if wanted.lines else (),
        monthly=tuple((one.product, _monthly(one, state, pricing)) for one in subscribed) if wanted.monthly else (),
        credits=_credits(state), seen=state.seen, left_out=tuple(sorted(state.left_out.items())),
    )  # fmt: skip


def _factors(
    state: DealState, pricing: Pricing, currencies: Iterable[str], frozen: DealFact | None
) -> tuple[tuple[str, Fraction | None], ...]:
    own, day = state.fields["currency"], state.closed_on or datetime.date.min
    kept = {}
    if frozen is not None and (frozen.currency, frozen.closed_on) == (own, day):
        kept = {code: factor for code, factor in frozen.factors if factor is not None}
    return tuple((code, kept.get(code) or _factor(state, pricing, code, day)) for code in currencies if code != own)


def _factor(state: DealState, pricing: Pricing, plan: str, day: datetime.date) -> Fraction | None:
    """Units of a plan's currency for one of a deal's, over the base currency at the deal's own frozen rate.

    The rest of the way is at the rates that were known when the deal was won, too.
    """
    if plan == pricing.base and state.rate is not None:
        return state.rate
    from_base = pricing.known_factor(pricing.base, plan, day, state.won_by)
    if state.rate is not None and from_base is not None:
        return state.rate * from_base
    return pricing.known_factor(state.fields["currency"], plan, day, state.won_by)


def _credits(state: DealState) -> tuple[tuple[int, Fraction], ...]:
    """The shares given, else the owner's of the winning."""
    given = state.fields.get("credits")
    if given:
        if len(given) == 1 and number_of(given[0][1]) == 1:
            return ((int(given[0][0]), ONE),)
        return tuple(sorted((int(rep), number_of(share)) for rep, share in given))
    return ((state.owner, ONE),) if state.owner else ()


def _lines(state: DealState, amount: Fraction | None, pricing: Pricing) -> tuple[LineFact, ...]:
    rows = state.fields.get("lines") or []
    return tuple(_line(row, len(rows) == 1, state, amount, pricing) for row in rows)


def _line(row: list, is_only: bool, state: DealState, amount: Fraction | None, pricing: Pricing) -> LineFact:
    product, quantity, price, discount, cost = row
    if is_only and (state.is_named or price is None):
        net = amount
    elif price is None:
        net = None
    else:
        net = _net(quantity, price, discount, 10 ** minor_digits(state.fields["currency"]))
    return LineFact(product, number_of(quantity), net, _cost(product, number_of(quantity), cost, state, pricing))


@lru_cache(maxsize=16_384)
def _net(quantity: str, price: str, discount: str, scale: int) -> Fraction:
    """Rounded to the minor unit."""
    exact = number_of(quantity) * number_of(price) * (1 - number_of(discount)) * scale
    return Fraction(divided(exact.numerator, exact.denominator), scale)


def _cost(product: int, quantity: Fraction, cost: str | None, state: DealState, pricing: Pricing) -> Fraction | None:
    """The line's own cost, else the product's of the closing day, which is in the base currency."""
    if cost is not None:
        return quantity * number_of(cost)
    standard = pricing.unit_cost(product, state.closed_on or datetime.date.min)
    if standard is None or (state.rate is None and state.fields["currency"] != pricing.base):
        return None
    return quantity * Fraction(standard) / (state.rate or 1)


def _monthly(one: Subscribed, state: DealState, pricing: Pricing) -> Fraction | None:
    """In the deal's currency."""
    own, day = state.fields["currency"], state.closed_on or datetime.date.min
    if one.currency == own:
        return Fraction(one.amount)
    rate = pricing.to_base(one.currency, day)
    own_rate = state.rate or pricing.to_base(own, day)
    return None if rate is None or own_rate is None else Fraction(one.amount) * rate / own_rate
