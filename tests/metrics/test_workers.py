"""How jobs are done: by the worker, by the schedule without a broker, by Celery's tasks."""

import datetime
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.errors import ActionRefused
from accounts.jobs import STALE_AFTER, claim_job, queue_job
from accounts.models import Company, JobRun
from metrics import tasks
from metrics.jobs import kinds as jobs
from metrics.jobs import schedule
from metrics.jobs.health import check_jobs, check_snapshots, check_workers
from metrics.jobs.work import JobKind, Outcome, Work
from metrics.jobs.workers import heartbeat, perform_job
from metrics.models import Snapshot, SnapshotDay
from pipeline.sample.loading import Size, load_sample

NOW = datetime.datetime(2026, 10, 5, 9, 0, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)


@pytest.fixture
def kind(monkeypatch, db):
    """Registers a function as the kind of job ``probe``."""

    def register(run) -> None:
        monkeypatch.setitem(jobs.KINDS, "probe", JobKind("Probe", run))

    return register


def perform(key: str = "a", **options) -> JobRun:
    job = queue_job(kind="probe", key=key, now=NOW, arguments=options.pop("arguments", {}))
    perform_job(job_id=job.pk, clock=lambda: NOW, alive=False, **options)
    job.refresh_from_db()
    return job


def test_a_job_is_done_with_its_arguments(kind):
    seen = []

    def run(work: Work) -> Outcome:
        seen.append(work.arguments)
        work.progress(1, 2, "half")
        return Outcome(rows=2, result={"found": 2})

    kind(run)
    job = perform(arguments={"day": "2026-10-04"})
    assert seen == [{"day": "2026-10-04"}]
    assert (job.state, job.rows, job.result, job.attempts) == ("done", 2, {"found": 2}, 1)


def test_delivered_twice_it_is_done_once(kind):
    calls = []
    kind(lambda work: calls.append(1) or Outcome())
    job = perform()
    assert perform_job(job_id=job.pk, clock=lambda: NOW, alive=False) is None
    assert calls == [1]


def test_an_error_is_kept_and_the_job_tried_again(kind):
    def run(work: Work) -> Outcome:
        raise ZeroDivisionError("nothing to divide by")

    kind(run)
    job = perform()
    assert job.state == "queued"
    assert "ZeroDivisionError: nothing to divide by" in job.error


def test_a_refusal_ends_the_job_at_once(kind):
    def run(work: Work) -> Outcome:
        raise ActionRefused("This file is no table.")

    kind(run)
    job = perform()
    assert (job.state, job.error) == ("failed", "This file is no table.")


def test_an_unknown_kind_is_set_aside_with_the_known_ones(db):
    job = perform()
    assert job.state == "failed"
    assert "snapshot" in job.error


def test_doubts_and_rows_set_aside_show_in_the_state(kind):
    kind(lambda work: Outcome(state="suspect", error="the teams do not add up"))
    job = perform()
    assert (job.state, job.error) == ("suspect", "the teams do not add up")


def test_a_worker_that_has_to_stop_hands_its_job_back_at_the_next_step(kind):
    done = []

    def run(work: Work) -> Outcome:
        for number in range(3):
            done.append(number)
            work.progress(number, 3)
        return Outcome()

    kind(run)
    job = perform(is_stopping=lambda: len(done) == 2)
    assert done == [0, 1]
    assert (job.state, job.attempts) == ("queued", 0)


def test_a_job_taken_over_meanwhile_is_left_to_the_other_worker(kind):
    def run(work: Work) -> Outcome:
        JobRun.objects.filter(pk=work.job.pk).update(attempts=2)
        return Outcome(rows=99)

    kind(run)
    job = perform()
    assert (job.state, job.rows, job.attempts) == ("running", 0, 2)


@pytest.mark.django_db(transaction=True)
def test_the_heart_beats_while_a_step_is_long(monkeypatch):
    monkeypatch.setattr("metrics.jobs.workers.BEAT_SECONDS", 0.05)
    job = queue_job(kind="probe", key="long", now=NOW)
    taken = claim_job(job_id=job.pk, now=NOW)
    with heartbeat(taken, lambda: NOW + DAY):
        deadline = time.monotonic() + 10
        while JobRun.objects.get(pk=job.pk).heartbeat_at == NOW and time.monotonic() < deadline:
            time.sleep(0.05)
    assert JobRun.objects.get(pk=job.pk).heartbeat_at == NOW + DAY


def test_the_night_is_queued_once_a_day_in_the_companys_zone(db):
    Company.current()
    Company.objects.update(time_zone="America/Los_Angeles")
    for minutes in range(0, 49 * 60, 30):
        schedule.queue_due(now=NOW + datetime.timedelta(minutes=minutes))
    keys = list(JobRun.objects.filter(kind="snapshot").order_by("key").values_list("key", flat=True))
    # 09:00 UTC is 02:00 there: the 4th is over. Two days on the 5th and the 6th are too.
    assert keys == ["2026-10-04", "2026-10-05", "2026-10-06"]


@pytest.mark.parametrize(
    ("utc", "complete"),
    [
        ("2026-03-29T00:30", "2026-03-28"),  # Berlin 01:30, the night in which 02:00 does not exist
        ("2026-03-29T22:30", "2026-03-28"),  # 00:30: the night has not begun
        ("2026-03-29T23:00", "2026-03-29"),  # 01:00 summer time
        ("2026-10-25T00:30", "2026-10-24"),  # 02:30 for the first time
        ("2026-10-25T01:30", "2026-10-24"),  # 02:30 for the second time
    ],
)
def test_days_end_by_the_wall_clock_when_clocks_change(db, utc, complete):
    Company.current()
    Company.objects.update(time_zone="Europe/Berlin")
    now = datetime.datetime.fromisoformat(utc).replace(tzinfo=datetime.UTC)
    assert schedule.last_complete_day(now, Company.current()).isoformat() == complete


