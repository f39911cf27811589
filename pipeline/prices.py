"""What a product cost on a day, and what was asked for it, from the history of its row."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from accounts.business_dates import business_date
from accounts.models import Company
from pipeline.models import Product


class Price(NamedTuple):
    """List price and unit cost in the base currency; None: not known."""

    list_price: Decimal | None = None
    unit_cost: Decimal | None = None


class PriceBook:
    """The prices of some products, by the day from which they were recorded.

    What was recorded first holds for the days before it too: a product that is entered, or gets its first price, after
    it was sold. A later change moves no day before it.
    """

    def __init__(self, rows: Iterable[tuple[int, datetime.date, Price]]) -> None:
        """``rows``: (product, day, price), earliest first."""
        self._rows: Mapping[int, list[tuple[datetime.date, Price]]] = defaultdict(list)
        for product, day, price in rows:
            self._rows[product].append((day, price))

    @classmethod
    def load(
        cls, products: Iterable[int], company: Company, known_at: datetime.datetime | None = None
    ) -> "PriceBook":  # fmt: skip
        """The books of some products, without what was recorded from ``known_at`` on. At most two queries."""
        ids = set(products)
        if not ids:
            return cls([])
        past = Product.history.filter(id__in=ids).order_by("history_date", "history_id")
        found = list(past.values_list("id", "history_date", "list_price", "unit_cost"))
        rows = [
            (pk, business_date(at, company.zone), Price(listed, cost))
            for pk, at, listed, cost in found
            if known_at is None or at < known_at
        ]
        missing = ids - {pk for pk, *_rest in found}
        if missing:
            now = Product.objects.filter(pk__in=missing).values_list("pk", "list_price", "unit_cost")
            rows += [(pk, datetime.date.min, Price(listed, cost)) for pk, listed, cost in now]
        return cls(rows)

    def on(self, product: int, day: datetime.date) -> Price:
        """Both prices of a product at the end of a day."""
        rows = self._rows.get(product, [])
        listed = [(on, price.list_price) for on, price in rows if price.list_price is not None]
        costs = [(on, price.unit_cost) for on, price in rows if price.unit_cost is not None]
        return Price(_held(listed, day), _held(costs, day))


def _held(rows: list[tuple[datetime.date, Decimal]], day: datetime.date) -> Decimal | None:
    before = [value for on, value in rows if on <= day]
    return before[-1] if before else (rows[0][1] if rows else None)
