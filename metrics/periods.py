"""Periods: half-open spans of the company's days, and the names that people type for them."""

import calendar
import datetime
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from django.utils.translation import gettext as _

from metrics.errors import QuestionRefused

POSSIBLE = (
    "2026, 2026-Q3, 2026-10, 2026-W41, 2026-10-05, 2026-07-01..2026-09-30, FY2026, FY2026-Q2, today, yesterday, mtd, "
    "qtd, ytd, last-30d, last-month, last-quarter, last-year"
)
DAY = datetime.timedelta(days=1)
_FIRST_YEAR, _LAST_YEAR = 1900, 2200


@dataclass(frozen=True)
class Period:
    """Days from ``start`` up to, not including, ``end``. ``kind`` is the calendar unit, or "range"."""

    start: datetime.date
    end: datetime.date
    name: str
    kind: str

    @cached_property
    def last_day(self) -> datetime.date:
        return self.end - DAY

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    def previous(self) -> "Period":
        """The calendar unit before, or the equally long range before a free one."""
        match self.kind:
            case "day" | "week" | "range":
                length = self.end - self.start
                return _named(self.kind, self.start - length, self.start)
            case "fiscal year":
                return _fiscal_year_of(add_months(self.start, -12))
            case "fiscal quarter":
                quarter = int(self.name[-1])
                return _fiscal_quarter_of(add_months(self.start, -3), (quarter - 2) % 4 + 1)
            case _:
                return _named(self.kind, add_months(self.start, -MONTHS[self.kind]), self.start)

    def year_before(self) -> "Period":
        """The same span a year before: 52 weeks for a week, else twelve months."""
        match self.kind:
            case "week":
                return _named("week", self.start - 364 * DAY, self.end - 364 * DAY)
            case "fiscal year":
                return _fiscal_year_of(add_months(self.start, -12))
            case "fiscal quarter":
                return _fiscal_quarter_of(add_months(self.start, -12), int(self.name[-1]))
            case "range" | "day":
                start, last = add_months(self.start, -12), add_months(self.last_day, -12)
                return _named(self.kind, start, last + DAY)
            case _:
                return _named(self.kind, add_months(self.start, -12), add_months(self.end, -12))

    def clipped(self, days: int) -> "Period":
        """The first ``days`` days, to compare a running period with the same stretch of an earlier one."""
        end = min(self.end, self.start + days * DAY)
        return self if end == self.end else Period(self.start, end, range_name(self.start, end), "range")

    def split(self, unit: str) -> Iterator["Period"]:
        """The calendar units (day, week, month, quarter, year) that touch this period, cut to it."""
        start = self.start
        while start < self.end:
            whole = containing(start, unit)
            yield Period(max(whole.start, self.start), min(whole.end, self.end), whole.name, whole.kind)
            start = whole.end


MONTHS = {"month": 1, "quarter": 3, "year": 12}
"""How many months a unit has."""


