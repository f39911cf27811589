"""What a sample deal is about in products and money."""

from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Any

from accounts.money import from_minor
from pipeline.allocation import line_net_minor
from pipeline.sample.catalogue import Offer
from pipeline.sample.money import in_currency

QUANTITIES = {"Small business": (1, 3), "Mid-market": (1, 7), "Enterprise": (2, 16)}
DISCOUNTS = ("0", "0", "0.05", "0.05", "0.1", "0.1", "0.15", "0.2", "0.3")


@dataclass(frozen=True)
class Basket:
    """Lines as ``pipeline.patches.lines_patch`` has them: first as offered, then as agreed."""

    offers: list[Offer]
    offered: list[list[Any]]
    agreed: list[list[Any]]
    currency: str

    def amount(self, lines: list[list[Any]]) -> Decimal:
        """What the lines come to, exactly."""
        return from_minor(sum(line_net_minor(line, self.currency) or 0 for line in lines), self.currency)


def fill_basket(
    offers: list[Offer], segment: str, currency: str, rate: Decimal, random: Random
) -> Basket:  # fmt: skip
    """One to three products in the deal's currency; ``rate``: units of it for one of the base currency."""
    chosen: list[Offer] = []
    for _number in range(random.choice((1, 1, 1, 2, 2, 3))):
        offer = random.choices(offers, weights=[offer.weight for offer in offers])[0]
        if offer not in chosen:
            chosen.append(offer)
    low, high = QUANTITIES[segment]
    offered = []
    for offer in chosen:
        quantity = random.randint(low, high) * (4 if offer.product.family == "Devices" else 1)
        price = in_currency((offer.product.list_price or Decimal(0)) * rate, currency)
        cost = in_currency((offer.product.unit_cost or Decimal(0)) * rate, currency)
        offered.append([offer.product.pk, str(quantity), str(price), "0", str(cost)])
    agreed = [[*line[:3], random.choice(DISCOUNTS), line[4]] for line in offered]
    if random.random() < 0.12:
        agreed[0][1] = str(int(agreed[0][1]) + random.randint(1, 4))
    return Basket(chosen, offered, agreed, currency)