def test_celery_tasks_queue_sweep_and_run(kind):
    kind(lambda work: Outcome(rows=1))
    job = queue_job(kind="probe", key="task", now=NOW)
    tasks.run_job.delay(job_id=job.pk, added_by_a_newer_version=True)
    job.refresh_from_db()
    assert job.state == "done"
    claim = queue_job(kind="probe", key="silent", now=NOW)
    claim_job(job_id=claim.pk, now=timezone.now() - STALE_AFTER - DAY)
    tasks.sweep.delay()
    claim.refresh_from_db()
    assert claim.state == "queued"
    tasks.tick.delay()
    assert JobRun.objects.filter(kind="snapshot").count() == 1


def test_the_schedule_does_everything_that_is_due(kind):
    kind(lambda work: Outcome(rows=1))
    for key in "abc":
        queue_job(kind="probe", key=key, now=NOW)
    call_command("run_schedule", once=True)
    assert set(JobRun.objects.filter(kind="probe").values_list("state", flat=True)) == {"done"}
    assert JobRun.objects.get(kind="snapshot").state == "done"
    assert schedule.last_look() is not None


def test_a_night_leaves_its_definitions_and_figures(db):
    job = queue_job(kind="snapshot", key="2026-10-04", now=NOW)
    perform_job(job_id=job.pk, clock=lambda: NOW, alive=False)
    job.refresh_from_db()
    assert job.state == "done"
    assert len(job.definitions) == 64


def test_the_sample_company_comes_with_its_figures_queued(db, monkeypatch):
    monkeypatch.setattr("metrics.jobs.kinds.Size", lambda: Size(reps=3, months=2, deals=5))
    job = queue_job(kind="sample", key="asked", now=NOW)
    perform_job(job_id=job.pk, clock=lambda: NOW, alive=False)
    job.refresh_from_db()
    assert (job.state, job.result["deals"]) == ("done", 5)
    assert JobRun.objects.get(kind="snapshot").state == "queued"
    JobRun.objects.filter(pk=job.pk).update(state="queued")
    perform_job(job_id=job.pk, clock=lambda: NOW, alive=False)
    job.refresh_from_db()
    assert job.state == "done", "delivered again it finds the sample there and is content"


def test_figures_that_differ_from_the_records_make_a_comparison_suspect(db):
    load_sample(size=Size(reps=3, months=2, deals=5), seed=1, today=NOW.date())
    night = queue_job(kind="snapshot", key="2026-10-04", now=NOW)
    perform_job(job_id=night.pk, clock=lambda: NOW, alive=False)
    for key, expected in (("before", "done"), ("after", "suspect")):
        job = queue_job(kind="verify", key=key, now=NOW)
        perform_job(job_id=job.pk, clock=lambda: NOW, alive=False)
        job.refresh_from_db()
        assert job.state == expected
        cell = Snapshot.objects.filter(scope_kind="company", n__gt=0).first()
        Snapshot.objects.filter(pk=cell.pk).update(n=cell.n + 1)


def test_health_needs_somebody_who_looks_after_the_jobs(db):
    assert not check_workers(NOW).works
    schedule.look_after_jobs(now=NOW)
    assert check_workers(NOW + datetime.timedelta(minutes=4)).works
    assert not check_workers(NOW + datetime.timedelta(minutes=6)).works


def test_health_tells_failed_jobs(kind):
    assert check_jobs().works

    def run(work: Work) -> Outcome:
        raise ActionRefused("no")

    kind(run)
    perform()
    assert not check_jobs().works


def test_health_tells_figures_that_are_days_behind(db):
    company = Company.current()
    assert check_snapshots(NOW, company).works, "an empty company has none"
    run = queue_job(kind="probe", key="run", now=NOW)
    SnapshotDay.objects.create(day=datetime.date(2026, 10, 3), run=run, known_at=NOW, digest="")
    assert check_snapshots(NOW, company).works
    assert not check_snapshots(NOW + DAY, company).works


def test_check_health_prints_json_and_its_verdict(db, capsys):
    with pytest.raises(SystemExit) as ended:
        call_command("check_health", json=True)
    assert ended.value.code == 1
    assert '"healthy": false' in capsys.readouterr().out
    schedule.look_after_jobs(now=timezone.now())
    call_command("check_health")
    assert "ok       workers" in capsys.readouterr().out


@pytest.mark.slow
def test_the_schedule_ends_cleanly_when_told_to(tmp_path):
    """Started as a process of its own on an empty database, stopped by SIGTERM: exit code 0, within seconds."""
    path = tmp_path / "db.sqlite3"
    environment = {
        **os.environ, "DATABASE_URL": f"sqlite:///{path}", "SECRET_KEY": "only-for-tests-" * 4,
        "ALLOWED_HOSTS": "127.0.0.1", "REDIS_URL": "",
    }  # fmt: skip
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], env=environment, check=True)
    process = subprocess.Popen([sys.executable, "manage.py", "run_schedule"], env=environment)
    try:
        deadline = time.monotonic() + 60
        while not jobs_in(path) and time.monotonic() < deadline:
            time.sleep(0.2)
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    finally:
        process.kill()


def jobs_in(path: Path) -> int:
    """How many jobs a database of another process has."""
    with closing(sqlite3.connect(path)) as database:
        return database.execute("SELECT count(*) FROM accounts_jobrun").fetchone()[0]
