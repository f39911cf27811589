"""Measures: what is aggregated. Metrics are formulas over measures; only measures touch the database."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models import Count, Exists, ExpressionWrapper, F, IntegerField, OuterRef, Q, Sum, Value
from django.db.models.functions import Coalesce

from metrics.answers import asked_once, named_once
from metrics.cells import Cell, Cells
from metrics.dimensions import ALL, TIME
from metrics.facts.credit_parts import PRODUCT, SELLER, credit_cells, credit_records, credits_of
from metrics.facts.fact import DealFact, Fact
from metrics.measures.one_fact import OneFact
from metrics.question import Question
from metrics.snapshots.shelf import Shelf, stored_answer
from pipeline.models import DealVersion, VersionProduct


@dataclass(frozen=True)
class Measure(OneFact):
    """Rows of a fact, counted (``value`` empty) or summed over a column.

    ``value``: "" counts rows; "base_minor" is money by the deal itself; "credit" is money of won deals by shares;
    "weighted" is money times probability (in ten-thousandths of a minor unit); any other column is summed and, with
    ``histogram``, kept as value -> count. ``live``: never stored by day, because a later day or records of another
    kind decide whether and for how much a row counts; always answered from the facts.
    """

    key: str
    fact: Fact
    where: Q = field(default_factory=Q)
    value: str = ""
    histogram: bool = False
    money: bool = False
    version: int = 1
    live: bool = False

    @property
    def deals(self) -> DealFact:
        """The fact, of a measure that knows customers and products."""
        if not isinstance(self.fact, DealFact):
            raise TypeError(f"{self.key} is no measure of deals")
        return self.fact

    def condition(self, q: Question) -> Q:
        """Which of its fact's rows the measure takes."""
        return self.where

    def population(self, q: Question) -> models.QuerySet[Any]:
        """The rows behind the measure: what ``cells`` aggregates and what a record list shows."""
        rows = self.fact.in_period(q).filter(self.condition(q))
        if not self._credited(q):
            return self.fact.filtered(self.fact.scoped(rows, q), q)
        rows = rows.filter(Exists(credits_of(q).filter(version=OuterRef("pk"))))
        return self.fact.filtered(rows, q, skip=SELLER)

    @property
    def is_shared(self) -> bool:
        """Whether each credited rep has his share of it, not the deal's owner all."""
        return self.value == "credit"

    @property
    def column(self) -> str:
        """The column of the fact that is summed; empty for a count."""
        return "base_minor" if self.is_shared else self.value

    @property
    def part(self) -> str:
        """The same of a deal's products and of its credited reps."""
        return "base_minor"

    @property
    def is_of_lines(self) -> bool:
        """Whether a product has a part of it; a count or another column counts the whole deal for each product."""
        return self.money

    def _credited(self, q: Question) -> bool:
        """Whether shares decide: money of won deals of some reps or teams."""
        asked = q.scope.kind != "company" or any(dimension in SELLER for dimension, _member in q.where)
        return self.is_shared and asked

    @property
    def is_stored(self) -> bool:
        """Whether nights store it by day."""
        return not self.live

    def gaps(self, q: Question) -> list[str] | None:
        """What of the rows is in the count but not in the money, in words; None: as with deals."""
        return None

    def covered(self, q: Question) -> bool:
        """Whether the period touches the days from the first known row to the as-of day; outside is null, not 0."""
        first = asked_once(q, ("coverage", id(self.fact), q.as_of, q.known_at), lambda: self.fact.coverage(q))
        return first is not None and first <= q.as_of and q.period.end > first and q.period.start <= q.as_of

    def cells(self, q: Question) -> Cells:
        """The measure by member of ``q.by``; ``ALL`` when it is not sliced. From stored days where it can."""
        if not isinstance(q.shelf, Shelf):
            return self.live_cells(q)
        level = self.fact.level
        found = q.shelf.answers.find(self.key, q, level=level or not self.adds_up)
        if found is None:
            stored = None if self.live else stored_answer(self, q, level=level)
            found = q.shelf.answers.keep(self.key, q, self.live_cells(q) if stored is None else stored)
        return found

    def live_cells(self, q: Question) -> Cells:
        """The same, computed from the facts."""
        if self._credited(q) or (self.is_shared and q.by in SELLER):
            return self._by_credit(q)
        if self._by_product(q):
            return self._products(q)
        rows = self.population(q)
        if q.by == "customer":
            rows = self.deals.with_customer(rows, q)
        column = self.slice_column(q)
        return self._grouped(rows, q, column, Count("pk"), self._sum(""))

    def _by_product(self, q: Question) -> bool:
        return q.by in PRODUCT or (self.is_of_lines and any(dimension in PRODUCT for dimension, _ in q.where))

    def slice_column(self, q: Question) -> str | None:
        if q.by is None:
            return None
        return self.fact.date if q.by in TIME else self.fact.columns[q.by]

    def _sum(self, prefix: str) -> Any:
        if not self.value:
            return None
        if self.value == "weighted":
            product = ExpressionWrapper(
                F(f"{prefix}base_minor") * F(f"{prefix}probability_bp"), models.BigIntegerField()
            )
            return Sum(product)
        return Sum(f"{prefix}{self.column}")

    def _grouped(self, rows: Any, q: Question, column: str | None, n: Any, total: Any) -> Cells:
        """Group by the raw column, then fold raw values into members (days into months, ids into names)."""
        groups = ([column] if column else []) + ([self.value] if self.histogram else [])
        found: dict[Any, Cell] = defaultdict(Cell)
        measures = {"n_": n} | ({"total_": total} if total is not None else {})
        for row in rows.order_by().values(*groups).annotate(**measures) if groups else [rows.aggregate(**measures)]:
            if not row["n_"]:
                continue
            histogram = Counter({row[self.value]: row["n_"]}) if self.histogram else None
            found[row[column] if column else ""].add(row.get("total_", row["n_"]), row["n_"], histogram)
        return named_cells(found, q)

    def _by_credit(self, q: Question) -> Cells:
        if self._by_product(q):
            return named_cells(credit_cells(self, q), q)
        rows = self.population(q)
        credits = credits_of(q).filter(version__in=rows.values("pk"))
        if q.by == "customer":
            customers = self.deals.with_customer(DealVersion.objects.filter(pk=OuterRef("version")), q)
            credits = credits.annotate(customer=models.Subquery(customers.values("customer")[:1]))
        column = self.slice_column(q)
        if q.by in SELLER:
            column = f"{q.by}_id"
        elif column and q.by != "customer":
            column = f"version__{column}"
        return self._grouped(credits, q, column, Count("version", distinct=True), Sum(self.part))

    def _products(self, q: Question) -> Cells:
        """By product: money by line (what no line covers is unknown), counts as distinct deals."""
        lines, column = self._lines(q)
        if self.value and not self.is_of_lines:
            return self._summed_once(lines, q, column)
        n = Count("version", distinct=True)
        total = Sum(self.part) if self.is_of_lines else n
        return self._grouped(lines, q, column, n, total)

    def _lines(self, q: Question) -> tuple[models.QuerySet[VersionProduct], str | None]:
        """The product rows behind the measure, and the column that they are sliced by."""
        lines = self.parts_of_versions(q).filter(version__in=self.population(q).values("pk"))
        if not self.is_of_lines:
            named = VersionProduct.objects.filter(version=OuterRef("version"), product__isnull=False)
            lines = lines.filter(Q(product__isnull=False) | ~Exists(named))
        for dimension, member in q.where:
            if dimension in PRODUCT:
                lines = lines.filter(pk__in=DealFact.products(member, dimension).values("pk"))
        if q.by == "customer":
            customers = self.deals.with_customer(DealVersion.objects.filter(pk=OuterRef("version")), q)
            return lines.annotate(customer=models.Subquery(customers.values("customer")[:1])), "customer"
        column = {"product": "product_id", "product_family": "product__family"}.get(q.by or "")
        if column is None and q.by:
            column = f"version__{self.slice_column(q)}"
        return lines, column

    def _summed_once(self, lines: Any, q: Question, column: str | None) -> Cells:
        """A plain column of deals by product: a deal with two products of a family adds to the family once."""
        found: dict[Any, Cell] = defaultdict(Cell)
        columns = ["version", f"version__{self.value}", *([column] if column else [])]
        for row in lines.order_by().values_list(*columns).distinct():
            found[row[2] if column else ""].add(row[1], 1)
        return named_cells(found, q)

    def records(self, q: Question) -> Any:
        """The population with ``contribution`` (what the row adds to the total) and ``recorded_day``."""
        if self._credited(q) and self._by_product(q):
            return credit_records(self, q)
        rows = self.population(q)
        return rows.annotate(contribution=self._contribution(q), recorded_day=F(self.fact.date))

    def _contribution(self, q: Question) -> Any:
        if not self.value:
            return Value(1, output_field=IntegerField())
        if self._credited(q):
            part = credits_of(q).filter(version=OuterRef("pk")).order_by().values("version")
            return models.Subquery(part.annotate(part_=Sum(self.part)).values("part_"))
        if self.is_of_lines and self._by_product(q):
            lines = self.parts_of_versions(q).filter(version=OuterRef("pk"))
            for dimension, member in [pair for pair in q.where if pair[0] in PRODUCT]:
                lines = lines.filter(pk__in=DealFact.products(member, dimension).values("pk"))
            return models.Subquery(lines.values("version").annotate(part_=Sum(self.part)).values("part_"))
        if self.value == "weighted":
            return ExpressionWrapper(
                Coalesce(F("base_minor"), Value(0)) * F("probability_bp"), output_field=models.BigIntegerField()
            )
        return F(self.column)

    def parts_of_versions(self, q: Question) -> models.QuerySet[VersionProduct]:
        """The products of versions that have a part of it."""
        return VersionProduct.objects.order_by()


def named_cells(found: dict[Any, Cell], q: Question) -> Cells:
    """Raw values become members: days become months, ids names; without ``by`` all is one member."""
    if not q.by:
        return {ALL: found.get("", Cell())}
    names = named_once(q, q.by, found.keys())
    cells: Cells = defaultdict(Cell)
    for raw, cell in found.items():
        cells[names[raw]].add(cell.total, cell.n, cell.histogram)  # type: ignore[arg-type]
    return dict(cells)
