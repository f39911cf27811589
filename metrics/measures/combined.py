"""Sums of measures of different facts, such as all marketing spend, or revenue less what it cost."""

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any

from metrics.cells import Cell, Cells
from metrics.dimensions import ALL, MODEL, name_members
from metrics.facts.fact import Fact
from metrics.measures.attribution import MODELS
from metrics.measures.measure import Measure
from metrics.metric import Parts, Ratio
from metrics.numbers import ratio
from metrics.question import Question

NO_FACT = Fact("", "", {})


@dataclass(frozen=True)
class Combined(Measure):
    """Money of several measures added up, each with its sign.

    Where a model of attribution is asked, parts that know none are the same for each model.
    """

    fact: Fact = NO_FACT
    parts: tuple[tuple[int, Measure], ...] = ()
    live: bool = True
    money: bool = True

    def leaves(self) -> tuple[Measure, ...]:
        return tuple(leaf for _sign, part in self.parts for leaf in part.leaves())

    def sources(self, q: Question) -> list[tuple[Any, str, int]]:
        return [
            (rows, kind, sign * own) for sign, part in self.parts for rows, kind, own in part.sources(_fitting(part, q))
        ]

    def reaches(self, q: Question) -> bool:
        return all(part.reaches(q) for _sign, part in self.parts)

    def notes(self, q: Question) -> list[str]:
        return [note for _sign, part in self.parts for note in part.notes(_fitting(part, q))]

    def covered(self, q: Question) -> bool:
        return any(part.covered(_fitting(part, q)) for _sign, part in self.parts)

    def cells(self, q: Question) -> Cells:
        found: Cells = defaultdict(Cell)
        for sign, part in self.parts:
            for member, cell in _cells_of(part, q).items():
                found[member].add(sign * cell.total, cell.n)  # type: ignore[arg-type]
        return dict(found)


def _cells_of(part: Measure, q: Question) -> Cells:
    cells = part.cells(_fitting(part, q))
    if q.by != MODEL or _knows_models(part):
        return cells
    return {member: cells.get(ALL, Cell()) for member in name_members(MODEL, MODELS).values()}


def _fitting(part: Measure, q: Question) -> Question:
    """The question without the model of attribution, for a measure that has none."""
    if _knows_models(part):
        return q
    where = tuple((dimension, member) for dimension, member in q.where if dimension != MODEL)
    return replace(q, by=None if q.by == MODEL else q.by, where=where)


def _knows_models(part: Measure) -> bool:
    return isinstance(part, Combined) or MODEL in getattr(part, "dimensions", ())


@dataclass(frozen=True, kw_only=True)
class Across(Ratio):
    """A ratio of two facts. A side of which nothing is known yet is null, not 0; below 0 nothing is divided by.

    It is no share of cases, even where it is a percentage: one side is not part of the other.
    """

    @property
    def counts_cases(self) -> bool:
        return False

    def sliced(self, q: Question) -> dict[Any, Parts]:
        found = super().sliced(q)
        if q.by:
            return {member: _guarded(parts) for member, parts in found.items()}
        known = {True: self.top.covered(q), False: self.bottom.covered(q)}
        parts = found.get(ALL, Parts(None, 0, 0, 0))
        top = parts.numerator if parts.numerator or known[True] else None
        bottom = parts.denominator if parts.denominator or known[False] else None
        return {ALL: _guarded(Parts(ratio(top, bottom), top, bottom, parts.n))}


def _guarded(parts: Parts) -> Parts:
    return parts if (parts.denominator or 0) > 0 else replace(parts, value=None)
