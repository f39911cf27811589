"""How a worker does one job: claim it, run its function, note how it ended."""

import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

import structlog
from django.db import DatabaseError, connection

from accounts.errors import ActionRefused
from accounts.jobs import JobLost, beat_heart, claim_job, fail_job, finish_job, hand_back_job
from accounts.models import JobRun
from metrics.jobs.kinds import KINDS
from metrics.jobs.work import Clock, Outcome, Stopping, Work

BEAT_SECONDS = 20
log = structlog.get_logger(__name__)


def perform_job(
    *, job_id: int, clock: Clock, is_stopping: Callable[[], bool] = lambda: False, alive: bool = True
) -> JobRun | None:
    """Claim a job and do it; None when it was somebody else's. ``alive``: a thread says every 20 s that we live."""
    job = claim_job(job_id=job_id, now=clock())
    if job is None:
        return None
    log.info("job_started", job=job.pk, kind=job.kind, key=job.key, attempt=job.attempts)
    try:
        _try(Work(job, clock, is_stopping), alive=alive)
    except JobLost:
        log.warning("job_lost", job=job.pk, kind=job.kind, key=job.key)
    log.info("job_ended", job=job.pk, kind=job.kind, key=job.key, state=job.state)
    return job


def _try(work: Work, *, alive: bool) -> None:
    """Run the job's function and note how it ended. JobLost when the job is somebody else's by then."""
    job, clock = work.job, work.clock
    try:
        with heartbeat(job, clock) if alive else nullcontext():
            outcome = _run(work)
    except Stopping:
        hand_back_job(job=job, now=clock())
    except JobLost:
        raise
    except ActionRefused as refusal:
        fail_job(job=job, now=clock(), error=str(refusal), again=False)
    except Exception as error:
        words = _words(error)
        log.error("job_failed", job=job.pk, kind=job.kind, key=job.key, error=words)
        fail_job(job=job, now=clock(), error=words)
    else:
        finish_job(
            job=job, now=clock(), state=outcome.state, rows=outcome.rows, message=outcome.message, error=outcome.error,
            result=outcome.result,
        )  # fmt: skip


def _run(work: Work) -> Outcome:
    kind = KINDS.get(work.job.kind)
    if kind is None:
        known = ", ".join(sorted(KINDS)) or "none"
        raise ActionRefused(f"There is no kind of job called “{work.job.kind}”; known are: {known}.")
    return kind.run(work)


def _words(error: Exception) -> str:
    """The error for the admin who looks at the job: what and where, without values of variables."""
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    where = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames))
    return f"{type(error).__name__}: {error}\n{where}"


@contextmanager
def heartbeat(job: JobRun, clock: Clock) -> Iterator[None]:
    """Say again and again, on a connection of its own, that the worker lives, while a unit of work is long."""
    stop = threading.Event()

    def beat() -> None:
        try:
            while not stop.wait(BEAT_SECONDS):
                try:
                    beat_heart(job=job, now=clock())
                except JobLost:
                    return
                except DatabaseError:
                    log.warning("heartbeat_missed", job=job.pk)
        finally:
            connection.close()

    thread = threading.Thread(target=beat, name=f"heartbeat of job {job.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=BEAT_SECONDS)
