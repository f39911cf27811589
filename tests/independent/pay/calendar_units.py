"""Months, quarters and years, fiscal where the company's year is, with the names that people write."""

import datetime
from dataclasses import dataclass
from functools import cache

DAY = datetime.timedelta(days=1)
MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True)
class Span:
    """Days, both included."""

    first: datetime.date
    last: datetime.date
    name: str = ""

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def __contains__(self, day: datetime.date) -> bool:
        return self.first <= day <= self.last

    def common(self, other: "Span") -> "Span | None":
        """The days that both have; None: none."""
        first, last = max(self.first, other.first), min(self.last, other.last)
        return Span(first, last) if first <= last else None


def first_of_month(number: int) -> datetime.date:
    return datetime.date(number // 12, number % 12 + 1, 1)


@cache
def unit_around(day: datetime.date, unit: str, fiscal_start: int) -> Span:
    """The month, quarter or year that holds a day. A fiscal year has the name of the year in which it ends."""
    size, offset = MONTHS[unit], fiscal_start - 1
    start = (day.year * 12 + day.month - 1 - offset) // size * size + offset
    span = Span(first_of_month(start), first_of_month(start + size) - DAY)
    if unit == "month":
        return Span(span.first, span.last, f"{span.first:%Y-%m}")
    year_start = (start - offset) // 12 * 12 + offset
    last_year = (first_of_month(year_start + 12) - DAY).year
    name = f"{last_year}" if fiscal_start == 1 else f"FY{last_year}"
    if unit == "quarter":
        name += f"-Q{(start - year_start) // 3 + 1}"
    return Span(span.first, span.last, name)


def units_in(span: Span, unit: str, fiscal_start: int) -> list[Span]:
    """The units that have a day in common with a span, in order."""
    found, day = [], span.first
    while day <= span.last:
        found.append(unit_around(day, unit, fiscal_start))
        day = found[-1].last + DAY
    return found
