"""Background work as rows of ``JobRun``. The database is the truth: a broker, where there is one, only wakes workers.

A job is claimed by a conditional update that raises its attempts before any work. Each later note of that worker
names the attempt, so a worker that was given up for dead can't finish what another one has taken over.
"""

import datetime
import threading
from typing import Any

import structlog
from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models import F
from kombu.exceptions import OperationalError

from accounts.models import JobRun, User

STALE_AFTER = datetime.timedelta(minutes=2)
TRIES = 3
PAUSES = (datetime.timedelta(seconds=15), datetime.timedelta(minutes=2))
"""How long a failed job waits before its second and its third try."""
State = JobRun.State
log = structlog.get_logger(__name__)


class JobLost(Exception):
    """The job is no longer this worker's: it was swept as stale, and perhaps taken over."""


def queue_job(
    *, kind: str, key: str, now: datetime.datetime, arguments: dict[str, Any] | None = None, by: User | None = None
) -> JobRun:
    """The job of this kind and key, queued when it does not exist yet. Twice is once.

    A worker hears of it when the caller's transaction has been committed, never before.
    """
    job, created = JobRun.objects.get_or_create(
        kind=kind, key=key, defaults={"queued_at": now, "arguments": arguments or {}, "by": by}
    )
    if created:
        job_id = job.pk
        transaction.on_commit(lambda: wake_worker(job_id), robust=True)
    return job


def wake_worker(*job_ids: int) -> None:
    """Tell workers through the broker, without waiting for it: a thread does, and what fails is found by polling."""
    if settings.REDIS_URL and not settings.CELERY_TASK_ALWAYS_EAGER and job_ids:
        threading.Thread(target=publish, args=job_ids, name="wake workers", daemon=True).start()


def publish(*job_ids: int) -> None:
    """Send a message for each job; gives up at the first one that the broker does not take."""
    try:
        for job_id in job_ids:
            current_app.send_task("metrics.tasks.run_job", kwargs={"job_id": job_id})
    except (OSError, OperationalError) as error:
        log.warning("broker_silent", error=str(error))


def waiting_jobs(now: datetime.datetime, limit: int = 1) -> list[int]:
    """Ids of jobs to do, those that wait longest first."""
    rows = JobRun.objects.filter(state=State.QUEUED, queued_at__lte=now).order_by("queued_at", "pk")
    return list(rows.values_list("pk", flat=True)[:limit])


def claim_job(*, job_id: int, now: datetime.datetime) -> JobRun | None:
    """Take a queued job; None when somebody else has it or it is done."""
    taken = JobRun.objects.filter(pk=job_id, state=State.QUEUED).update(
        state=State.RUNNING,
        attempts=F("attempts") + 1,
        started_at=now,
        heartbeat_at=now,
        code_version=settings.CODE_VERSION,
        finished_at=None,
        done=0,
        total=0,
        message="",
    )
    return JobRun.objects.get(pk=job_id) if taken else None


def note_progress(*, job: JobRun, now: datetime.datetime, done: int, total: int, message: str = "") -> None:
    """Say how far the job is, and that its worker lives. JobLost when it is no longer this worker's."""
    _note(job, heartbeat_at=now, done=done, total=total, message=message[:500])


def beat_heart(*, job: JobRun, now: datetime.datetime) -> None:
    """Say that the job's worker lives. JobLost when it is no longer this worker's."""
    _note(job, heartbeat_at=now)


def finish_job(
    *,
    job: JobRun,
    now: datetime.datetime,
    state: str = State.DONE,
    rows: int = 0,
    message: str = "",
    error: str = "",
    result: dict[str, Any] | None = None,
) -> None:
    """The work is done; ``partial`` when some rows were set aside, ``suspect`` when an audit doubts it."""
    if state not in (State.DONE, State.PARTIAL, State.SUSPECT):
        raise ValueError(f"A finished job is done, partial or suspect, not {state}.")
    _note(
        job, state=state, finished_at=now, heartbeat_at=now, rows=rows, message=message[:500], error=error[:5000],
        result=result or {},
    )  # fmt: skip


def fail_job(*, job: JobRun, now: datetime.datetime, error: str, again: bool = True) -> None:
    """The try failed: again after a pause, or set aside as failed after the third try or with ``again`` off."""
    if again and job.attempts < TRIES:
        _note(job, state=State.QUEUED, queued_at=now + PAUSES[min(job.attempts, len(PAUSES)) - 1], error=error[:5000])
    else:
        _note(job, state=State.FAILED, finished_at=now, error=error[:5000])


def hand_back_job(*, job: JobRun, now: datetime.datetime) -> None:
    """The worker stops before the end: the job is queued as if it had not been tried."""
    _note(job, state=State.QUEUED, attempts=max(0, job.attempts - 1), queued_at=now)


def sweep_jobs(*, now: datetime.datetime) -> tuple[int, int]:
    """Give up workers that have been silent for two minutes: how many jobs are queued again, how many are set aside."""
    silent = JobRun.objects.filter(state=State.RUNNING, heartbeat_at__lt=now - STALE_AFTER)
    failed = silent.filter(attempts__gte=TRIES).update(
        state=State.FAILED,
        finished_at=now,
        error=f"Its worker stopped without a word, {TRIES} times. The job is set aside until somebody retries it.",
    )
    queued = silent.filter(attempts__lt=TRIES).update(
        state=State.QUEUED, queued_at=now, error="Its worker stopped without a word; it is tried again."
    )
    return queued, failed


def _note(job: JobRun, **values: Any) -> None:
    held = JobRun.objects.filter(pk=job.pk, state=State.RUNNING, attempts=job.attempts)
    if not held.update(**values):
        raise JobLost(f"{job} was taken over.")
    for name, value in values.items():
        setattr(job, name, value)
