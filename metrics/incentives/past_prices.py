"""What prices deals for pay as it was known at a moment: rates, unit costs, names of products, pipelines, channels."""

import datetime
from collections.abc import Iterable
from decimal import Decimal
from functools import cached_property

from accounts.models import Company
from accounts.past_rows import changed_since
from accounts.rates import KnownRates
from metrics.incentives.deal_prices import DealPrices
from metrics.incentives.facts import ProductFact
from pipeline.models import Channel, Pipeline, Product
from pipeline.prices import PriceBook


class PastPrices(DealPrices):
    """Without what became known from ``moment`` on."""

    def __init__(self, company: Company, moment: datetime.datetime) -> None:
        super().__init__(company)
        self._moment = moment
        self._past_rates: tuple[KnownRates, KnownRates] | None = None
        self._past_costs: tuple[frozenset[int], PriceBook] | None = None

    def _rates_of(self, *codes: str) -> KnownRates:
        now = super()._rates_of(*codes)
        if self._past_rates is None or self._past_rates[0] is not now:
            self._past_rates = (now, now.before(self._moment))
        return self._past_rates[1]

    def unit_cost(self, product: int, day: datetime.date) -> Decimal | None:
        """In the base currency; None: not known."""
        if self._past_costs is None or product not in self._past_costs[0]:
            self._products.add(product)
            book = PriceBook.load(self._products, self._company, self._moment)
            self._past_costs = (frozenset(self._products), book)
        return self._past_costs[1].on(product, day).unit_cost

    def products(self, ids: Iterable[int]) -> dict[int, ProductFact]:
        """How plans could name some products; one that was not there yet has its names of now."""
        found = super().products(ids)
        fields = ("name", "sku", "family")
        for pk, values in changed_since(Product, self._moment, fields, id__in=sorted(found)).items():
            if values is not None:
                name, sku, family = values
                found[pk] = ProductFact(name, sku or "", family)
        return found

    @cached_property
    def renamed(self) -> dict[tuple[str, str], str]:
        """By field of a deal and the name of before: how pipelines and channels that were renamed are called now."""
        found = {}
        for field, model, now in (("pipeline", Pipeline, self._pipelines), ("channel", Channel, self._channels)):
            for pk, before in changed_since(model, self._moment, ("name",)).items():
                if before is not None and pk in now and before[0] != now[pk]:
                    found[field, before[0]] = now[pk]
        return found

    def pipeline(self, pk: int) -> str:
        """Its name of before; one that was not there yet has that of now. Empty where there is none."""
        return self._before("pipeline", super().pipeline(pk))

    def channel(self, pk: int) -> str:
        """As ``pipeline``."""
        return self._before("channel", super().channel(pk))

    def _before(self, field: str, name: str) -> str:
        return next((old for (one, old), new in self.renamed.items() if (one, new) == (field, name)), name)
