"""Credited money by product: what each credited rep has of each product of a deal."""

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import models
from django.db.models import OuterRef

from metrics.cells import Cell
from metrics.dimensions import find_values
from metrics.facts.fact import DealFact
from metrics.question import Question
from metrics.records.listed import ListedRow
from pipeline.models import DealVersion, VersionCredit

if TYPE_CHECKING:
    from metrics.measures.measure import Measure

PRODUCT = ("product", "product_family")
SELLER = ("rep", "team")
_PRODUCT_COLUMNS = {"product": "product_id", "product_family": "product__family"}


class Piece(NamedTuple):
    """A rep's part of a product of a deal, under the raw member of the question's slice."""

    version: int
    member: Any
    amount: int


def credits_of(q: Question) -> models.QuerySet[VersionCredit]:
    """The credits that a question is about."""
    rows = VersionCredit.objects.order_by()
    for dimension, member in q.where:
        if dimension in SELLER:
            known = [value for value in find_values(dimension, member) if value]
            rows = rows.filter(**{f"{dimension}__in": known} if known else {dimension: None})
    if q.scope.kind == "team":
        return rows.filter(team__in=q.scope.team_ids)
    return rows.filter(rep=q.scope.id) if q.scope.kind == "rep" else rows


def credit_cells(measure: "Measure", q: Question) -> dict[Any, Cell]:
    """The measure by raw member; n = distinct deals."""
    found: dict[Any, Cell] = defaultdict(Cell)
    seen: set[tuple[int, Any]] = set()
    for piece in credit_pieces(measure, q):
        found[piece.member].add(piece.amount, 0 if piece[:2] in seen else 1)
        seen.add(piece[:2])
    return found


def credit_records(measure: "Measure", q: Question) -> list[ListedRow]:
    """The deals behind it, with what each adds."""
    amounts: dict[int, int] = defaultdict(int)
    for piece in credit_pieces(measure, q.whole()):
        amounts[piece.version] += piece.amount
    fields = ("pk", measure.fact.date, "deal_id", "deal__name", "deal__external_id")
    rows = measure.population(q).order_by(measure.fact.date, "deal_id").values_list(*fields)
    return [
        ListedRow(day, deal, name, external_id or "", amounts[version])
        for version, day, deal, name, external_id in rows
        if version in amounts
    ]


def credit_pieces(measure: "Measure", q: Question) -> Iterator[Piece]:
    """Each credit is spread over the products of its deal like the deal's own money, odd units to the largest parts."""
    versions = measure.population(q).values("pk")
    lines: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for version, *line in _lines(measure, q, versions).order_by("version", "pk"):
        lines[version].append(tuple(line))
    keep = None
    for dimension, member in q.where:
        if dimension in PRODUCT:
            products = DealFact.products(member, dimension).filter(version__in=versions)
            found = set(products.values_list("pk", flat=True))
            keep = found if keep is None else keep & found
    fields = ("version", "share", measure.part, "rep_id", "team_id")
    for version, share, credit, rep, team in credits_of(q).filter(version__in=versions).values_list(*fields):
        parts = lines[version]
        amounts = _spread([part or 0 for _pk, _raw, part in parts], Fraction(share), credit or 0)
        for (pk, raw, _part), amount in zip(parts, amounts, strict=True):
            if keep is None or pk in keep:
                yield Piece(version, {"rep": rep, "team": team}.get(q.by or "", raw), amount)


def _lines(measure: "Measure", q: Question, versions: Any) -> Any:
    """Product rows: version, id, raw member of the slice, money."""
    rows = measure.parts_of_versions(q).filter(version__in=versions)
    if q.by == "customer":
        customers = measure.deals.with_customer(DealVersion.objects.filter(pk=OuterRef("version")), q)
        rows = rows.annotate(customer=models.Subquery(customers.values("customer")[:1]))
        return rows.values_list("version", "pk", "customer", measure.part)
    if q.by is None or q.by in SELLER:
        rows = rows.annotate(member_=models.Value(""))
        return rows.values_list("version", "pk", "member_", measure.part)
    column = _PRODUCT_COLUMNS.get(q.by) or f"version__{measure.slice_column(q)}"
    return rows.values_list("version", "pk", column, measure.part)


def _spread(parts: list[int], share: Fraction, credit: int) -> list[int]:
    exact = [share * part for part in parts]
    floors = [int(value // 1) for value in exact]
    order = sorted(range(len(parts)), key=lambda i: (floors[i] - exact[i], i))
    for i in order[: max(0, credit - sum(floors))]:
        floors[i] += 1
    return floors
