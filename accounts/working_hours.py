"""Business hours: how much of a span of time lies in the hours at which the company works."""

import datetime
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Aggregate, CharField, OuterRef, Subquery
from django.db.models.functions import Cast

from accounts.business_dates import local_instant
from accounts.models import Company, Holiday
from accounts.working_days import WorkingCalendar

_DAY = datetime.timedelta(days=1)
_MINUTE = datetime.timedelta(minutes=1)


class _Joined(Aggregate):
    """Texts with commas between them; None for none."""

    function = "GROUP_CONCAT"
    template = "%(function)s(%(expressions)s, ',')"
    output_field = CharField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function="STRING_AGG", **context)


@dataclass(frozen=True)
class WorkingHours:
    """The hours of each working day, in the company's zone; ``closes`` is later than ``opens``.

    ``goal``: in how many of their minutes a new lead is to be answered; None: in a working day.
    """

    calendar: WorkingCalendar
    opens: datetime.time
    closes: datetime.time
    zone: ZoneInfo
    goal: int | None = None

    @classmethod
    def of(cls, company: Company) -> "WorkingHours":
        """The company's hours, holidays read from the database."""
        return cls._told(WorkingCalendar.of(company), company)

    @classmethod
    def _told(cls, calendar: WorkingCalendar, company: Company) -> "WorkingHours":
        return cls(calendar, company.opens_at, company.closes_at, company.zone, company.response_goal_minutes)

    @classmethod
    def read(cls) -> "WorkingHours":
        """Those of the company, in one statement: lists of leads ask on every page."""
        every = Holiday.objects.order_by().annotate(text=Cast("day", CharField()))
        joined = every.filter(day__isnull=False).values(one=OuterRef("pk")).annotate(days=_Joined("text"))
        company = Company.objects.annotate(holidays=Subquery(joined.values("days"))).filter(pk=1).first()
        if company is None:
            return cls.of(Company.current())
        days = frozenset(map(datetime.date.fromisoformat, filter(None, (company.holidays or "").split(","))))
        calendar = WorkingCalendar(frozenset(company.weekdays), days)
        return cls._told(calendar, company)

    @property
    def day_minutes(self) -> int:
        """Minutes of a working day by the clock on the wall."""
        begins = datetime.datetime.combine(datetime.date.min, self.opens)
        return (datetime.datetime.combine(datetime.date.min, self.closes) - begins) // _MINUTE

    def minutes(self, start: datetime.datetime, end: datetime.datetime) -> int:
        """Whole working minutes from one instant to another; 0 when ``end`` is not later."""
        first, last = start.astimezone(self.zone).date(), end.astimezone(self.zone).date()
        if end <= start:
            return 0
        if first == last:
            return self._within(first, start, end) // _MINUTE
        between = self.calendar.count(first + _DAY, last - _DAY) * self.day_minutes
        return between + (self._within(first, start, end) + self._within(last, start, end)) // _MINUTE

    def left_today(self, now: datetime.datetime) -> int:
        """Whole working minutes from ``now`` until work ends today, if it goes on now; 0 when it does not."""
        day = now.astimezone(self.zone).date()
        begins, ends = self._hours(day)
        return (ends - now) // _MINUTE if self.calendar.works_on(day) and begins <= now < ends else 0

    def _within(self, day: datetime.date, start: datetime.datetime, end: datetime.datetime) -> datetime.timedelta:
        begins, ends = self._hours(day)
        if not self.calendar.works_on(day):
            return datetime.timedelta()
        return max(datetime.timedelta(), min(ends, end) - max(begins, start))

    def _hours(self, day: datetime.date) -> tuple[datetime.datetime, datetime.datetime]:
        opens, closes = (datetime.datetime.combine(day, time) for time in (self.opens, self.closes))
        return local_instant(opens, self.zone), local_instant(closes, self.zone)
