"""Metrics whose figures are given, to work operators by hand without a database."""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Self

from metrics.dimensions import ALL, Member
from metrics.facts.fact import CLOSED
from metrics.measures.measure import Measure
from metrics.metric import Parts, Ratio, Total
from metrics.question import Question

_MEASURE = Measure("given", CLOSED)
_WORDS = {
    "slug": "given", "name": "Given", "group": "performance", "timing": "lagging", "help": "given", "formula": "given",
    "date": "given", "example": "given", "dimensions": ("rep", "team", "channel", "segment", "month"),
}  # fmt: skip


class _Given:
    def sliced(self, q: Question) -> dict[Member, Parts]:
        if q.by:
            return {Member(key, key): self.parts_of(value) for key, value in self.members.items()}
        return {ALL: self.parts_of(self.figures.get(q.period.name))}


@dataclass(frozen=True, kw_only=True)
class GivenTotal(_Given, Total):
    figures: dict[str, int] = field(default_factory=dict)
    members: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, figures: dict[str, int], *, better: str = "higher", members: dict[str, int] | None = None) -> Self:
        return cls(**_WORDS, of=_MEASURE, unit="count", better=better, figures=figures, members=members or {})

    def parts_of(self, value: int | None) -> Parts:
        return Parts(value, value, None, 0 if value is None else 1)


@dataclass(frozen=True, kw_only=True)
class GivenRatio(_Given, Ratio):
    figures: dict[str, tuple[int, int]] = field(default_factory=dict)
    members: dict[str, tuple[int, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, figures: dict[str, tuple[int, int]]) -> Self:
        return cls(**_WORDS, top=_MEASURE, bottom=_MEASURE, unit="percent", better="higher", figures=figures)

    def parts_of(self, value: tuple[int, int] | None) -> Parts:
        if value is None:
            return Parts(None, None, None, 0)
        return Parts(Fraction(*value), value[0], value[1], value[1])
