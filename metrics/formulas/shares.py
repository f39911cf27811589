"""Ratios of special forms: parts of a whole, what is missing from a whole, and ratios that need a base above 0."""

from dataclasses import dataclass, replace

from metrics.cells import Cell
from metrics.dimensions import ALL, Member
from metrics.metric import Parts, Ratio, Stream
from metrics.numbers import ratio
from metrics.question import Question


@dataclass(frozen=True, kw_only=True)
class Reduction(Ratio):
    """By how much the top stays below the bottom, as a share of the bottom: (bottom - top) / bottom."""

    def sliced(self, q: Question) -> dict[Member, Parts]:
        found = {}
        for member, parts in super().sliced(q).items():
            upper = (parts.denominator or 0) - (parts.numerator or 0)
            found[member] = Parts(ratio(upper, parts.denominator), upper, parts.denominator, parts.n)
        return found

    def streams(self, q: Question) -> list[Stream]:
        return [
            Stream(self.bottom.records(q), self.bottom.fact.kind, 1, 1),
            Stream(self.top.records(q), self.top.fact.kind, -1, None),
        ]


@dataclass(frozen=True, kw_only=True)
class PositiveRatio(Ratio):
    """None unless the bottom is above 0: a margin on revenue that refunds have eaten up says nothing."""

    def sliced(self, q: Question) -> dict[Member, Parts]:
        return {
            member: parts if (parts.denominator or 0) > 0 else Parts(None, parts.numerator, parts.denominator, parts.n)
            for member, parts in super().sliced(q).items()
        }


@dataclass(frozen=True, kw_only=True)
class Share(Ratio):
    """What a member of some dimensions has of the whole: the bottom knows nothing of ``among``, the top does.

    Sliced by another dimension it is the share within each of its members. Without a member it is the whole: 1. None of
    a whole that is not above 0.
    """

    among: tuple[str, ...]

    def _whole(self, q: Question) -> Question:
        where = tuple((dimension, member) for dimension, member in q.where if dimension not in self.among)
        return replace(q, by=None if q.by in self.among else q.by, where=where)

    def sliced(self, q: Question) -> dict[Member, Parts]:
        top, bottom = self.top.cells(q), self.bottom.cells(self._whole(q))
        found = {}
        for member in top if q.by in self.among else {**bottom, **top}:
            whole = bottom.get(ALL if q.by in self.among else member, Cell())
            upper = top.get(member, Cell()).total
            share = ratio(upper, whole.total) if whole.total > 0 else None
            found[member] = Parts(share, upper, whole.total, whole.n)
        return found

    def streams(self, q: Question) -> list[Stream]:
        return [
            Stream(self.top.records(q), self.top.fact.kind, 1, None),
            Stream(self.bottom.records(self._whole(q)), self.bottom.fact.kind, None, 1),
        ]
