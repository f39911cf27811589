"""What a deal is worth to each who is credited: the basis in the plan's currency, split by share."""

import math
from fractions import Fraction
from typing import Any

from tests.independent.pay.case import Case, Deal, number, to_major, to_minor


def passes(case: Case, deal: Deal, where: dict[str, Any]) -> bool:
    """Whether a deal counts as a whole; what is in it is picked one by one."""
    raw = deal.raw
    for key, field in (("deal_kind", "kind"), ("pipeline", "pipeline"), ("channel", "channel")):
        if where.get(key) and raw.get(field) not in where[key]:
            return False
    return True


def has_matching_line(case: Case, deal: Deal, where: dict[str, Any]) -> bool:
    return not picks_lines(where) or bool(_lines(case, deal, where))


def picks_lines(where: dict[str, Any]) -> bool:
    return bool(where.get("product") or where.get("product_family"))


def _picked(case: Case, product: str | None, where: dict[str, Any]) -> bool:
    if where.get("product") and product not in where["product"]:
        return False
    family = case.products.get(product, {}).get("family") if product else None
    return not where.get("product_family") or family in where["product_family"]


def _lines(case: Case, deal: Deal, where: dict[str, Any]) -> list[dict[str, Any]]:
    lines = deal.raw.get("lines") or []
    if not lines and deal.raw.get("product"):
        lines = [{"product": deal.raw["product"], "quantity": "1", "whole": True}]
    return [line for line in lines if _picked(case, line["product"], where)]


def _subscriptions(case: Case, deal: Deal, where: dict[str, Any]) -> list[dict[str, Any]]:
    if deal.raw.get("monthly"):
        return [{"product": None, "monthly": deal.raw["monthly"]}] if not picks_lines(where) else []
    return [one for one in deal.raw.get("subscriptions", []) if _picked(case, one.get("product"), where)]


def net_of(deal: Deal, line: dict[str, Any]) -> Fraction | None:
    """Of a line, in the deal's currency, rounded to its minor unit."""
    if line.get("whole"):
        return deal.amount
    price = number(line.get("unit_price"))
    if price is None:
        return None
    discount = number(line.get("discount")) or Fraction(0)
    return to_major(to_minor(Fraction(line["quantity"]) * price * (1 - discount), deal.currency), deal.currency)


def cost_of(case: Case, deal: Deal, line: dict[str, Any]) -> Fraction | None:
    """Of all units of a line, in the deal's currency: the line's own cost, else the product's."""
    own = number(line.get("unit_cost"))
    if own is not None:
        return Fraction(line["quantity"]) * own
    cost = number(case.products.get(line["product"], {}).get("unit_cost"))
    factor = case.cross(case.base, deal.currency, deal.closed_on)
    return None if cost is None or factor is None else Fraction(line["quantity"]) * cost * factor


def basis_of(case: Case, deal: Deal, basis: str, where: dict[str, Any]) -> Fraction | None:
    """In the deal's currency, or units; None: not known."""
    lines = _lines(case, deal, where)
    if basis == "units":
        return sum((Fraction(line["quantity"]) for line in lines), Fraction(0))
    if basis == "monthly_amount":
        return _sum([number(one["monthly"]) for one in _subscriptions(case, deal, where)])
    if basis == "margin":
        if not lines and not picks_lines(where):
            return None
        nets, costs = _sum([net_of(deal, one) for one in lines]), _sum([cost_of(case, deal, one) for one in lines])
        return None if nets is None or costs is None else nets - costs
    return _sum([net_of(deal, one) for one in lines]) if picks_lines(where) else deal.amount


def _sum(values: list[Fraction | None]) -> Fraction | None:
    return None if None in values else sum((one for one in values if one is not None), Fraction(0))


def credits_of(deal: Deal) -> dict[str, Fraction]:
    """Shares by e-mail: the owner 1, unless credits are given."""
    given = deal.raw.get("credits")
    return {one["rep"]: Fraction(one["share"]) for one in given} if given else {deal.raw["owner"]: Fraction(1)}


def split(minor: int, shares: dict[str, Fraction]) -> dict[str, int]:
    """By largest remainder; ties: the larger share, then the e-mail. A negative amount as its absolute value."""
    sign, whole = (-1 if minor < 0 else 1), abs(minor)
    exact = {rep: whole * share for rep, share in shares.items()}
    parts = {rep: math.floor(value) for rep, value in exact.items()}
    rest = whole - sum(parts.values())
    for rep in sorted(shares, key=lambda rep: (parts[rep] - exact[rep], -shares[rep], rep))[:rest]:
        parts[rep] += 1
    return {rep: sign * part for rep, part in parts.items()}


def parts_of(case: Case, deal: Deal, basis: str, where: dict[str, Any], currency: str) -> dict[str, Fraction] | None:
    """Each credited rep's part, in major units of the plan's currency, or units; None: not known."""
    value, shares = basis_of(case, deal, basis, where), credits_of(deal)
    if value is None:
        return None
    if basis == "units":
        return {rep: value * share for rep, share in shares.items()}
    factor = case.cross(deal.currency, currency, deal.closed_on)
    if factor is None:
        return None
    parts = split(to_minor(value * factor, currency), shares)
    return {rep: to_major(part, currency) for rep, part in parts.items()}
