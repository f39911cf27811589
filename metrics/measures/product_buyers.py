"""Which present customers have ever bought a product: by a deal that was won, or by a subscription."""

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from metrics.cells import Cell, Cells
from metrics.dimensions import Member, find_values, name_members
from metrics.facts.accounts import purchases
from metrics.formulas.standing import StandingRatio
from metrics.measures.accounts import AccountMeasure
from metrics.measures.measure import PRODUCT
from metrics.metric import Parts
from metrics.numbers import ratio
from metrics.question import Question
from pipeline.models import Subscription, VersionProduct


def without_products(q: Question) -> Question:
    """The same question about all products."""
    return replace(q, where=tuple((dimension, member) for dimension, member in q.where if dimension not in PRODUCT))


@dataclass(frozen=True)
class WhateverTheyBuy(AccountMeasure):
    """Customers, whatever product is asked for."""

    dimensions: tuple[str, ...] = PRODUCT

    def population(self, q: Question) -> QuerySet[Any]:
        return super().population(without_products(q))


@dataclass(frozen=True)
class ProductBuyers(WhateverTheyBuy):
    """Customers who have bought the asked product, or any that is known. Who bought two is counted with both."""

    def population(self, q: Question) -> QuerySet[Any]:
        sold, subscribed = _sold(q), _subscribed(q)
        here = OuterRef("pk")
        bought = Q(Exists(sold.filter(version__account=here))) | Q(Exists(subscribed.filter(account=here)))
        return super().population(q).filter(bought)

    def live_cells(self, q: Question) -> Cells:
        if q.by not in PRODUCT:
            return super().live_cells(q)
        column = "product" if q.by == "product" else "product__family"
        accounts = self.population(q).order_by().values("pk")
        pairs = set(_sold(q).filter(version__account__in=accounts).values_list("version__account", column).distinct())
        pairs |= set(_subscribed(q).filter(account__in=accounts).values_list("account", column).distinct())
        names = name_members(q.by, {raw for _account, raw in pairs})
        members: dict[Member, set[int]] = defaultdict(set)
        for account, raw in pairs:
            members[names[raw]].add(account)
        return {member: Cell(len(found), len(found)) for member, found in members.items()}


def _sold(q: Question) -> QuerySet[VersionProduct]:
    won = purchases(q).filter(closed_on__lte=q.level_day)
    return _of_asked(VersionProduct.objects.filter(version__in=won.values("pk"), product__isnull=False), q)


def _subscribed(q: Question) -> QuerySet[Subscription]:
    rows = Subscription.objects.filter(starts_on__lte=q.level_day, monthly_amount__gt=0, product__isnull=False)
    return _of_asked(rows, q)


def _of_asked(rows: QuerySet[Any], q: Question) -> QuerySet[Any]:
    for dimension, member in q.where:
        if dimension in PRODUCT:
            column = "product" if dimension == "product" else "product__family"
            rows = rows.filter(**{f"{column}__in": [raw for raw in find_values(dimension, member) if raw is not None]})
    return rows.order_by()


@dataclass(frozen=True, kw_only=True)
class Penetration(StandingRatio):
    """A part of the customers, by product against all of them."""

    def sliced(self, q: Question) -> dict[Member, Parts]:
        if q.by not in PRODUCT:
            return super().sliced(q)
        whole = super().sliced(q.whole())
        every = next(iter(whole.values()), Parts(None, None, 0, 0)).denominator
        top = self.top.cells(q)
        return {member: _part(cell, every) for member, cell in top.items()}


def _part(cell: Cell, every: Any) -> Parts:
    return Parts(ratio(cell.total, every), cell.total, every, int(every or 0))
