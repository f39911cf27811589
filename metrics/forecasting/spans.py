"""The days that a forecast is about, and the day from which it looks."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from metrics.periods import DAY, Period, add_months

TRIALS = 8
"""How many earlier periods tell how good a method is."""


@dataclass(frozen=True)
class Span:
    """A period seen from the end of a day; days up to it have happened, ``rest`` is the first that has not."""

    period: Period
    as_of: datetime.date

    @property
    def start(self) -> datetime.date:
        return self.period.start

    @property
    def end(self) -> datetime.date:
        return self.period.end

    @property
    def today(self) -> datetime.date:
        """The first day that nothing is known of."""
        return self.as_of + DAY

    @property
    def rest(self) -> datetime.date:
        return max(self.start, self.today)

    @property
    def after(self) -> int:
        """Wins that count come more than so many days after the day."""
        return (self.rest - self.as_of).days - 1

    @property
    def until(self) -> int:
        """And at most so many."""
        return (self.end - self.as_of).days - 1

    def months(self) -> list[tuple[int, float]]:
        """The months that the rest touches, counted from the running one (0), each with the share of it that counts."""
        found = []
        month, place = self.today.replace(day=1), 0
        while month < self.end:
            following = add_months(month, 1)
            days = (min(following, self.end) - max(month, self.rest)).days
            if days > 0:
                found.append((place, days / (following - month).days))
            month, place = following, place + 1
        return found

    def trials(self) -> Iterator["Span"]:
        """The last periods that are over, each seen from as many days before or after its first day; newest first."""
        lead, period, found = self.as_of - self.start, self.period, 0
        while found < TRIALS:
            period = period.previous()
            if period.last_day <= self.as_of:
                found += 1
                yield Span(period, min(period.start + lead, period.last_day))
