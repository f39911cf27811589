"""Working days between two days, counted by hand on a calendar of 2026."""

import datetime

import pytest

from accounts.working_days import WorkingCalendar

DAY = datetime.date
OFFICE = WorkingCalendar(frozenset({0, 1, 2, 3, 4}), frozenset({DAY(2026, 12, 25), DAY(2026, 12, 26)}))


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        (DAY(2026, 10, 1), DAY(2026, 10, 31), 22),  # Thursday to Saturday
        (DAY(2026, 12, 1), DAY(2026, 12, 31), 22),  # 23 without the Friday of Christmas; the 26th is a Saturday
        (DAY(2026, 10, 3), DAY(2026, 10, 4), 0),  # a weekend
        (DAY(2026, 10, 5), DAY(2026, 10, 5), 1),
        (DAY(2026, 10, 6), DAY(2026, 10, 5), 0),
    ],
)
def test_days_are_counted_without_weekends_and_holidays(first, last, days):
    assert OFFICE.count(first, last) == days
    span = [first + datetime.timedelta(days=n) for n in range((last - first).days + 1)]
    assert sum(map(OFFICE.works_on, span)) == days


def test_the_working_day_before_passes_over_a_long_weekend():
    assert OFFICE.previous(DAY(2026, 12, 28)) == DAY(2026, 12, 24)


def test_the_next_working_day_passes_over_a_long_weekend():
    assert OFFICE.next(DAY(2026, 12, 24)) == DAY(2026, 12, 28)


def test_days_after_a_day_leave_out_weekends_and_holidays():
    """From Christmas Eve to the Monday after it: the 25th is off, the 26th and 27th are a weekend."""
    assert OFFICE.after(DAY(2026, 12, 24), DAY(2026, 12, 28)) == 1
    assert OFFICE.after(DAY(2026, 12, 24), DAY(2026, 12, 27)) == 0
    assert OFFICE.after(DAY(2026, 12, 28), DAY(2026, 12, 24)) == 0
