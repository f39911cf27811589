"""Splitting a deal's money, exactly: between credited reps, and between products."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from accounts.money import minor_digits, round_half_even, split_minor


def split_credits(
    base_minor: int | None, credits: list[list[Any]], owner: int | None, rank: Callable[[int], str]
) -> list[tuple[int, Decimal, int | None]]:
    """(rep, share, minor units) of a won deal. Without credits the owner has all of it.

    The odd unit goes to the largest remainder, ties to the owner, then to the first by external id (``rank``).
    """
    shares = [(int(rep), Decimal(share)) for rep, share in credits]
    if not shares:
        shares = [(owner, Decimal(1))] if owner is not None else []
    shares.sort(key=lambda row: (row[0] != owner, rank(row[0])))
    if base_minor is None:
        return [(rep, share, None) for rep, share in shares]
    parts = split_minor(base_minor, [Fraction(share) for _rep, share in shares])
    return [(rep, share, part) for (rep, share), part in zip(shares, parts, strict=True)]


def line_net_minor(line: list[Any], currency: str) -> int | None:
    """Quantity x unit price x (1 - discount), rounded half-even to minor units; None when the price is not known.

    ``line``: [product id, quantity, unit price, discount, unit cost], numbers as decimal text.
    """
    _product, quantity, unit_price, discount, _unit_cost = line
    if unit_price is None:
        return None
    net = Fraction(quantity) * Fraction(unit_price) * (1 - Fraction(discount))
    return round_half_even(net * 10 ** minor_digits(currency))


def split_products(
    base_minor: int | None, amount_minor: int | None, lines: list[list[Any]], currency: str
) -> list[tuple[int | None, int | None]]:
    """(product, minor units of the base currency): the parts add up to ``base_minor``.

    What the lines do not cover goes to None, the unknown product; with lines that fit the amount there is none. A deal
    without any line is of the unknown product alone. The lines of a credit note may have prices above or below 0.
    """
    nets = _nets(amount_minor, lines, currency)
    if not nets:
        return [(None, base_minor)]
    if base_minor is None or amount_minor is None:
        return [(product, None) for product in nets]
    rest = amount_minor - sum(net or 0 for net in nets.values())
    if rest:
        nets[None] = rest
    if amount_minor == 0 or base_minor == amount_minor:
        return list(nets.items())
    scaled = {product: Fraction((net or 0) * base_minor, amount_minor) for product, net in nets.items()}
    floors = {product: int(value // 1) for product, value in scaled.items()}
    odd = base_minor - sum(floors.values())
    for product in sorted(scaled, key=lambda key: floors[key] - scaled[key])[:odd]:
        floors[product] += 1
    return list(floors.items())


def _nets(amount_minor: int | None, lines: list[list[Any]], currency: str) -> dict[int | None, int | None]:
    """The lines' own money by product, in the deal's currency."""
    nets: dict[int | None, int | None] = {}
    for line in lines:
        net = line_net_minor(line, currency)
        if net is None and len(lines) == 1:
            net = amount_minor
        nets[line[0]] = (nets.get(line[0]) or 0) + (net or 0)
    if (amount_minor or 0) < 0 and all((net or 0) >= 0 for net in nets.values()):
        return {product: -(net or 0) for product, net in nets.items()}
    return nets
