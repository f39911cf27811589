"""The ledger of jobs: claimed once, swept when silent, set aside after three tries."""

import datetime
import threading

import pytest
from kombu.exceptions import OperationalError

from accounts.actions.jobs import retry_job
from accounts.errors import ActionRefused
from accounts.jobs import (
    STALE_AFTER,
    TRIES,
    JobLost,
    claim_job,
    fail_job,
    finish_job,
    hand_back_job,
    note_progress,
    publish,
    queue_job,
    sweep_jobs,
    waiting_jobs,
)
from accounts.models import AuditEntry, JobRun

NOW = datetime.datetime(2026, 10, 5, 9, 0, tzinfo=datetime.UTC)
LATER = NOW + STALE_AFTER + datetime.timedelta(seconds=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def job() -> JobRun:
    return queue_job(kind="count", key="2026-10-04", now=NOW, arguments={"day": "2026-10-04"})


def claimed(job: JobRun, now: datetime.datetime = NOW) -> JobRun:
    taken = claim_job(job_id=job.pk, now=now)
    assert taken is not None
    return taken


def test_queued_twice_is_one_job(job):
    again = queue_job(kind="count", key="2026-10-04", now=LATER, arguments={"day": "another"})
    assert again == job
    assert again.arguments == {"day": "2026-10-04"}
    assert JobRun.objects.count() == 1


def test_a_job_is_claimed_once_and_counts_the_try_before_any_work(job):
    taken = claimed(job)
    assert (taken.state, taken.attempts, taken.heartbeat_at) == ("running", 1, NOW)
    assert claim_job(job_id=job.pk, now=NOW) is None


def test_jobs_wait_in_the_order_in_which_they_came(job):
    second = queue_job(kind="count", key="b", now=NOW + datetime.timedelta(seconds=1))
    queue_job(kind="count", key="not yet", now=LATER)
    assert waiting_jobs(NOW + datetime.timedelta(seconds=2), 10) == [job.pk, second.pk]


def test_progress_is_kept_with_a_sign_of_life(job):
    taken = claimed(job)
    note_progress(job=taken, now=LATER, done=3, total=7, message="third")
    taken.refresh_from_db()
    assert (taken.done, taken.total, taken.message, taken.heartbeat_at) == (3, 7, "third", LATER)


def test_a_finished_job_says_what_it_did(job):
    taken = claimed(job)
    finish_job(job=taken, now=LATER, state="partial", rows=12, result={"set_aside": 1})
    taken.refresh_from_db()
    assert (taken.state, taken.rows, taken.result, taken.finished_at) == ("partial", 12, {"set_aside": 1}, LATER)


def test_a_job_can_only_finish_in_a_finished_state(job):
    with pytest.raises(ValueError, match="not queued"):
        finish_job(job=claimed(job), now=LATER, state="queued")


def test_a_failed_try_waits_longer_each_time_and_the_third_is_the_last(job):
    now, waits = NOW, []
    for _try in range(TRIES):
        taken = claimed(job, now)
        fail_job(job=taken, now=now, error="no space left")
        job.refresh_from_db()
        waits.append(job.queued_at - now)
        now = max(now, job.queued_at)
    assert (job.state, job.attempts, job.error) == ("failed", 3, "no space left")
    assert waits[0] < waits[1]
    assert waiting_jobs(NOW + datetime.timedelta(days=9)) == []


def test_what_the_rules_forbid_is_not_tried_again(job):
    fail_job(job=claimed(job), now=NOW, error="refused", again=False)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("failed", 1)


def test_a_silent_worker_is_given_up_after_two_minutes(job):
    claimed(job)
    assert sweep_jobs(now=NOW + STALE_AFTER) == (0, 0)
    assert sweep_jobs(now=LATER) == (1, 0)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("queued", 1)
    assert waiting_jobs(LATER) == [job.pk]


def test_a_worker_that_lives_is_left_alone(job):
    taken = claimed(job)
    note_progress(job=taken, now=LATER, done=1, total=2)
    assert sweep_jobs(now=LATER) == (0, 0)


def test_a_job_that_kills_its_worker_is_set_aside_after_three_tries(job):
    now = NOW
    for _try in range(TRIES):
        claimed(job, now)
        now += STALE_AFTER + datetime.timedelta(seconds=1)
        sweep_jobs(now=now)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("failed", 3)
    assert claim_job(job_id=job.pk, now=now) is None


def test_a_worker_given_up_for_dead_can_not_finish_what_another_one_does(job):
    first = claimed(job)
    sweep_jobs(now=LATER)
    second = claimed(job, LATER)
    for late_word in (
        lambda: note_progress(job=first, now=LATER, done=1, total=1),
        lambda: finish_job(job=first, now=LATER),
        lambda: fail_job(job=first, now=LATER, error="late"),
        lambda: hand_back_job(job=first, now=LATER),
    ):
        with pytest.raises(JobLost):
            late_word()
    finish_job(job=second, now=LATER, rows=5)
    job.refresh_from_db()
    assert (job.state, job.rows, job.attempts) == ("done", 5, 2)


def test_a_job_handed_back_has_not_been_tried(job):
    hand_back_job(job=claimed(job), now=NOW)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("queued", 0)


def test_a_failed_job_can_be_run_again_with_all_its_tries(job):
    fail_job(job=claimed(job), now=NOW, error="refused", again=False)
    again = retry_job(job=job, by=None, now=LATER)
    assert (again.state, again.attempts, again.error) == ("queued", 0, "")
    assert AuditEntry.objects.get().detail == {"state": "failed"}


def test_a_job_that_waits_or_runs_is_not_queued_again(job):
    with pytest.raises(ActionRefused):
        retry_job(job=job, by=None, now=LATER)
    claimed(job)
    with pytest.raises(ActionRefused):
        retry_job(job=job, by=None, now=LATER)


def test_a_worker_hears_of_a_job_when_it_is_committed(monkeypatch, django_capture_on_commit_callbacks):
    woken = []
    monkeypatch.setattr("accounts.jobs.wake_worker", woken.append)
    with django_capture_on_commit_callbacks(execute=True):
        job = queue_job(kind="count", key="c", now=NOW)
        assert woken == []
    assert woken == [job.pk]


def test_who_queues_a_job_never_waits_for_the_broker(monkeypatch, settings, django_capture_on_commit_callbacks):
    settings.REDIS_URL, settings.CELERY_TASK_ALWAYS_EAGER = "redis://127.0.0.1:1", False
    frozen, asked = threading.Event(), threading.Event()
    monkeypatch.setattr("accounts.jobs.publish", lambda *_ids: asked.set() or frozen.wait(20))
    with django_capture_on_commit_callbacks(execute=True):
        job = queue_job(kind="count", key="d", now=NOW)
    assert waiting_jobs(NOW) == [job.pk]
    assert asked.wait(10)
    frozen.set()


@pytest.mark.parametrize("error", [ConnectionRefusedError(111, "refused"), OperationalError("Error 111")])
def test_a_message_that_the_broker_does_not_take_is_given_up(monkeypatch, error):
    tried = []

    def refuse(_name: str, kwargs: dict[str, int]) -> None:
        tried.append(kwargs["job_id"])
        raise error

    monkeypatch.setattr("accounts.jobs.current_app.send_task", refuse)
    publish(1, 2)
    assert tried == [1]
