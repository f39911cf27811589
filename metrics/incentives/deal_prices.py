"""What prices deals for pay: rates as they were known, unit costs, names of products, pipelines and channels.

Each is read when it is first asked for, for all deals that are known by then.
"""

import datetime
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import islice
from typing import Any

from accounts.models import Company
from accounts.rates import KnownRates
from metrics.incentives.facts import ProductFact
from pipeline.models import Channel, DealEvent, Pipeline, Product
from pipeline.prices import PriceBook

AT_ONCE = 1_000


class DealPrices:
    """Prices of the deals that were announced with ``expect``."""

    def __init__(self, company: Company) -> None:
        self.base, self._company = company.base_currency, company
        self._currencies: set[str] = set()
        self._products: set[int] = set()
        self._won_by: set[int] = set()
        self._rates: tuple[frozenset[str], KnownRates] | None = None
        self._costs: tuple[frozenset[int], PriceBook] | None = None
        self._recorded_at: dict[int, datetime.datetime] = {}
        self._named: dict[int, ProductFact | None] = {}

    def expect(self, fields: Mapping[str, Any], won_by: int = 0) -> None:
        """A deal whose currency and products may be asked for, and the event that won it."""
        self._currencies.add(fields.get("currency") or "")
        self._products.update(line[0] for line in fields.get("lines") or ())
        if won_by:
            self._won_by.add(won_by)

    def to_base(self, currency: str, day: datetime.date) -> Fraction | None:
        """Units of the base currency for one of a currency; None: no rate."""
        return self._rates_of(currency, self.base).factor(currency, self.base, day)

    def known_factor(self, source: str, target: str, day: datetime.date, event: int) -> Fraction | None:
        """Units of ``target`` for one of ``source`` at the rates that were known when an event was recorded."""
        return self._rates_of(source, target).factor_at(source, target, day, self.recorded_at(event))

    def _rates_of(self, *codes: str) -> KnownRates:
        if self._rates is None or not self._rates[0].issuperset(codes):
            self._currencies.update(codes)
            self._rates = (frozenset(self._currencies), KnownRates.load(self._currencies, self._company))
        return self._rates[1]

    def suppose(self, event: int, at: datetime.datetime) -> None:
        """An event that has not happened, as if it were recorded at an instant."""
        self._recorded_at[event] = at

    def recorded_at(self, event: int) -> datetime.datetime:
        """When an event became known."""
        if event not in self._recorded_at:
            waiting = iter(sorted({event, *self._won_by} - self._recorded_at.keys()))
            while chunk := list(islice(waiting, AT_ONCE)):
                self._recorded_at |= dict(DealEvent.objects.filter(pk__in=chunk).values_list("pk", "recorded_at"))
        return self._recorded_at[event]

    def unit_cost(self, product: int, day: datetime.date) -> Decimal | None:
        """In the base currency; None: not known."""
        if self._costs is None or product not in self._costs[0]:
            self._products.add(product)
            self._costs = (frozenset(self._products), PriceBook.load(self._products, self._company))
        return self._costs[1].on(product, day).unit_cost

    def products(self, ids: Iterable[int]) -> dict[int, ProductFact]:
        """How plans may name some products; those that are gone are left out."""
        wanted = sorted(set(ids))
        if not self._named.keys() >= set(wanted):
            missing = {*wanted, *self._products} - self._named.keys()
            self._named |= dict.fromkeys(missing)
            for pk, name, sku, family in Product.objects.filter(pk__in=missing).values_list(
                "pk", "name", "sku", "family"
            ):
                self._named[pk] = ProductFact(name, sku or "", family)
        return {pk: fact for pk in wanted if (fact := self._named[pk]) is not None}

    def pipeline(self, pk: int) -> str:
        """Its name; empty where there is none."""
        return self._pipelines.get(pk, "")

    def channel(self, pk: int) -> str:
        """Its name; empty where there is none."""
        return self._channels.get(pk, "")

    @cached_property
    def _pipelines(self) -> dict[int, str]:
        return dict(Pipeline.objects.values_list("pk", "name"))

    @cached_property
    def _channels(self) -> dict[int, str]:
        return dict(Channel.objects.values_list("pk", "name"))
