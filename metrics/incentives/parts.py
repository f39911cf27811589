"""What of a deal is credited to whom, in a plan's currency: basis, shares, and what is not known."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from accounts.money import minor_digits, round_half_even, split_minor
from metrics.incentives.facts import DealFact, Facts, LineFact
from metrics.incentives.terms import Commission, Spiff, Where

NO_AMOUNT, NO_COST, NO_RATE = "amount missing", "cost not known", "no exchange rate"


class NotKnown(Exception):
    """The basis of a deal can't be told; the message says what is missing."""


class SharesRefused(ValueError):
    """Shares of a deal that do not add up to exactly 1."""


@dataclass(frozen=True)
class Credited:
    """A part of a deal: ``basis`` in major units of the plan's currency, or units."""

    deal: DealFact
    basis: Fraction
    share: Fraction


def matches(deal: DealFact, where: Where) -> bool:
    """Whether kind, pipeline and channel of a deal are among those asked for."""
    pairs = ((deal.kind, where.deal_kind), (deal.pipeline, where.pipeline), (deal.channel, where.channel))
    return all(not names or value in names for value, names in pairs)


def has_product(product: int | None, where: Where, facts: Facts) -> bool:
    """Whether a product is among those asked for; no product is only where none is asked for."""
    if not where.picks_lines:
        return True
    if product is None or product not in facts.products:
        return False
    one = facts.products[product]
    is_named = not where.product or one.name in where.product or one.sku in where.product
    return is_named and (not where.product_family or one.family in where.product_family)


def lines_of(deal: DealFact, where: Where, facts: Facts) -> list[LineFact]:
    return [line for line in deal.lines if has_product(line.product, where, facts)]


def basis_of(deal: DealFact, component: Commission, facts: Facts, currency: str) -> Fraction:
    """The deal's whole basis: money rounded to the minor unit of the plan's currency, units exact. Raises NotKnown."""
    lines = lines_of(deal, component.where, facts)
    if component.basis == "units":
        return sum((line.quantity for line in lines), Fraction(0))
    own = _own_basis(deal, component, lines, facts)
    factor = deal.factor(currency)
    if own == 0:
        return own
    if factor is None:
        raise NotKnown(NO_RATE)
    scale = 10 ** minor_digits(currency)
    return Fraction(round_half_even(own * factor * scale), scale)


def _own_basis(deal: DealFact, component: Commission, lines: list[LineFact], facts: Facts) -> Fraction:
    """In the deal's currency."""
    picks = component.where.picks_lines
    if component.basis == "monthly_amount":
        amounts = [amount for product, amount in deal.monthly if has_product(product, component.where, facts)]
        return _sum(amounts, NO_RATE)
    if component.basis == "margin":
        if not lines and not picks:
            raise NotKnown(NO_COST)
        return _sum([line.net for line in lines], NO_AMOUNT) - _sum([line.cost for line in lines], NO_COST)
    return _sum([line.net for line in lines] if picks else [deal.amount], NO_AMOUNT)


def _sum(values: list[Fraction | None], missing: str) -> Fraction:
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        raise NotKnown(missing)
    return sum(known, Fraction(0))


def split(minor: int, deal: DealFact, facts: Facts) -> dict[int, int]:
    """Minor units by credited rep: the largest remainder, then the larger share, then the first e-mail."""
    _check_shares(deal)
    ranked = sorted(deal.credits, key=lambda credit: (-credit[1], facts.reps.get(credit[0], "")))
    parts = split_minor(minor, [share for _rep, share in ranked])
    return {rep: part for (rep, _share), part in zip(ranked, parts, strict=True)}


def _check_shares(deal: DealFact) -> None:
    total = sum(share for _rep, share in deal.credits)
    if deal.credits and total != 1:
        raise SharesRefused(f"{deal.key}: the shares add up to {float(total):g}, not to 1.")


def credited(deal: DealFact, component: Commission, facts: Facts, currency: str) -> Credited | None:
    """What a commission or an override counts of a deal; None: nothing. Raises NotKnown, SharesRefused."""
    reps = [rep for rep, _share in deal.credits if counts_for(rep, deal, component, facts)]
    if not reps or not matches(deal, component.where):
        return None
    whole = basis_of(deal, component, facts, currency)
    shares = dict(deal.credits)
    share = sum((shares[rep] for rep in reps), Fraction(0))
    if component.basis == "units":
        _check_shares(deal)
        return Credited(deal, whole * share, share)
    scale = 10 ** minor_digits(currency)
    parts = split(int(whole * scale), deal, facts)
    return Credited(deal, Fraction(sum(parts[rep] for rep in reps), scale), share)


def counts_for(rep: int, deal: DealFact, component: Commission, facts: Facts) -> bool:
    """Whether a credited rep's part counts: the payee's own, or for an override that of others in the team."""
    if component.kind != "override":
        return rep == facts.rep
    return rep != facts.rep and facts.in_team(rep, component.of_team, deal.closed_on)


def spiff_part(deal: DealFact, spiff: Spiff, facts: Facts, currency: str) -> tuple[int, Fraction | None] | None:
    """Minor units that a SPIFF pays the rep for a deal, and the share; None: nothing. Raises NotKnown."""
    shares = dict(deal.credits)
    if facts.rep not in shares or not spiff.first <= deal.closed_on <= spiff.last or not matches(deal, spiff.where):
        return None
    if spiff.where.picks_lines and not lines_of(deal, spiff.where, facts):
        return None
    if deal.amount is None:
        raise NotKnown(NO_AMOUNT)
    if deal.amount <= 0:
        return None
    whole = round_half_even(Fraction(spiff.per_deal) * 10 ** minor_digits(currency))
    if spiff.split == "full":
        return whole, None
    part = split(whole, deal, facts)[facts.rep]
    return (part, shares[facts.rep]) if part else None


def each_known(
    deals: list[DealFact], component: Commission, facts: Facts, currency: str
) -> Iterator[tuple[DealFact, Credited | str | None]]:
    """What counts of each deal, or the words for what is not known of it."""
    for deal in deals:
        try:
            yield deal, credited(deal, component, facts, currency)
        except NotKnown as missing:
            yield deal, str(missing)
