"""A figure along its own past: moving average and trend. Periods that are not over are left out of a trend."""

from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations
from statistics import median

from metrics.dimensions import ALL, Member
from metrics.metric import Metric, Number, Parts, Ratio
from metrics.numbers import ratio
from metrics.operators.operator import Operator, with_time
from metrics.periods import Period, containing
from metrics.question import Question

WINDOW = 3
TREND_POINTS = 12
FEWEST_POINTS = 8
_UNSET = Parts(None, None, None, 0)


def ending_with(period: Period, count: int) -> list[Period]:
    """So many periods of one length, oldest first, the last of them this one."""
    found = [period]
    for _step in range(count - 1):
        found.append(found[-1].previous())
    return found[::-1]


@dataclass(frozen=True, kw_only=True)
class MovingAverage(Operator):
    """Over this period and the two before: the mean of a total, for a ratio both parts added up and divided last."""

    def unit_on(self, metric: Metric) -> str:
        return metric.unit

    def better_on(self, metric: Metric) -> str:
        return metric.better

    @property
    def top_is_money(self) -> bool:
        return self.of.top_is_money

    @property
    def bottom_is_money(self) -> bool:
        return self.of.bottom_is_money

    def sliced(self, q: Question) -> dict[Member, Parts]:
        seen = [self.of.parts(replace(q, period=period)) for period in ending_with(q.period, WINDOW)]
        members = dict.fromkeys(member for parts in seen for member in parts)
        return {member: self._mean([parts.get(member, _UNSET) for parts in seen]) for member in members}

    def _mean(self, parts: list[Parts]) -> Parts:
        n = sum(part.n for part in parts)
        if isinstance(self.of, Ratio):
            upper = sum((Fraction(part.numerator or 0) for part in parts), Fraction(0))
            lower = sum((Fraction(part.denominator or 0) for part in parts), Fraction(0))
            return Parts(ratio(upper, lower), upper, lower, n)
        known = [Fraction(part.value) for part in parts if part.value is not None]
        total = sum(known, Fraction(0))
        return Parts(ratio(total, len(known)), total, len(known), n) if known else _UNSET


@dataclass(frozen=True, kw_only=True)
class Trend(Operator):
    """The Theil-Sen slope of the last twelve closed periods / their median level; None with fewer than eight.

    P. K. Sen, 1968: the median of the slopes between all pairs of points. Numerator is the slope per period,
    denominator the median level, n the number of periods with a figure. A period without a figure stays a gap.
    """

    def dimensions_on(self, _metric: Metric) -> tuple[str, ...]:
        return with_time()

    def sliced(self, q: Question) -> dict[Member, Parts]:
        last = q.period if q.period.kind != "range" else containing(q.period.last_day, "month")
        while last.last_day > q.as_of:
            last = last.previous()
        periods = ending_with(last, TREND_POINTS)
        values = [self.of.parts(replace(q, period=period, by=None)).get(ALL, _UNSET).value for period in periods]
        return {ALL: self._sloped(values)}

    @staticmethod
    def _sloped(values: list[Number | None]) -> Parts:
        points = [(place, Fraction(value)) for place, value in enumerate(values) if value is not None]
        if len(points) < FEWEST_POINTS:
            return Parts(None, None, None, len(points))
        slope = median((y2 - y1) / (x2 - x1) for (x1, y1), (x2, y2) in combinations(points, 2))
        level = median(value for _place, value in points)
        return Parts(ratio(slope, level) if level > 0 else None, slope, level, len(points))
