"""The frame of a sample: its seed, its days and its company. Everything else is drawn from it."""

import datetime
from dataclasses import dataclass
from functools import cached_property
from random import Random
from zoneinfo import ZoneInfo

from accounts.business_dates import local_instant
from accounts.models import Company

MONTH_WEIGHTS = (0.90, 1.00, 1.15, 0.95, 1.02, 1.12, 0.82, 0.70, 1.08, 1.16, 1.10, 0.74)
"""How busy each month of the year is."""
GROWTH_A_MONTH = 1.012
HOURS = (8, 9, 9, 10, 10, 10, 11, 11, 13, 14, 14, 14, 15, 15, 16, 16, 17, 18)


@dataclass(frozen=True)
class World:
    """Same seed, same day, same sizes: same sample. Everything in it happened before ``today`` began."""

    seed: int
    today: datetime.date
    months: int
    company: Company

    def random(self, *key: object) -> Random:
        """A source of chance of its own for each key, so that one part can change without the others."""
        return Random("/".join(map(str, (self.seed, *key))))  # noqa: S311

    @property
    def zone(self) -> ZoneInfo:
        return self.company.zone

    @cached_property
    def first_day(self) -> datetime.date:
        """The first of the month, ``months`` months before today."""
        month = self.today.year * 12 + self.today.month - 1 - self.months
        return datetime.date(month // 12, month % 12 + 1, 1)

    @property
    def last_day(self) -> datetime.date:
        """Yesterday: the last day on which something happened."""
        return self.today - datetime.timedelta(days=1)

    @property
    def moment(self) -> datetime.datetime:
        """When the sample was taken: two o'clock in the night."""
        return local_instant(datetime.datetime.combine(self.today, datetime.time(2)), self.zone)

    @cached_property
    def days(self) -> list[datetime.date]:
        return [self.first_day + datetime.timedelta(days=n) for n in range((self.today - self.first_day).days)]

    @cached_property
    def busyness(self) -> list[float]:
        """A weight for each of ``days``: season, growth, hardly anything on weekends."""
        return [
            MONTH_WEIGHTS[day.month - 1]
            * GROWTH_A_MONTH ** ((day - self.first_day).days / 30)
            * (1.0 if day.weekday() < 5 else 0.06)
            for day in self.days
        ]

    def opening_days(self, count: int, key: str) -> list[datetime.date]:
        """``count`` days in order, more of them when business is good."""
        return sorted(self.random(key).choices(self.days, weights=self.busyness, k=count))

    def instant(self, day: datetime.date, random: Random) -> datetime.datetime:
        """A time of the day within working hours."""
        wall = datetime.time(random.choice(HOURS), random.randrange(60), random.randrange(60))
        return local_instant(datetime.datetime.combine(day, wall), self.zone)


def workday(day: datetime.date) -> datetime.date:
    """The day itself, or the Friday before a weekend."""
    return day - datetime.timedelta(days=max(0, day.weekday() - 4))


def month_end(day: datetime.date) -> datetime.date:
    """The last day of the day's month."""
    return (day.replace(day=28) + datetime.timedelta(days=4)).replace(day=1) - datetime.timedelta(days=1)


def first_of_next_month(day: datetime.date) -> datetime.date:
    return month_end(day) + datetime.timedelta(days=1)
