"""Months, quarters and years of the company, fiscal where its year is."""

import datetime
from functools import lru_cache

from metrics.periods import Period, containing, parse_period


@lru_cache(maxsize=4096)
def unit_of(day: datetime.date, unit: str, fiscal_start: int) -> Period:
    """The month, quarter or year that holds a day."""
    if unit == "month" or fiscal_start == 1:
        return containing(day, unit)
    year = day.year + (day.month >= fiscal_start)
    name = f"FY{year}" if unit == "year" else f"FY{year}-Q{(day.month - fiscal_start) % 12 // 3 + 1}"
    return parse_period(name, today=day, fiscal_start=fiscal_start)


def units_between(first: datetime.date, last: datetime.date, unit: str, fiscal_start: int) -> list[Period]:
    """The units that touch the days from ``first`` to ``last``, in order."""
    found = []
    day = first
    while day <= last:
        found.append(unit_of(day, unit, fiscal_start))
        day = found[-1].end
    return found
