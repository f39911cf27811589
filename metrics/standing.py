"""Ratios of what stands on one day: at the end of the period, or at its beginning."""

from dataclasses import dataclass, field

from metrics.metric import Ratio


@dataclass(frozen=True, kw_only=True)
class StandingRatio(Ratio):
    """Both sides are read on one day of the period, so that units of time are asked one by one and never added up."""

    splits_by_time: bool = field(default=False)
