"""The measures that the catalogue registers, as building blocks: what each counts, in which unit, told apart by what.

A measure is offered as the catalogue uses it: its dimensions are those of the metrics that show it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.text import capfirst

from metrics.catalogue import METRICS
from metrics.dimensions import DIMENSIONS, MODEL, TIME
from metrics.measures.combined import Across
from metrics.measures.measure import Measure
from metrics.measures.words import words_of
from metrics.metric import Metric, Ratio, Total

NEVER_FILTERED = ("rep", "team", "age", MODEL, *TIME)
"""The scope and the period of a question say these; a model leaves no row out."""
_KINDS = (Total, Ratio, Across)


@dataclass(frozen=True)
class Block:
    """A registered measure. ``unit``: count, money, days or minutes; ``scale``: parts of a unit that it adds up in."""

    measure: Measure
    home: Metric
    unit: str
    scale: int
    dimensions: tuple[str, ...]
    overlaps: tuple[str, ...]
    cohort: bool

    @property
    def label(self) -> str:
        """What its rows are called, and a metric that is made of it."""
        return f"{capfirst(str(words_of(self.measure.key)))} ({self.home.name})"

    @property
    def filters(self) -> tuple[str, ...]:
        """The dimensions whose members it may be limited to."""
        return tuple(name for name in self.dimensions if name not in NEVER_FILTERED)

    @property
    def is_level(self) -> bool:
        return any(leaf.fact.level for leaf in self.measure.leaves())

    @property
    def date(self) -> str | Promise:
        return self.home.date


@cache
def blocks() -> dict[str, Block]:
    """By key, in the order of the catalogue: totals first, then what only ratios use."""
    found: dict[str, list[tuple[Metric, str]]] = {}
    for side in ("of", "top", "bottom"):
        for metric in METRICS.values():
            measure = getattr(metric, side, None)
            if type(metric) in _KINDS and isinstance(measure, Measure) and not measure.histogram:
                found.setdefault(measure.key, []).append((metric, side))
    return {key: _block(uses) for key, uses in found.items()}


def _block(uses: list[tuple[Metric, str]]) -> Block:
    home, side = uses[0]
    homes = [metric for metric, _side in uses]
    measure: Measure = getattr(home, side)
    carried = {dimension for metric in homes for dimension in metric.dimensions}
    if not any(MODEL in getattr(leaf, "dimensions", ()) for leaf in measure.leaves()):
        carried.discard(MODEL)  # it is the other side that knows models
    return Block(
        measure=measure,
        home=home,
        unit=_unit(measure, home, side),
        scale=getattr(home, "scale", 1),
        dimensions=tuple(name for name in DIMENSIONS if name in carried),
        overlaps=tuple(dict.fromkeys(name for metric in homes for name in metric.overlaps)),
        cohort=home.cohort,
    )


def _unit(measure: Measure, home: Metric, side: str) -> str:
    if measure.money:
        return "money"
    if measure.value and (side == "of" or home.unit in ("days", "minutes")):
        return home.unit
    return "count"


def is_part(top: Measure, bottom: Measure) -> bool:
    """Whether every row that the top counts is one of those that the bottom counts, so that it is a share of cases."""
    if top == bottom:
        return True
    if top.value or bottom.value or top.fact != bottom.fact:
        return False
    if any(_is_rate(metric, top, bottom) for metric in METRICS.values()):
        return True
    return type(top) is type(bottom) is Measure and set(_conditions(bottom.where)) <= set(_conditions(top.where))


def _is_rate(metric: Metric, top: Measure, bottom: Measure) -> bool:
    """Whether the catalogue has the two as a rate."""
    return type(metric) is Ratio and metric.counts_cases and (metric.top, metric.bottom) == (top, bottom)


def _conditions(where: Q) -> Iterator[str]:
    """The conditions that must all hold."""
    if where.connector != Q.AND or where.negated:
        yield repr(where)
        return
    for child in where.children:
        yield from _conditions(child) if isinstance(child, Q) else (_told(child),)


def _told(child: Any) -> str:
    return repr(child)