@lru_cache(maxsize=4096)
def add_months(day: datetime.date, months: int) -> datetime.date:
    """The same day some months on, clipped to the month's length (31 January + 1 = 28 or 29 February)."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return datetime.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def range_name(start: datetime.date, end: datetime.date) -> str:
    last = end - DAY
    return start.isoformat() if last == start else f"{start.isoformat()}..{last.isoformat()}"


def _named(kind: str, start: datetime.date, end: datetime.date) -> Period:
    match kind:
        case "year":
            name = f"{start.year}"
        case "quarter":
            name = f"{start.year}-Q{(start.month + 2) // 3}"
        case "month":
            name = f"{start.year}-{start.month:02}"
        case "week":
            year, week, _day = start.isocalendar()
            name = f"{year}-W{week:02}"
        case _:
            name = range_name(start, end)
    return Period(start, end, name, kind)


def _fiscal_year_of(start: datetime.date) -> Period:
    end = add_months(start, 12)
    return Period(start, end, f"FY{(end - DAY).year}", "fiscal year")


def _fiscal_quarter_of(start: datetime.date, quarter: int) -> Period:
    opening = add_months(start, -3 * (quarter - 1))
    year = _fiscal_year_of(opening).name
    return Period(start, add_months(start, 3), f"{year}-Q{quarter}", "fiscal quarter")


@lru_cache(maxsize=4096)
def containing(day: datetime.date, unit: str) -> Period:
    """The calendar day, week, month, quarter or year that holds ``day``."""
    match unit:
        case "day":
            return _named("day", day, day + DAY)
        case "week":
            start = day - day.weekday() * DAY
            return _named("week", start, start + 7 * DAY)
        case "month":
            start = day.replace(day=1)
        case "quarter":
            start = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
        case "year":
            start = day.replace(month=1, day=1)
        case _:
            raise ValueError(unit)
    return _named(unit, start, add_months(start, MONTHS[unit]))


def parse_period(text: str, *, today: datetime.date, fiscal_start: int = 1) -> Period:
    """The period of a name; relative names are seen from ``today`` (the as-of day), which they include.

    Raises QuestionRefused with the possible forms.
    """
    clean = (text or "").strip()
    relative = _RELATIVE.get(clean.lower())
    if relative:
        return relative(today)
    for pattern, build in _FORMS:
        match = re.fullmatch(pattern, clean, re.IGNORECASE)
        if match:
            try:
                period = build(match, fiscal_start)
            except (ValueError, OverflowError):
                break
            if period.start.year < _FIRST_YEAR or period.end.year > _LAST_YEAR or period.end <= period.start:
                break
            return period
    raise QuestionRefused(
        _("Unknown period “%(text)s”. Possible: %(possible)s.") % {"text": clean[:60], "possible": POSSIBLE}, "period"
    )


def _to_date(unit: str) -> Callable[[datetime.date], Period]:
    def build(today: datetime.date) -> Period:
        return _named("range", containing(today, unit).start, today + DAY)

    return build


def _last(unit: str) -> Callable[[datetime.date], Period]:
    return lambda today: containing(today, unit).previous()


_RELATIVE: dict[str, Callable[[datetime.date], Period]] = {
    "today": lambda today: containing(today, "day"),
    "yesterday": lambda today: containing(today - DAY, "day"),
    "mtd": _to_date("month"),
    "qtd": _to_date("quarter"),
    "ytd": _to_date("year"),
    "last-30d": lambda today: _named("range", today - 30 * DAY, today),
    "last-month": _last("month"),
    "last-quarter": _last("quarter"),
    "last-year": _last("year"),
}


def _year(match: re.Match[str], _fiscal_start: int) -> Period:
    return containing(datetime.date(int(match[1]), 1, 1), "year")


def _quarter(match: re.Match[str], _fiscal_start: int) -> Period:
    return containing(datetime.date(int(match[1]), int(match[2]) * 3, 1), "quarter")


def _month(match: re.Match[str], _fiscal_start: int) -> Period:
    return containing(datetime.date(int(match[1]), int(match[2]), 1), "month")


def _week(match: re.Match[str], _fiscal_start: int) -> Period:
    return containing(datetime.date.fromisocalendar(int(match[1]), int(match[2]), 1), "week")


def _one_day(match: re.Match[str], _fiscal_start: int) -> Period:
    return containing(datetime.date.fromisoformat(match[1]), "day")


def _range(match: re.Match[str], _fiscal_start: int) -> Period:
    start, last = datetime.date.fromisoformat(match[1]), datetime.date.fromisoformat(match[2])
    return _named("day" if start == last else "range", start, last + DAY)


def fiscal_year_start(year: int, fiscal_start: int) -> datetime.date:
    """The first day of the fiscal year that ends in ``year``."""
    return datetime.date(year if fiscal_start == 1 else year - 1, fiscal_start, 1)


def _fiscal_year(match: re.Match[str], fiscal_start: int) -> Period:
    return _fiscal_year_of(fiscal_year_start(int(match[1]), fiscal_start))


def _fiscal_quarter(match: re.Match[str], fiscal_start: int) -> Period:
    start = add_months(fiscal_year_start(int(match[1]), fiscal_start), 3 * (int(match[2]) - 1))
    return _fiscal_quarter_of(start, int(match[2]))


_ISO_DAY = r"(\d{4}-\d{2}-\d{2})"
_FORMS: list[tuple[str, Callable[[re.Match[str], int], Period]]] = [
    (r"(\d{4})", _year),
    (r"(\d{4})-Q([1-4])", _quarter),
    (r"(\d{4})-(\d{2})", _month),
    (r"(\d{4})-W(\d{2})", _week),
    (_ISO_DAY, _one_day),
    (rf"{_ISO_DAY}\.\.{_ISO_DAY}", _range),
    (r"FY(\d{4})", _fiscal_year),
    (r"FY(\d{4})-Q([1-4])", _fiscal_quarter),
]
