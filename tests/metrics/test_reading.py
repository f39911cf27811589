"""The reader of pages: series and comparisons are what the engine says one by one; nothing is asked twice."""

import pytest
import time_machine
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from metrics.evaluate import evaluate
from metrics.numbers import text_of
from metrics.pages.addresses import read_question
from metrics.pages.reading import Reader
from pipeline.actions.activities import log_activity
from tests.metrics.books import NOW, write_book
from tests.metrics.waves import FIRST

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


def reader(user, query=""):
    return Reader(read_question(QueryDict(query), user=user, now=NOW))


def alone(asking, slug, period):
    """The engine asked for one period, without a reader and without anything kept."""
    return evaluate(
        slug, period=period, scope=asking.scope, company=asking.company, today=asking.today, now=NOW, as_of=asking.as_of
    ).value


@pytest.mark.parametrize("slug", FIRST)
@pytest.mark.parametrize("query", ["", "scope=rep:rep@cast.test", "scope=team:region&as_of=2026-11-05"])
def test_a_series_is_the_figure_of_each_month(cast, slug, query):
    write_book(cast)
    log_activity(by=None, now=NOW, kind="demo", owner=cast.reps["rep"], subject="Shown")
    asked = reader(cast.leader, query)
    points = asked.months(slug, 15)
    assert len(points) == 15
    for point in points:
        said = alone(asked.asking, slug, point.period)
        if said.n or said.numerator:
            assert (text_of(point.value.value), point.value.n) == (text_of(said.value), said.n)
        elif point.value.value is not None:
            assert (point.value.value, point.value.n) == (said.value, 0)


def test_only_the_last_month_is_running(cast):
    assert [point.is_running for point in reader(cast.leader).months("won_revenue", 3)] == [False, False, True]
    assert [point.is_running for point in reader(cast.leader, "period=2026-10").months("won_revenue", 2)] == [
        False,
        False,
    ]


@pytest.mark.parametrize("slug", FIRST)
def test_comparisons_are_the_engines(cast, slug):
    write_book(cast)
    asked = reader(cast.leader)
    asked.months(slug, 15)
    found = asked.reading(slug)
    for kind, earlier in (("previous", found.previous), ("year", found.year)):
        figure = evaluate(
            slug, period=asked.asking.period, scope=asked.asking.scope, company=asked.company,
            today=asked.asking.today, now=NOW, compare=kind,
        )  # fmt: skip
        assert earlier.value == figure.previous.value
        assert earlier.period == figure.previous.question.period


def test_months_read_once_serve_quarters_and_years(cast):
    write_book(cast)
    asked = reader(cast.leader)
    asked.months("deals_won", 24)
    with CaptureQueriesContext(connection) as captured:
        values = [asked.figure("deals_won").value.value]
    assert not [row for row in captured if "pipeline_dealversion" in row["sql"]]
    assert values == [alone(asked.asking, "deals_won", asked.asking.period).value]


def test_metrics_that_share_a_measure_ask_for_it_once(cast):
    write_book(cast)
    asked = reader(cast.leader)
    asked.figure("deals_won")
    asked.figure("deals_closed")
    with CaptureQueriesContext(connection) as captured:
        asked.figure("win_rate")
    assert not [row for row in captured if "pipeline_dealversion" in row["sql"]]
