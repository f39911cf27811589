"""From a deal's last state to what a calculation reads of it: money in major units, rates, nets and costs of lines."""

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from accounts.money import from_minor, minor_digits, round_half_even
from accounts.rates import KnownRates
from metrics.incentives.deal_states import DealState
from metrics.incentives.facts import DealFact, LineFact
from pipeline.prices import PriceBook


@dataclass(frozen=True)
class Subscribed:
    """A subscription of a deal: its product, and a month's amount in its own currency."""

    product: int | None
    amount: Decimal
    currency: str


@dataclass(frozen=True)
class Pricing:
    """Rates and costs by day, names of pipelines and channels by id, and when events became known.

    Rates are only read where the deals' own frozen ones do not do: where a plan's currency is not the base currency.
    """

    base: str
    load_rates: Callable[[], KnownRates]
    prices: PriceBook
    pipelines: Mapping[int, str]
    channels: Mapping[int, str]
    recorded_at: Mapping[int, datetime.datetime]

    @cached_property
    def rates(self) -> KnownRates:
        return self.load_rates()

    def to_base(self, currency: str, day: datetime.date) -> Fraction | None:
        return self.rates.factor(currency, self.base, day)

    def factor(self, state: DealState, plan: str, day: datetime.date) -> Fraction | None:
        """Units of a plan's currency for one of a deal's, over the base currency at the deal's own frozen rate.

        The rest of the way is at the rates that were known when the deal was won, too.
        """
        if plan == self.base and state.rate is not None:
            return state.rate
        moment = self.recorded_at[state.won_by]
        from_base = self.rates.factor_at(self.base, plan, day, moment)
        if state.rate is not None and from_base is not None:
            return state.rate * from_base
        return self.rates.factor_at(state.fields["currency"], plan, day, moment)


def deal_fact(
    pk: int, key: str, state: DealState, pricing: Pricing, *, currencies: Iterable[str],
    subscribed: Iterable[Subscribed] = (), frozen: DealFact | None = None,
) -> DealFact | None:  # fmt: skip
    """A won deal as calculations read it; None: it is not won. ``currencies``: those of plans.

    ``frozen``: the deal as an approved statement read it; a rate that was used there stays.
    """
    if not state.is_won or state.closed_on is None:
        return None
    fields, day = state.fields, state.closed_on
    minor = fields.get("amount_minor")
    amount = None if minor is None else Fraction(from_minor(minor, fields["currency"]))
    return DealFact(
        id=pk, key=key, closed_at=datetime.datetime.fromisoformat(fields["closed_at"]).astimezone(datetime.UTC),
        closed_on=day, kind=fields.get("kind") or "", pipeline=pricing.pipelines.get(fields.get("pipeline") or 0, ""),
        channel=pricing.channels.get(fields.get("channel") or 0, ""), currency=fields["currency"], amount=amount,
        factors=_factors(state, pricing, currencies, frozen), lines=_lines(state, amount, pricing),
        monthly=tuple((one.product, _monthly(one, state, pricing)) for one in subscribed), credits=_credits(state),
        seen=state.seen, left_out=tuple(sorted(state.left_out.items())),
    )  # fmt: skip


def _factors(
    state: DealState, pricing: Pricing, currencies: Iterable[str], frozen: DealFact | None
) -> tuple[tuple[str, Fraction | None], ...]:
    own, day = state.fields["currency"], state.closed_on or datetime.date.min
    kept = {}
    if frozen is not None and (frozen.currency, frozen.closed_on) == (own, day):
        kept = {code: factor for code, factor in frozen.factors if factor is not None}
    return tuple(
        (code, kept.get(code) or pricing.factor(state, code, day)) for code in sorted(set(currencies)) if code != own
    )


def _credits(state: DealState) -> tuple[tuple[int, Fraction], ...]:
    """The shares given, else the owner's of the winning."""
    given = tuple(sorted((int(rep), Fraction(share)) for rep, share in state.fields.get("credits") or []))
    return given or (((state.owner, Fraction(1)),) if state.owner else ())


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
        scale = 10 ** minor_digits(state.fields["currency"])
        net = Fraction(round_half_even(Fraction(quantity) * Fraction(price) * (1 - Fraction(discount)) * scale), scale)
    return LineFact(product, Fraction(quantity), net, _cost(product, Fraction(quantity), cost, state, pricing))


def _cost(product: int, quantity: Fraction, cost: str | None, state: DealState, pricing: Pricing) -> Fraction | None:
    """The line's own cost, else the product's of the closing day, which is in the base currency."""
    if cost is not None:
        return quantity * Fraction(cost)
    standard = pricing.prices.on(product, state.closed_on or datetime.date.min).unit_cost
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
