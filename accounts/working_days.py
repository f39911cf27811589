"""Working days: the company's weekdays without its holidays. Pace to a target goes by them."""

import datetime
from dataclasses import dataclass

from accounts.models import Company, Holiday

_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class WorkingCalendar:
    """Which days count. ``weekdays``: 0 is Monday; ``holidays`` are days off."""

    weekdays: frozenset[int]
    holidays: frozenset[datetime.date]

    @classmethod
    def of(cls, company: Company) -> "WorkingCalendar":
        """The company's calendar, holidays read from the database unless they came with the company."""
        off = company.days_off
        if off is None:
            off = frozenset(Holiday.objects.order_by().values_list("day", flat=True))
        return cls(frozenset(company.weekdays), off)

    def works_on(self, day: datetime.date) -> bool:
        return day.weekday() in self.weekdays and day not in self.holidays

    def count(self, first: datetime.date, last: datetime.date) -> int:
        """Working days from ``first`` to ``last``, both included; 0 when there are none."""
        days = max(0, (last - first).days + 1)
        weeks, rest = divmod(days, 7)
        found = weeks * len(self.weekdays)
        found += sum((first + step * _DAY).weekday() in self.weekdays for step in range(rest))
        return found - sum(first <= day <= last and day.weekday() in self.weekdays for day in self.holidays)

    def after(self, day: datetime.date, until: datetime.date) -> int:
        """Working days after ``day`` up to and including ``until``; 0 when ``until`` is not later."""
        return self.count(day + _DAY, until)

    def previous(self, day: datetime.date) -> datetime.date:
        """The last working day before ``day``; within a year, else the day before it."""
        for step in range(1, 367):
            if self.works_on(day - step * _DAY):
                return day - step * _DAY
        return day - _DAY

    def next(self, day: datetime.date) -> datetime.date:
        """The first working day after ``day``; within a year, else the day after it."""
        for step in range(1, 367):
            if self.works_on(day + step * _DAY):
                return day + step * _DAY
        return day + _DAY
