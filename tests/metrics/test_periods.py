"""Periods by hand, with the calendar beside the keyboard."""

import datetime

import pytest

from metrics.errors import QuestionRefused
from metrics.periods import parse_period

TODAY = datetime.date(2025, 5, 15)

NAMED = [
    # text, fiscal year starts in month, first day, last day
    ("2026", 1, "2026-01-01", "2026-12-31"),
    ("2026-Q3", 1, "2026-07-01", "2026-09-30"),
    ("2024-02", 1, "2024-02-01", "2024-02-29"),
    ("2025-W01", 1, "2024-12-30", "2025-01-05"),
    ("2020-W53", 1, "2020-12-28", "2021-01-03"),
    ("2024-02-29", 1, "2024-02-29", "2024-02-29"),
    ("2026-07-01..2026-09-30", 1, "2026-07-01", "2026-09-30"),
    ("FY2026", 1, "2026-01-01", "2026-12-31"),
    ("FY2025", 4, "2024-04-01", "2025-03-31"),
    ("FY2025-Q1", 4, "2024-04-01", "2024-06-30"),
    ("FY2025-Q4", 4, "2025-01-01", "2025-03-31"),
    ("FY2026-Q2", 7, "2025-10-01", "2025-12-31"),
    ("today", 1, "2025-05-15", "2025-05-15"),
    ("yesterday", 1, "2025-05-14", "2025-05-14"),
    ("mtd", 1, "2025-05-01", "2025-05-15"),
    ("qtd", 1, "2025-04-01", "2025-05-15"),
    ("ytd", 1, "2025-01-01", "2025-05-15"),
    ("last-30d", 1, "2025-04-15", "2025-05-14"),
    ("last-month", 1, "2025-04-01", "2025-04-30"),
    ("last-quarter", 1, "2025-01-01", "2025-03-31"),
    ("last-year", 1, "2024-01-01", "2024-12-31"),
]


@pytest.mark.parametrize(("text", "fiscal_start", "first", "last"), NAMED)
def test_a_name_is_its_days(text, fiscal_start, first, last):
    period = parse_period(text, today=TODAY, fiscal_start=fiscal_start)
    assert (period.start.isoformat(), period.last_day.isoformat()) == (first, last)


COMPARED = [
    # text, fiscal start, the period before, the one a year before
    ("2026-Q1", 1, "2025-Q4", "2025-Q1"),
    ("2024-03", 1, "2024-02", "2023-03"),
    ("2021-W01", 1, "2020-W53", "2020-W02"),
    ("FY2025-Q1", 4, "FY2024-Q4", "FY2024-Q1"),
    ("FY2026", 7, "FY2025", "FY2025"),
    ("2024-02-29", 1, "2024-02-28", "2023-02-28"),
    ("2026-07-01..2026-09-30", 1, "2026-03-31..2026-06-30", "2025-07-01..2025-09-30"),
]


@pytest.mark.parametrize(("text", "fiscal_start", "before", "year_before"), COMPARED)
def test_compared_periods_are_named(text, fiscal_start, before, year_before):
    period = parse_period(text, today=TODAY, fiscal_start=fiscal_start)
    assert (period.previous().name, period.year_before().name) == (before, year_before)


def test_the_equally_long_range_before_has_as_many_days():
    period = parse_period("2026-07-01..2026-09-30", today=TODAY)
    assert period.previous().days == period.days == 92


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-Q5",
        "2026-13",
        "2025-W54",
        "2023-02-29",
        "2026-09-30..2026-07-01",
        "0000",
        "99999",
        "last-31d",
        "mtd; x",
    ],
)
def test_what_is_no_period_lists_what_is(text):
    with pytest.raises(QuestionRefused, match="Possible: 2026, 2026-Q3"):
        parse_period(text, today=TODAY)
