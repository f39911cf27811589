"""Runs of forecasts: kept once, never changed, without foresight; teams and reps add up; the command tells them."""

import datetime
import json
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.jobs import claim_job
from accounts.models import Company, JobRun, Rep, Team
from metrics.actions.forecasts import store_due_runs, store_run
from metrics.catalogue import METRICS
from metrics.forecasting.outlook import Places, outlook
from metrics.forecasting.past import Past
from metrics.forecasting.spans import Span
from metrics.jobs.kinds import KINDS
from metrics.jobs.schedule import due_forecasts, queue_due
from metrics.jobs.work import Work
from metrics.models import ForecastPoint, ForecastRun
from metrics.periods import parse_period
from pipeline.actions.outcomes import win_deal
from pipeline.models import Deal
from tests.metrics.everyone import everyone
from tests.metrics.test_margin_records import ask, parts_differ
from tests.metrics.test_worked_cases import company  # noqa: F401

YEW = pytest.mark.parametrize("company", ["yew"], indirect=True)
D = datetime.date
ASKED = [{"period": "2025-Q2"}, {"period": "2025-Q1", "scope": "team:north"}, {"period": "2025-06"}]


def forecast(*words):
    out = StringIO()
    call_command("forecast", *words, stdout=out)
    return out.getvalue()


def refusal(*words):
    err = StringIO()
    with pytest.raises(SystemExit) as stopped:
        call_command("forecast", *words, stdout=StringIO(), stderr=err)
    assert stopped.value.code == 1
    return err.getvalue().strip()


@YEW
def test_the_command(company):  # noqa: F811
    kept = json.loads(forecast("--period", "2025-06", "--as-of", "2025-06-10", "--json"))
    assert (kept["value"], kept["default"], kept["won"]) == ("195.00", "median", "100.00")
    assert (kept["scope"], kept["currency"], kept["as_of"]) == ("company", "EUR", "2025-06-10")
    methods = {row["method"]: row for row in kept["methods"]}
    assert list(methods) == ["naive", "holt_winters", "pipeline", "median"]
    assert {name: row["value"] for name, row in methods.items()} == {
        "naive": "190.00", "holt_winters": None, "pipeline": "200.00", "median": "195.00",
    }  # fmt: skip
    assert methods["holt_winters"]["reason"] == "needs 24 whole months of revenue"
    error = methods["naive"]["error"]
    assert (error["n"], error["missed"], error["off"], error["actual"]) == (5, "260.00", "240.00", "330.00")
    assert error["absolute"].startswith("0.787878787878")
    assert error["signed"].startswith("0.727272727272")
    assert methods["median"]["error"]["beats_naive"] is True
    assert methods["pipeline"]["error"]["beats_naive"] is None  # tried once, and nothing was won
    low, mid, high = (float(methods["pipeline"][key]) for key in ("low", "mid", "high"))
    assert 100 <= low <= mid <= high <= 350
    run = ForecastRun.objects.get(as_of=D(2025, 6, 10))
    assert kept["run"] == run.pk
    ForecastRun.objects.all().delete()
    live = json.loads(forecast("--period", "2025-06", "--as-of", "2025-06-10", "--json"))
    assert {**live, "run": kept["run"], "made_at": kept["made_at"]} == kept  # the seed makes intervals the same
    assert "Open deals (pipeline): €200.00" in forecast("--period", "2025-06", "--as-of", "2025-06-10")


@YEW
def test_bad_questions_are_refused(company):  # noqa: F811
    assert refusal("--period", "2025-05", "--as-of", "2025-06-10") == (
        "2025-05 is over on 2025-06-10; give an as_of before 2025-05-31."
    )
    assert "more than 24 months" in refusal("--period", "2029", "--as-of", "2025-06-10")
    assert "Unknown period" in refusal("--period", "soon")
    assert "Unknown period" in refusal()
    assert "as_of takes a day" in refusal("--period", "2025", "--as-of", "yesterday")
    assert "does not exist or is not yours" in refusal("--period", "2025", "--scope", "team:nowhere")


