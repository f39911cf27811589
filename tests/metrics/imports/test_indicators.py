"""Readings of indicators from files."""

import datetime
from decimal import Decimal

import pytest

from metrics.models import Indicator, IndicatorReading
from pipeline.imports.undoing import undo_import
from pipeline.models import ChangedDay, ImportRun
from tests.pipeline.imports.conftest import NOW, counts, told

pytestmark = pytest.mark.django_db
DAY = datetime.date
HEAD = "indicator,day,value,source\n"


def test_readings_make_their_indicators_once(load, company):
    load("channels", "name,kind\nSearch,organic\n")
    text = HEAD + (
        "website_sessions,2026-03-01,1200,search\n"
        "Website Sessions,2026-03-01,300,ads\n"
        "followers,2026-03-31,5000,\n"
        "NPS of staff,2026-03-31,-12.5,\n"
    )
    report = load("indicators", text)
    assert counts(report) == (4, 0, 0, 0)
    assert list(Indicator.objects.order_by("slug").values_list("slug", "name", "nature")) == [
        ("followers", "Followers", "stock"),
        ("nps_of_staff", "NPS of staff", "flow"),
        ("website_sessions", "Website sessions", "flow"),
    ]
    by_source = {one.source: one for one in IndicatorReading.objects.filter(indicator__slug="website_sessions")}
    assert {source: one.value for source, one in by_source.items()} == {"search": 1200, "ads": 300}
    assert (by_source["search"].channel.name, by_source["ads"].channel) == ("Search", None)
    assert list(report.notes.values()) == [1]  # one that nobody knows was made as a flow
    assert counts(load("indicators", text)) == (0, 0, 4, 0)


def test_a_reading_is_found_by_indicator_day_and_source(load, company):
    load("indicators", HEAD + "followers,2026-03-31,5000,LinkedIn\nfollowers,2026-03-31,70,X\n")
    assert counts(load("indicators", HEAD + "Followers,2026-03-31,5001,LinkedIn\n")) == (0, 1, 0, 0)
    assert IndicatorReading.objects.get(source="LinkedIn").value == 5001
    assert told(load("indicators", HEAD + "followers,2026-03-31,1,X\nfollowers,2026-03-31,2,X\n")) == [
        "row 3: says something else than row 2 about the same indicator."
    ]


def test_taking_back_removes_readings_and_then_their_indicators(load, company):
    first = load("indicators", HEAD + "followers,2026-03-31,5000,\n")
    second = load("indicators", HEAD + "followers,2026-03-31,6000,\nenps,2026-03-31,20,\n")
    undone = undo_import(run=ImportRun.objects.get(pk=second.import_id), by=None, now=NOW)
    assert (undone.removed, undone.restored, undone.left) == (2, 1, [])
    assert IndicatorReading.objects.get().value == Decimal(5000)
    assert ChangedDay.objects.filter(subject="indicators", day=DAY(2026, 3, 31)).exists()
    undo_import(run=ImportRun.objects.get(pk=first.import_id), by=None, now=NOW)
    assert not Indicator.objects.exists()


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (",2026-03-31,1,", "row 2, indicator: is required and empty."),
        ("???,2026-03-31,1,", "row 2, indicator: “???” has no letter or digit to name an indicator by."),
        ("followers,2026-06-16,1,", "row 2, day: 2026-06-16 lies in the future."),
        ("followers,2026-03-31,many,", "row 2, value: “many” is no number"),
        ("followers,2026-03-31,1.1234567,", "row 2, value: “1.1234567” has more than 6 decimals."),
    ],
)
def test_readings_that_cannot_be(load, company, row, problem):
    assert told(load("indicators", HEAD + row + "\n"))[0].startswith(problem)
    assert not Indicator.objects.exists()


def test_a_bad_row_makes_no_indicator(load, company):
    report = load("indicators", HEAD + "followers,2026-03-31,1,\nenps,2026-03-31,x,\n", on_error="skip")
    assert counts(report) == (1, 0, 0, 1)
    assert Indicator.objects.get().slug == "followers"
