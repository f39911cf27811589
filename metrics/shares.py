"""Ratios of special forms: what is missing from a whole, and ratios that need a base above 0."""

from dataclasses import dataclass

from metrics.dimensions import Member
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
