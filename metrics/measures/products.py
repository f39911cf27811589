"""Measures of which products sell: money of named and of new products, and how many different ones."""

import datetime
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Count, Q

from metrics.answers import asked_once
from metrics.cells import Cell, Cells
from metrics.measures.lines import LineMeasure
from metrics.measures.measure import named_cells
from metrics.question import Question
from metrics.records.listed import ListedRow
from pipeline.models import Product, VersionProduct

NEW_MONTHS = 12
"""A product is new up to the same day so many months after its launch."""


@dataclass(frozen=True)
class NamedMoney(LineMeasure):
    """Money of the lines that name a product."""

    live: bool = True

    def _by_product(self, q: Question) -> bool:
        return True

    def parts_of_versions(self, q: Question) -> models.QuerySet[VersionProduct]:
        return super().parts_of_versions(q).filter(product__isnull=False)


@dataclass(frozen=True)
class NewProductMoney(NamedMoney):
    """Money of products that were new on the day of the sale; one sold before its launch is new as well."""

    def parts_of_versions(self, q: Question) -> models.QuerySet[VersionProduct]:
        return super().parts_of_versions(q).filter(_is_new(q))


def _is_new(q: Question) -> Q:
    """Few conditions however many products: most are new during all of the period, or during none of it."""
    launched = asked_once(q, "launched", lambda: list(_launched()))
    ends: dict[datetime.date, list[int]] = defaultdict(list)
    for product, day in launched:
        last = new_until(day)
        if last >= q.period.start:
            ends[min(last, q.period.last_day)].append(product)
    found = Q(pk__in=[])
    for last, products in ends.items():
        found |= Q(product__in=products, version__closed_on__lte=last)
    return found


def _launched() -> Any:
    return Product.objects.filter(launched_on__isnull=False).values_list("pk", "launched_on")


def new_until(launched_on: datetime.date) -> datetime.date:
    """The last day on which a product is new: twelve months after its launch; 29 February becomes the 28th."""
    try:
        return launched_on.replace(year=launched_on.year + NEW_MONTHS // 12)
    except ValueError:
        return launched_on.replace(year=launched_on.year + NEW_MONTHS // 12, day=28)


@dataclass(frozen=True)
class DifferentProducts(NamedMoney):
    """How many different products were sold. No sum over days; in a record list the first sale of each counts."""

    adds_up = False

    def live_cells(self, q: Question) -> Cells:
        lines, column = self._lines(q)
        different = Count("product", distinct=True)
        if column is None:
            count = lines.aggregate(n_=different)["n_"]
            return named_cells({"": Cell(count, count)}, q)
        rows = lines.order_by().values(column).annotate(n_=different)
        return named_cells({row[column]: Cell(row["n_"], row["n_"]) for row in rows}, q)

    def records(self, q: Question) -> Any:
        lines, _column = self._lines(q)
        fields = ("version__closed_on", "version__deal", "version__deal__name", "version__deal__external_id", "product")
        seen: set[int] = set()
        found: dict[int, ListedRow] = {}
        for day, deal, name, external_id, product in lines.order_by("version__closed_on", "version__deal").values_list(
            *fields
        ):
            adds = int(product not in seen)
            seen.add(product)
            before = found[deal].contribution if deal in found else 0
            found[deal] = ListedRow(day, deal, name, external_id or "", before + adds)
        return list(found.values())
