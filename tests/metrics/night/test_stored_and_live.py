"""Stored figures say what the facts say, whatever is asked and whatever happened since the night."""

import datetime
import random
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Rep, Team
from metrics.catalogue import METRICS
from metrics.dimensions import TIME
from metrics.metric import Metric
from metrics.periods import add_months, containing
from metrics.scopes import COMPANY, Scope, rep_scope, team_scope
from metrics.snapshots.shelf import Shelf
from pipeline.models import ChangedDay
from tests.metrics.night.conftest import NIGHT, TODAY
from tests.metrics.night.ledger import DAY, night, question, seeded
from tests.metrics.night.working_day import work_for_a_day

QUESTIONS = 200
FIRST = add_months(TODAY.replace(day=1), -4)
pytestmark = pytest.mark.usefixtures("company")


def periods(chance: random.Random) -> tuple[datetime.date, datetime.date]:
    """A day, week, month, quarter, year or any range in or around the days of the sample."""
    day = FIRST - 10 * DAY + chance.randrange((TODAY - FIRST).days + 20) * DAY
    unit = chance.choice(["day", "week", "month", "month", "quarter", "year", "range", "range", "range"])
    if unit == "range":
        return day, day + chance.randrange(150) * DAY
    period = containing(day, unit)
    return period.start, period.last_day


def scopes() -> list[Scope]:
    reps = [rep_scope(rep) for rep in Rep.objects.order_by("pk")]
    return [COMPANY, *(team_scope(team) for team in Team.objects.order_by("pk")), *reps]


def differing(chance: random.Random, count: int) -> list[str]:
    """Ask ``count`` random questions on one shelf, as a page does, and from the facts."""
    shelf, found = Shelf(TODAY), []
    asked = scopes()
    for _ in range(count):
        metric = chance.choice(list(METRICS.values()))
        scope = chance.choice(asked)
        by = chance.choice([None, None, *[each for each in ("rep", "team", *TIME) if each in metric.dimensions]])
        first, last = periods(chance)
        live = question(first, last, today=TODAY, scope=scope, by=by, stored=False)
        stored = metric.parts(replace(live, shelf=shelf))
        if stored != metric.parts(live):
            found.append(f"{metric.slug} {scope.key} {first}..{last} by {by}: {stored} for {metric.parts(live)}")
    return found


def test_after_a_night():
    assert differing(seeded(1), QUESTIONS) == []


def test_after_a_day_of_work(noon):
    """Back-dated and current changes of every kind, the first stored day among them, before the next night."""
    work_for_a_day(seeded(3), noon)
    assert ChangedDay.objects.exists()
    assert differing(seeded(4), QUESTIONS // 2) == []
    report, _run = night(NIGHT + DAY)
    assert report.problems == []
    assert differing(seeded(5), QUESTIONS // 4) == []


def test_a_team_put_below_another_is_answered_live_until_the_next_night(noon):
    regions = list(Team.objects.filter(parent=None).order_by("pk"))
    moved = Team.objects.filter(parent=regions[0]).order_by("pk").first()
    Team.objects.filter(pk=moved.pk).update(parent=regions[1])
    assert differing(seeded(8), 60) == []
    report, _run = night(NIGHT + DAY / 2)
    assert report.days > 100
    assert differing(seeded(9), 60) == []


def test_a_measure_that_is_new_or_defined_anew_is_not_read_from_older_nights(monkeypatch):
    measure = METRICS["deals_won"].measures()[0]
    monkeypatch.setattr("metrics.snapshots.definitions._digest_of_measures", lambda: "a" * 32)
    assert not Shelf(TODAY).is_stored("deal", TODAY - DAY)
    monkeypatch.setattr("metrics.snapshots.definitions._digest_of_measures", lambda: "b" * 32)
    report, _run = night(NIGHT)
    assert (report.rows, report.restated) == (0, 0)
    assert report.days > 100
    assert Shelf(TODAY).is_stored(measure.fact.kind, TODAY - DAY)


def test_a_page_reads_the_stored_rows_of_a_span_once():
    """Every measure of a scope and span comes from the same statements, however many metrics are asked."""
    whole = question(FIRST, TODAY - DAY, today=TODAY)
    flows = [
        metric
        for metric in METRICS.values()
        if not (metric.is_live or any(measure.fact.level for measure in metric.measures()))
    ]

    def ask(metrics: list[Metric]) -> int:
        with CaptureQueriesContext(connection) as queries:
            for metric in metrics:
                for measure in metric.measures():
                    measure.cells(whole)
        return len(queries)

    first = ask(flows[:1])
    assert first <= 7
    assert ask(flows[1:]) == 0
