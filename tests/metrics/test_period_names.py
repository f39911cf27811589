import datetime

import pytest
from django.utils import translation

from accounts.working_days import WorkingCalendar
from metrics.period_names import (
    axis_name,
    compared_title,
    current_quarter,
    period_short,
    period_title,
    progress_mark,
)
from metrics.periods import parse_period

TODAY = datetime.date(2026, 11, 25)


def period(text, fiscal_start=1):
    return parse_period(text, today=TODAY, fiscal_start=fiscal_start)


@pytest.mark.parametrize(
    ("text", "title", "short"),
    [
        ("2026-11", "November 2026", "Nov"),
        ("2026-Q4", "Q4 2026", "Q4"),
        ("2026", "2026", "2026"),
        ("2026-W01", "week 1 of 2026", "W01"),
        ("2026-10-05", "5 Oct 2026", "5 Oct"),
        ("2026-10-05..2026-11-01", "5 Oct 2026 to 1 Nov 2026", "before"),
        ("FY2026", "FY2026", "FY2026"),
        ("FY2026-Q2", "FY2026 Q2", "Q2"),
    ],
)
def test_periods_have_names_for_people(text, title, short):
    assert (period_title(period(text)), period_short(period(text))) == (title, short)


def test_names_follow_the_language():
    with translation.override("de"):
        assert period_title(period("2026-10")) == "Oktober 2026"


@pytest.mark.parametrize(
    ("today", "fiscal_start", "name"),
    [
        ("2026-11-25", 1, "2026-Q4"),
        ("2026-01-01", 1, "2026-Q1"),
        ("2026-11-25", 2, "FY2027-Q4"),
        ("2026-01-31", 2, "FY2026-Q4"),
        ("2026-02-01", 2, "FY2027-Q1"),
        ("2026-06-30", 7, "FY2026-Q4"),
        ("2026-07-01", 7, "FY2027-Q1"),
    ],
)
def test_the_current_quarter_is_the_companys(today, fiscal_start, name):
    day = datetime.date.fromisoformat(today)
    quarter = current_quarter(day, fiscal_start)
    assert quarter.name == name
    assert quarter.start <= day < quarter.end


WEEKDAYS = WorkingCalendar(frozenset(range(5)), frozenset())


def test_a_running_period_says_how_far_it_has_come():
    assert progress_mark(period("2026-Q4"), TODAY, TODAY, WEEKDAYS) == "Q4 2026 to date · 39 of 66 working days"
    before = datetime.date(2026, 11, 24)
    assert progress_mark(period("2026-Q4"), before, TODAY, WEEKDAYS) == "Q4 2026 to date · 39 of 66 working days"
    assert progress_mark(period("2026-Q3"), TODAY, TODAY, WEEKDAYS) == "Q3 2026"
    assert progress_mark(period("2027"), TODAY, TODAY, WEEKDAYS) == "2027"


def test_days_off_are_no_working_days():
    """Of 39 and 66 days one that is gone and one to come are off."""
    off = WorkingCalendar(frozenset(range(5)), frozenset({datetime.date(2026, 10, 5), datetime.date(2026, 12, 25)}))
    assert progress_mark(period("2026-Q4"), TODAY, TODAY, off) == "Q4 2026 to date · 38 of 64 working days"


def test_what_is_compared_says_when_it_is_only_the_same_days():
    asked, unit = period("2026-Q4"), period("2026-Q3")
    assert compared_title(unit.clipped(56), asked, unit) == "Q3 2026, same days"
    assert compared_title(unit.clipped(56), asked, unit, short=True) == "Q3, same days"
    assert compared_title(period("2025-Q4"), asked, period("2025-Q4"), short=True) == "Q4 2025"
    free = period("2026-11-01..2026-11-10")
    assert compared_title(free.previous(), free, free.previous()) == "22 Oct 2026 to 31 Oct 2026"


def test_axes_carry_the_year_where_they_must():
    assert axis_name(period("2026-01"), first=True) == "Jan 2026"
    assert axis_name(period("2026-02"), first=False) == "Feb"
    assert axis_name(period("2026-Q2"), first=True) == "Q2 2026"
