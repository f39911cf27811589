"""What the lines of a won deal come to by product: units, list value, cost and profit, in the base currency."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from decimal import Decimal
from fractions import Fraction
from typing import Any

from accounts.money import minor_digits, round_half_even
from pipeline.prices import Price

UNIT_SCALE = 10_000
"""Quantities are kept in ten-thousandths, so that they add up exactly."""


@dataclass(frozen=True)
class LineFigures:
    """Sums of a product's lines; money in minor units of the base currency, at the rate that the deal froze.

    ``listed_minor`` is the net of what has a list price, ``list_minor`` that at list price; ``costed_minor`` the net of
    what has a known cost, ``profit_minor`` that less the cost. None: not known.
    """

    units_e4: int | None = None
    listed_minor: int | None = None
    list_minor: int | None = None
    costed_minor: int | None = None
    profit_minor: int | None = None

    @classmethod
    def total(cls, parts: Iterable["LineFigures"]) -> "LineFigures":
        """The sums of what is known."""
        rows = list(parts)
        sums = {}
        for field in fields(cls):
            known = [value for row in rows if (value := getattr(row, field.name)) is not None]
            sums[field.name] = sum(known) if known else None
        return cls(**sums)


@dataclass(frozen=True)
class SoldLines:
    """The lines of a won deal as its version keeps them (``pipeline.patches.lines_patch``).

    ``rate``: units of the base currency for one of the deal's. The lines of a credit note are what came back: they
    lower units, list value and cost.
    """

    lines: list[list[Any]]
    kind: str
    base_currency: str
    rate: Fraction | None
    price_of: Callable[[int], Price]

    def by_product(self, parts: list[tuple[int | None, int | None]]) -> dict[int | None, LineFigures]:
        """``parts``: the deal's money by product (``pipeline.allocation.split_products``)."""
        lines: dict[int, list[list[Any]]] = defaultdict(list)
        for line in self.lines:
            lines[line[0]].append(line)
        found: dict[int | None, LineFigures] = {
            product: self._of_product(lines[product], net) for product, net in parts if product is not None
        }
        for product, net in parts:
            if product is None:
                found[None] = self._of_rest(net, list(found.values()))
        return found

    @property
    def _sign(self) -> int:
        return -1 if self.kind == "credit" else 1

    def _of_product(self, lines: list[list[Any]], net: int | None) -> LineFigures:
        units = sum(round_half_even(Fraction(line[1]) * UNIT_SCALE) for line in lines)
        units_e4 = self._sign * units
        priced = len(self.lines) == 1 or all(line[2] is not None for line in lines)
        if net is None or not priced:
            return LineFigures(units_e4)
        price = self.price_of(lines[0][0])
        listed = (
            None if price.list_price is None else self._minor(Fraction(units, UNIT_SCALE) * Fraction(price.list_price))
        )
        costs = [self._cost(line, price.unit_cost) for line in lines]
        known = [cost for cost in costs if cost is not None]
        cost = self._minor(sum(known, Fraction(0))) if len(known) == len(costs) else None
        return LineFigures(
            units_e4,
            None if listed is None else net,
            None if listed is None else self._sign * listed,
            None if cost is None else net,
            None if cost is None else net - self._sign * cost,
        )

    def _of_rest(self, net: int | None, products: list[LineFigures]) -> LineFigures:
        """What no line covers: a discount on the whole deal, or a credit note for money alone, costs nothing.

        Other money is of goods that nobody wrote down.
        """
        if net is None or not (self.kind == "credit" or (products and net < 0)):
            return LineFigures()
        is_listed = all(row.list_minor is not None for row in products)
        is_costed = all(row.profit_minor is not None for row in products)
        return LineFigures(
            None,
            net if is_listed else None,
            0 if is_listed else None,
            net if is_costed else None,
            net if is_costed else None,
        )

    def _cost(self, line: list[Any], standard: Decimal | None) -> Fraction | None:
        """Of a line, in the base currency: its own unit cost, else the product's."""
        if line[4] is not None:
            return None if self.rate is None else Fraction(line[1]) * Fraction(line[4]) * self.rate
        return None if standard is None else Fraction(line[1]) * Fraction(standard)

    def _minor(self, amount: Fraction) -> int:
        return round_half_even(amount * 10 ** minor_digits(self.base_currency))
