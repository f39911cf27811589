"""Periods in the words of people: titles, short names for columns and axes, how far a running one has come."""

import datetime

from babel.dates import format_skeleton
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import formats
from accounts.working_days import WorkingCalendar
from metrics.periods import DAY, Period, parse_period


def period_title(period: Period) -> str:
    """November 2026, Q4 2026, week 41 of 2026, 5 Oct 2026, 1 Jul 2026 to 30 Sep 2026, FY2026."""
    match period.kind:
        case "month":
            return _skeleton("yMMMM", period.start)
        case "quarter":
            return f"Q{period.name[-1]} {period.start.year}"
        case "week":
            year, week = period.name.split("-W")
            return _("week %(week)s of %(year)s") % {"week": int(week), "year": year}
        case "day":
            return formats.full_day(period.start)
        case "fiscal quarter":
            return period.name.replace("-", " ")
        case "range":
            days = {"first": formats.full_day(period.start), "last": formats.full_day(period.last_day)}
            return days["first"] if period.days == 1 else _("%(first)s to %(last)s") % days
        case _:
            return period.name


def title_of(name: str) -> str:
    """The title of the month, quarter or year of a name, such as 2026-10, 2026-Q4 or FY2026-Q4."""
    return period_title(parse_period(name, today=datetime.date.min))


def period_short(period: Period) -> str:
    """The name for a narrow place: Nov, Q3, W41, 2025, 5 Oct; a free range is "before"."""
    match period.kind:
        case "month":
            return _skeleton("MMM", period.start)
        case "quarter" | "fiscal quarter":
            return f"Q{period.name[-1]}"
        case "week":
            return period.name[-3:]
        case "day":
            return _skeleton("MMMd", period.start)
        case "range":
            return _("before")
        case _:
            return period.name


def axis_name(period: Period, *, first: bool) -> str:
    """The name of a month or quarter in a row of them: ``first`` ones carry the year."""
    if first and period.kind == "month":
        return _skeleton("yMMM", period.start)
    return period_title(period) if first and period.kind == "quarter" else period_short(period)


def compared_title(before: Period, asked: Period, unit: Period, *, short: bool = False) -> str:
    """The earlier period as it is compared: "Q3 2026, same days" when the asked one is still running.

    ``unit`` is the whole earlier period, ``before`` what is compared of it. ``short`` leaves out the year that both
    have, for heads of columns.
    """
    is_clipped = before.days < unit.days and asked.kind != "range"
    if short and unit.kind in ("month", "quarter"):
        name = axis_name(unit, first=unit.start.year != asked.start.year)
    else:
        name = period_title(unit if is_clipped else before)
    return _("%(period)s, same days") % {"period": name} if is_clipped else name


def current_quarter(today: datetime.date, fiscal_start: int) -> Period:
    """The quarter that holds today, in the company's fiscal year."""
    if fiscal_start == 1:
        return parse_period(f"{today.year}-Q{(today.month + 2) // 3}", today=today)
    quarter = (today.month - fiscal_start) % 12 // 3 + 1
    year = today.year + (today.month >= fiscal_start)
    return parse_period(f"FY{year}-Q{quarter}", today=today, fiscal_start=fiscal_start)


def progress_mark(period: Period, as_of: datetime.date, today: datetime.date, calendar: WorkingCalendar) -> str:
    """As “Q4 2026 to date · 37 of 66 working days” while it runs, else its title. Today is not gone yet."""
    title = period_title(period)
    if period.last_day <= as_of or period.start > as_of:
        return title
    gone = calendar.count(period.start, as_of - DAY if as_of >= today else as_of)
    words = {"period": title, "gone": gone, "all": calendar.count(period.start, period.last_day)}
    return _("%(period)s to date · %(gone)s of %(all)s working days") % words


def _skeleton(skeleton: str, day: datetime.date) -> str:
    return format_skeleton(skeleton, day, locale=formats.date_locale(get_language()))