@YEW
def test_runs_stay_as_they_were_made(company):  # noqa: F811
    run, settings = ForecastRun.objects.get(as_of=D(2025, 5, 31)), Company.current()
    points = sorted(run.points.values_list("pk", "amount"))
    again = store_run(as_of=run.as_of, past=Past(run.as_of), company=settings, now=timezone.now())
    assert again == run
    assert sorted(again.points.values_list("pk", "amount")) == points
    point = run.points.first()
    with pytest.raises(ValueError, match="kept as it was made"):
        point.save()
    for wrong in ({"low": 5, "mid": 4, "high": 6}, {"low": 5}, {"ends_on": D(2025, 5, 31)}):
        values = {"run": run, "scope_kind": "team", "scope_id": 99, "period": "x", "starts_on": D(2025, 6, 1),
                  "ends_on": D(2025, 6, 30), "method": "naive", "amount": 1} | wrong  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            ForecastPoint.objects.create(**values)
    double = {
        name: getattr(point, name) for name in ("run", "scope_kind", "scope_id", "starts_on", "ends_on", "method")
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        ForecastPoint.objects.create(**double, period="x", amount=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        ForecastRun.objects.create(as_of=D(2025, 7, 31), made_on=D(2025, 7, 30), made_at=timezone.now())


@YEW
def test_what_comes_later_moves_nothing(company):  # noqa: F811
    before = forecast("--period", "2025-06", "--as-of", "2025-06-20", "--json")
    moment = datetime.datetime(2025, 6, 21, 9, tzinfo=datetime.UTC)
    win_deal(deal=Deal.objects.get(external_id="X1"), by=None, now=moment)
    assert forecast("--period", "2025-06", "--as-of", "2025-06-20", "--json") == before
    assert json.loads(forecast("--period", "2025-06", "--as-of", "2025-06-21", "--json"))["won"] == "300.00"


@YEW
def test_teams_and_reps_add_up_to_the_company(company):  # noqa: F811
    for as_of, names in ((D(2025, 5, 31), ("2025-06", "2025-Q3", "2025")), (D(2026, 1, 31), ("2026-02", "2026"))):
        past, places = Past(as_of), Places.now()
        for name in names:
            lines = outlook(past, Span(parse_period(name, today=as_of), as_of), places).lines
            leaves = [("team", team.pk) for team in Team.objects.filter(parent__isnull=False)]
            reps = [("rep", rep.pk) for rep in Rep.objects.all()]
            for method, line in lines["company", 0].items():
                for members in (leaves, reps):
                    found = [lines[place][method].amount for place in members if place in lines]
                    assert sum(found) == line.amount, (name, method, members[0][0])
        assert ("holt_winters" in lines["company", 0]) == (as_of.year == 2026)


@YEW
def test_rows_make_the_figures_and_notes_say_what_they_are(company):  # noqa: F811
    for slug in ("forecast_accuracy", "forecast_bias"):
        assert [words for words in ASKED if parts_differ(METRICS[slug], words)] == []
    now = timezone.now()

    def notes(slug, **words):
        return ask(slug, words, user=everyone(), now=now).figure(now).warnings

    assert notes("revenue_forecast", period="2025-06") == ["forecast as of 2025-06-10, method median"]
    assert notes("revenue_forecast", period="2024") == ["no forecast of this period and scope was kept as of the day"]
    assert notes("forecast_bias", period="2025-Q1") == ["3 of 3 forecasts were made from history, not at the time"]
    figure = ask("revenue_forecast", {"period": "2025-06"}, user=everyone(), now=now).figure(now)
    assert figure.low is None  # the naive method, in the middle too, has too few errors of its own


@YEW
def test_the_schedule_makes_what_was_missed(company):  # noqa: F811
    settings = Company.current()
    with time_machine.travel("2025-09-03T09:00Z", tick=False):
        now = timezone.now()
        assert due_forecasts(now, settings) == [("forecast", "2025-08-31")]  # before Monday 1 September
        queue_due(now=now)
        queue_due(now=now)
        job = JobRun.objects.get(kind="forecast")
        outcome = KINDS["forecast"].run(Work(claim_job(job_id=job.pk, now=now), timezone.now))
        assert outcome.rows == 3
        kept = ForecastRun.objects.filter(as_of__gt=D(2025, 6, 10)).order_by("as_of")
        assert list(kept.values_list("as_of", flat=True)) == [D(2025, 6, 30), D(2025, 7, 31), D(2025, 8, 31)]
        assert due_forecasts(now, settings) == []
        assert store_due_runs(last=D(2025, 8, 31), company=settings, now=now) == 0
