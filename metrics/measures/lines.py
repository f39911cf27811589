"""Measures over the lines of won deals: net, list value, cost, profit and units.

They are frozen with the deal's version (``pipeline.line_figures``), so that any past day and any past knowledge
answers. A row is a deal with something known of it; a product or a family has the part of its own lines. What is not
known is in neither side of a ratio, and ``notes`` say how much that is.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import formats
from metrics.facts.fact import CLOSED, DealFact
from metrics.measures.measure import PRODUCT, Measure
from metrics.numbers import decimal_of
from metrics.question import Question
from pipeline.line_figures import UNIT_SCALE
from pipeline.models import VersionProduct

__all__ = ["UNIT_SCALE", "LineMeasure", "costed", "earned", "list_value", "listed", "listed_kept", "profit", "units"]


@dataclass(frozen=True)
class LineMeasure(Measure):
    """A column that deals and their lines both have. ``share``: each credited rep has his share of it."""

    share: bool = False

    @property
    def is_shared(self) -> bool:
        return self.share

    @property
    def column(self) -> str:
        return self.value

    @property
    def part(self) -> str:
        return self.value

    @property
    def is_of_lines(self) -> bool:
        return True

    def condition(self, q: Question) -> Q:
        return self.where & Q(**{f"{self.value}__isnull": False})

    def population(self, q: Question) -> models.QuerySet[Any]:
        rows = super().population(q)
        if not self._by_product(q):
            return rows
        lines = self.parts_of_versions(q).filter(version=OuterRef("pk"))
        for dimension, member in q.where:
            if dimension in PRODUCT:
                lines = lines.filter(pk__in=DealFact.products(member, dimension).values("pk"))
        return rows.filter(Exists(lines))

    def parts_of_versions(self, q: Question) -> models.QuerySet[VersionProduct]:
        return super().parts_of_versions(q).filter(**{f"{self.value}__isnull": False})

    def notes(self, q: Question) -> list[str]:
        """How many deals are not known at all, and of how much money it is known."""
        if self.value not in _NETS:
            return []
        net = _NETS[self.value]
        versions = super().population(q).filter(base_minor__isnull=False).order_by()
        lines = VersionProduct.objects.filter(version__in=versions.values("pk")).order_by()
        for dimension, member in q.where:
            if dimension in PRODUCT:
                lines = lines.filter(pk__in=DealFact.products(member, dimension).values("pk"))
        known = Q(**{f"{net}__isnull": False})
        found = lines.aggregate(
            deals=Count("version", distinct=True),
            known=Count("version", distinct=True, filter=known),
            money=Sum("base_minor"),
            covered=Sum("base_minor", filter=known),
        )
        missing, money, covered = found["deals"] - found["known"], found["money"] or 0, found["covered"] or 0
        notes = [_left_out(net, missing)] if missing else []
        if 0 <= covered < money:
            words = {"share": formats.number(decimal_of(Fraction(100 * covered, money)), 1)}
            notes.append(_known_for(net) % words)
        return notes


_LISTED, _COSTED = "listed_minor", "costed_minor"
_NETS = {"listed_minor": _LISTED, "list_minor": _LISTED, "costed_minor": _COSTED, "profit_minor": _COSTED}


def _left_out(net: str, missing: int) -> str:
    if net == _LISTED:
        words = ngettext("%(n)s deal without list price, left out", "%(n)s deals without list price, left out", missing)
    else:
        words = ngettext("%(n)s deal without cost, left out", "%(n)s deals without cost, left out", missing)
    return words % {"n": formats.number(missing)}


def _known_for(net: str) -> str:
    if net == _LISTED:
        return _("list price known for %(share)s %% of the amounts")
    return _("cost known for %(share)s %% of the amounts")


_WON = Q(outcome="won")
_SOLD = _WON & ~Q(kind="credit")
units = LineMeasure("line_units", CLOSED, _WON, value="units_e4")
listed = LineMeasure("line_listed", CLOSED, _SOLD, value="listed_minor", money=True)
list_value = LineMeasure("line_list", CLOSED, _SOLD, value="list_minor", money=True)
listed_kept = LineMeasure("line_listed_kept", CLOSED, _WON, value="listed_minor", money=True)
costed = LineMeasure("line_costed", CLOSED, _WON, value="costed_minor", money=True)
earned = LineMeasure("line_earned", CLOSED, _WON, value="profit_minor", money=True)
profit = LineMeasure("line_profit", CLOSED, _WON, value="profit_minor", money=True, share=True)
"""``units`` in ten-thousandths; ``listed``, ``list_value``: net and list price of what has one, without credit notes,
``listed_kept`` with them; ``costed``: net of what has a known cost; ``earned`` and ``profit``: that less the cost, of
whole deals or by shares."""
