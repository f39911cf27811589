"""Business hours between two instants, counted by hand on a calendar of 2026."""

import datetime
from zoneinfo import ZoneInfo

import pytest

from accounts.models import Company, Holiday
from accounts.working_days import WorkingCalendar
from accounts.working_hours import WorkingHours

BERLIN = ZoneInfo("Europe/Berlin")
CALENDAR = WorkingCalendar(frozenset({0, 1, 2, 3, 4}), frozenset({datetime.date(2026, 12, 25)}))
OFFICE = WorkingHours(CALENDAR, datetime.time(9), datetime.time(17, 30), BERLIN)


def at(text):
    return datetime.datetime.fromisoformat(text).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("2026-11-26T10:00", "2026-11-26T10:37", 37),
        ("2026-11-26T07:00", "2026-11-26T08:59", 0),  # before work begins
        ("2026-11-26T08:00", "2026-11-26T20:00", 510),  # a whole day is eight and a half hours
        ("2026-11-26T17:00", "2026-11-27T09:10", 40),  # half an hour, and ten minutes of the next morning
        ("2026-11-27T17:00", "2026-11-30T09:10", 40),  # the same over a weekend
        ("2026-11-28T12:00", "2026-11-29T12:00", 0),  # Saturday to Sunday
        ("2026-12-24T17:00", "2026-12-28T09:01", 31),  # Christmas, then a weekend
        ("2026-10-23T16:30", "2026-10-26T09:30", 90),  # the clock goes back in between
        ("2026-11-20T09:00", "2026-11-27T09:00", 2550),  # five working days
        ("2026-11-26T10:00", "2026-11-26T10:00", 0),
        ("2026-11-26T10:00", "2026-11-26T09:00", 0),
    ],
)
def test_only_the_hours_of_working_days_count(start, end, minutes):
    assert OFFICE.minutes(at(start), at(end)) == minutes


@pytest.mark.parametrize(
    ("now", "left"),
    [
        ("2026-11-26T17:00", 30), ("2026-11-26T08:59", 0), ("2026-11-26T17:30", 0),
        ("2026-11-28T12:00", 0), ("2026-12-25T12:00", 0),
    ],
)  # fmt: skip
def test_it_says_how_long_the_clock_goes_on_today(now, left):
    assert OFFICE.left_today(at(now)) == left


def test_the_zone_is_the_companys():
    utc = datetime.datetime(2026, 11, 26, 8, tzinfo=datetime.UTC)  # nine o'clock in Berlin
    assert OFFICE.minutes(utc, utc + datetime.timedelta(hours=1)) == 60


@pytest.mark.django_db
def test_one_statement_reads_what_two_say(django_assert_num_queries):
    company = Company.current()
    for days in ((), (datetime.date(2026, 12, 25), datetime.date(2026, 12, 24))):
        Holiday.objects.bulk_create([Holiday(day=day) for day in days])
        with django_assert_num_queries(1):
            found = WorkingHours.read()
        assert found == WorkingHours.of(company)
        assert found.calendar.holidays == set(days)
