"""Ratios of what stands on one day: at the end of the period, or at its beginning."""

from dataclasses import dataclass, field

from metrics.dimensions import ALL, Member
from metrics.metric import Parts, Ratio
from metrics.question import Question


@dataclass(frozen=True, kw_only=True)
class StandingRatio(Ratio):
    """Both sides are read on one day of the period, so that units of time are asked one by one and never added up.

    Of a period that has not begun nobody knows them.
    """

    splits_by_time: bool = field(default=False)

    def sliced(self, q: Question) -> dict[Member, Parts]:
        if q.period.start > q.as_of:
            return {} if q.by else {ALL: Parts(None, None, None, 0)}
        return super().sliced(q)
