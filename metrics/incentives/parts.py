"""What of a deal is credited to whom, in a plan's currency: basis, shares, and what is not known."""

from fractions import Fraction
from typing import NamedTuple

from django.utils.translation import gettext as _

from accounts.money import minor_digits, round_half_even, split_whole
from metrics.incentives.exact import Number, as_whole, sum_of
from metrics.incentives.facts import ONE, DealFact, Facts, LineFact, converted
from metrics.incentives.terms import Commission, Spiff, Where

NO_AMOUNT, NO_COST, NO_RATE = "amount missing", "cost not known", "no exchange rate"


class NotKnown(Exception):
    """The basis of a deal can't be told; the message says what is missing."""


class SharesRefused(ValueError):
    """Shares of a deal that do not add up to exactly 1."""


class Credited(NamedTuple):
    """A part of a deal: ``basis`` in minor units of the plan's currency, or units."""

    deal: DealFact
    basis: Number
    share: Fraction


def matches(deal: DealFact, where: Where) -> bool:
    """Whether kind, pipeline and channel of a deal are among those asked for."""
    return (
        (not where.deal_kind or deal.kind in where.deal_kind)
        and (not where.pipeline or deal.pipeline in where.pipeline)
        and (not where.channel or deal.channel in where.channel)
    )


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


def basis_of(deal: DealFact, component: Commission, facts: Facts, currency: str) -> Number:
    """The deal's whole basis: money rounded to minor units of the plan's currency, units exact. Raises NotKnown."""
    if component.basis == "units":
        return as_whole(sum_of(line.quantity for line in lines_of(deal, component.where, facts)))
    if component.basis == "amount" and not component.where.picks_lines:
        minor = deal.minor_in(currency)
        if minor is None:
            raise NotKnown(NO_AMOUNT if deal.amount is None else NO_RATE)
        return minor
    minor = converted(_own_basis(deal, component, facts), deal.factor(currency), currency)
    if minor is None:
        raise NotKnown(NO_RATE)
    return minor


def _own_basis(deal: DealFact, component: Commission, facts: Facts) -> Fraction:
    """In the deal's currency."""
    lines = lines_of(deal, component.where, facts)
    if component.basis == "monthly_amount":
        amounts = [amount for product, amount in deal.monthly if has_product(product, component.where, facts)]
        return _sum(amounts, NO_RATE)
    if component.basis == "margin":
        if not lines and not component.where.picks_lines:
            raise NotKnown(NO_COST)
        return _sum([line.net for line in lines], NO_AMOUNT) - _sum([line.cost for line in lines], NO_COST)
    return _sum([line.net for line in lines], NO_AMOUNT)


def _sum(values: list[Fraction | None], missing: str) -> Fraction:
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        raise NotKnown(missing)
    return known[0] if len(known) == 1 else sum_of(known)


def split(minor: int, deal: DealFact, facts: Facts) -> dict[int, int]:
    """Minor units by credited rep: the largest remainder, then the larger share, then the first e-mail."""
    if deal.is_undivided:
        return {deal.credits[0][0]: minor}
    _check_shares(deal)
    weights, whole = deal.weights
    reps = [rep for rep, _share in deal.credits]
    ranked = sorted(zip(weights, reps, strict=True), key=lambda one: (-one[0], facts.reps.get(one[1], "")))
    parts = split_whole(minor, [weight for weight, _rep in ranked], whole)
    return {rep: part for (_weight, rep), part in zip(ranked, parts, strict=True)}


def _check_shares(deal: DealFact) -> None:
    weights, whole = deal.weights
    if deal.credits and sum(weights) != whole:
        total = sum_of(share for _rep, share in deal.credits)
        told = {"deal": deal.key, "total": f"{float(total):g}"}
        raise SharesRefused(_("%(deal)s: the shares add up to %(total)s, not to 1.") % told)


def credited(deal: DealFact, component: Commission, facts: Facts, currency: str) -> Credited | None:
    """What a commission or an override counts of a deal; None: nothing. Raises NotKnown, SharesRefused."""
    reps = [rep for rep, _share in deal.credits if counts_for(rep, deal, component, facts)]
    if not reps or not matches(deal, component.where):
        return None
    whole = basis_of(deal, component, facts, currency)
    if deal.is_undivided:
        return Credited(deal, whole, ONE)
    shares = dict(deal.credits)
    share = shares[reps[0]] if len(reps) == 1 else sum_of(shares[rep] for rep in reps)
    if component.basis == "units":
        _check_shares(deal)
        return Credited(deal, whole if share == 1 else as_whole(whole * share), share)
    parts = split(int(whole), deal, facts)
    return Credited(deal, sum(parts[rep] for rep in reps), share)


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
