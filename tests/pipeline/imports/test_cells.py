"""Cells as values: what is written in one of two ways is read in the right one, days are the company's."""

import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from pipeline.imports.cells import CellError, Reader

NEW_YORK = Reader(ZoneInfo("America/New_York"))
GERMAN = Reader(ZoneInfo("Europe/Berlin"), decimal_comma=True)


@pytest.mark.parametrize(
    ("reader", "text", "number"),
    [
        (NEW_YORK, "1,234.56", "1234.56"),
        (GERMAN, "1.234,56", "1234.56"),
        (GERMAN, "0,5", "0.5"),
        (NEW_YORK, "0.5", "0.5"),
    ],
)
def test_numbers_are_read_as_the_file_writes_them(reader, text, number):
    assert reader.decimal(text) == Decimal(number)


@pytest.mark.parametrize(("reader", "text"), [(NEW_YORK, "1.234,56"), (GERMAN, "1,234.56"), (NEW_YORK, "12,34")])
def test_numbers_of_the_other_way_are_refused(reader, text):
    with pytest.raises(CellError, match="one way only"):
        reader.decimal(text)


@pytest.mark.parametrize(("text", "share"), [("25%", "0.25"), ("0.25", "0.25"), ("100 %", "1"), ("0", "0")])
def test_a_share_may_be_a_percentage(text, share):
    assert NEW_YORK.fraction(text) == Decimal(share)


def test_a_share_above_one_without_its_sign_is_refused():
    with pytest.raises(CellError, match="no fraction"):
        NEW_YORK.fraction("25")


def test_a_doubled_hour_is_its_first_and_a_missing_one_moves_forward():
    assert NEW_YORK.instant("2026-11-01 01:30") == (datetime.datetime(2026, 11, 1, 5, 30, tzinfo=datetime.UTC), True)
    assert NEW_YORK.instant("2026-03-08 02:30") == (datetime.datetime(2026, 3, 8, 7, 30, tzinfo=datetime.UTC), True)


def test_the_day_of_an_instant_is_the_companys():
    assert NEW_YORK.day("2026-01-01T03:00:00Z") == datetime.date(2025, 12, 31)
    assert NEW_YORK.day("2026-01-01") == datetime.date(2026, 1, 1)
