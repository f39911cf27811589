"""How long something takes, for all that began in a period: what is over and what is not over yet. Pure."""

import datetime
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from metrics.cohorts.survival import Step, curve, quantile_day
from metrics.numbers import decimal_of, quantile

HALF = Fraction(1, 2)
MOST_SPANS = 31
WIDTHS = (1, 7, 14, 28, 91, 182, 364, 1820)
FEW = 5
"""With fewer than so many left at risk a single end moves the curve a lot."""


@dataclass(frozen=True)
class Case:
    """What began on a day and was seen for ``length`` whole units; ``end`` says how it ended, empty: it goes on."""

    id: int
    begins: datetime.date
    length: int
    end: str = ""


@dataclass(frozen=True)
class Span:
    """Some units of time: how many were still at risk when it began, how many ended in it and how, and how many were
    last seen in it, going on (``censored``). ``share`` is what goes on at its end; ``ended``: how the rest ended."""

    first: int
    last: int
    at_risk: int
    ends: Counter[str]
    censored: int
    share: Fraction
    ended: dict[str, Decimal]

    @property
    def name(self) -> str:
        return f"{self.first}-{self.last}"


@dataclass(frozen=True)
class Durations:
    """Cases, and which of their ends count. One that ends otherwise was seen until then, as if it went on."""

    cases: Sequence[Case]
    counted: tuple[str, ...]

    @cached_property
    def steps(self) -> list[Step]:
        return curve((case.length, self.counts(case)) for case in self.cases)

    def counts(self, case: Case) -> bool:
        return case.end in self.counted

    @property
    def over(self) -> int:
        """How many have ended in a way that counts."""
        return sum(self.counts(case) for case in self.cases)

    @property
    def median(self) -> int | None:
        """The first unit by whose end half are over, those that go on counted in; None while that is not known."""
        return quantile_day(self.steps, HALF)

    @property
    def plain_median(self) -> Fraction | None:
        """The middle of those alone that are over; it is too short while long ones go on."""
        return quantile(Counter(case.length for case in self.cases if self.counts(case)), HALF)

    @cached_property
    def width(self) -> int:
        """Units of a span, so that a table stays short."""
        longest = max((case.length for case in self.cases), default=0)
        return next((width for width in WIDTHS if longest <= width * (MOST_SPANS - 1)), WIDTHS[-1])

    def spans(self, width: int | None = None) -> list[Span]:
        """The first unit, then spans of ``width`` to the longest case; all cases stand in exactly one."""
        width = width or self.width
        return list(self._spans(width)) if self.cases else []

    def _spans(self, width: int) -> Iterator[Span]:
        by_span: dict[int, list[Case]] = {}
        for case in self.cases:
            by_span.setdefault(-(-case.length // width), []).append(case)
        steps: dict[int, list[Step]] = {}
        for step in self.steps:
            steps.setdefault(-(-step.day // width), []).append(step)
        ways = self._ways()
        at_risk, share, ended = len(self.cases), Fraction(1), dict.fromkeys(self.counted, Decimal(0))
        for place in range(max(by_span) + 1):
            here = by_span.get(place, [])
            for step in steps.get(place, []):
                fallen = decimal_of(share - step.share)
                for end in self.counted:
                    ended[end] += fallen * ways[step.day][end] / step.ended
                share = step.share
            ends = Counter(case.end for case in here if case.end)
            first = (place - 1) * width + 1 if place else 0
            yield Span(first, place * width, at_risk, ends, len(here) - ends.total(), share, dict(ended))
            at_risk -= len(here)

    def _ways(self) -> dict[int, Counter[str]]:
        """By unit, how those that ended in it ended: a step of the curve is parted among them (Aalen-Johansen)."""
        ways: dict[int, Counter[str]] = {}
        for case in self.cases:
            if self.counts(case):
                ways.setdefault(case.length, Counter())[case.end] += 1
        return ways

    def within(self, first: int, last: int) -> list[Case]:
        """The cases that ended or were last seen in a span: first those that ended, each by its day."""
        found = [case for case in self.cases if first <= case.length <= last]
        return sorted(found, key=lambda case: (not self.counts(case), not case.end, case.length, case.begins, case.id))

    @property
    def uncertain_from(self) -> int | None:
        """The first unit that fewer than five have come to; None when there is none, or there never were five."""
        lengths = sorted((case.length for case in self.cases), reverse=True)
        return lengths[FEW - 1] + 1 if len(lengths) > FEW and lengths[0] > lengths[FEW - 1] else None
