"""What a job's function is given and what it gives back."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise

from accounts.jobs import note_progress
from accounts.models import JobRun

Clock = Callable[[], datetime.datetime]


class Stopping(Exception):
    """The worker was asked to stop: what it has begun goes back to the queue."""


@dataclass(frozen=True)
class Work:
    """What a job's function is given: the job with its arguments, the clock, and whom to tell how far it is."""

    job: JobRun
    clock: Clock
    is_stopping: Callable[[], bool] = lambda: False

    @property
    def arguments(self) -> dict[str, Any]:
        return self.job.arguments

    def progress(self, done: int, total: int, message: str = "") -> None:
        """Note how far the work is. Call it between units of work, outside their transactions.

        Raises Stopping when the worker has to stop, JobLost when the job has been given to another one.
        """
        note_progress(job=self.job, now=self.clock(), done=done, total=total, message=message)
        if self.is_stopping():
            raise Stopping


@dataclass(frozen=True)
class Outcome:
    """What a job's function gives back. ``state``: done, partial (rows set aside) or suspect (an audit doubts it)."""

    rows: int = 0
    state: str = JobRun.State.DONE
    message: str = ""
    error: str = ""
    result: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class JobKind:
    """A kind of job: its name for people and its function. The function must be safe to run twice, late or never."""

    label: str | Promise
    run: Callable[[Work], Outcome]
