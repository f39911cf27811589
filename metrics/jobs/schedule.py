"""What falls due by the clock. A late, doubled or missing tick does no harm: each asks what has not been queued yet."""

import datetime
from collections.abc import Callable

from accounts.business_dates import business_date
from accounts.jobs import queue_job, sweep_jobs, waiting_jobs, wake_worker
from accounts.models import Company, JobRun
from metrics.actions.forecasts import newest_due
from metrics.models import Book, ForecastRun, PlanVersion

NIGHT_BEGINS = datetime.timedelta(hours=1)
"""How long after midnight a day counts as complete."""
MARK = ("schedule", "sweep")
"""Kind and key of the row whose heartbeat says when somebody last looked after the jobs."""
WAKE_AT_MOST = 20


def last_complete_day(now: datetime.datetime, company: Company) -> datetime.date:
    """The newest day of the company's zone that is over."""
    return business_date(now - NIGHT_BEGINS, company.zone) - datetime.timedelta(days=1)


def due_nights(now: datetime.datetime, company: Company) -> list[tuple[str, str]]:
    """(kind, key) of the nightly run for the newest complete day. It fills all missed days before, in order."""
    return [("snapshot", last_complete_day(now, company).isoformat())]


def due_freezes(now: datetime.datetime, company: Company) -> list[tuple[str, str]]:
    """(kind, key) of each closed period whose days of grace are over."""
    over = Book.objects.filter(frozen_at=None, reopened_at=None, freezes_on__lte=last_complete_day(now, company))
    return [freeze_key(book) for book in over.order_by("freezes_on", "pk")]


def freeze_key(book: Book) -> tuple[str, str]:
    """Kind and key of the job that freezes a book; whoever asks for it, it is one job."""
    return "freeze", f"{book.name} {book.pk}"


def due_forecasts(now: datetime.datetime, company: Company) -> list[tuple[str, str]]:
    """(kind, key) of the newest forecasts that are due: those of the first of a month, and of Mondays.

    Until there are any, every day's.
    """
    last = last_complete_day(now, company)
    day = newest_due(last) if ForecastRun.objects.exists() else last
    return [] if ForecastRun.objects.filter(as_of__gte=day).exists() else [("forecast", day.isoformat())]


def due_statements(now: datetime.datetime, company: Company) -> list[tuple[str, str]]:
    """(kind, key) of the nightly calculation of all statements that are not approved, where a plan is published."""
    is_needed = PlanVersion.objects.published().exists()
    return [("statements", f"night {last_complete_day(now, company)}")] if is_needed else []


DUE: list[Callable[[datetime.datetime, Company], list[tuple[str, str]]]] = [
    due_nights,
    due_freezes,
    due_forecasts,
    due_statements,
]
"""Each says which jobs are due at a moment; a job that was queued before is not queued again."""


def queue_due(*, now: datetime.datetime) -> list[JobRun]:
    """Queue what is due; the jobs that wait."""
    company = Company.current()
    jobs = [queue_job(kind=kind, key=key, now=now) for due in DUE for kind, key in due(now, company)]
    return [job for job in jobs if job.state == JobRun.State.QUEUED]


def look_after_jobs(*, now: datetime.datetime) -> int:
    """Sweep stale jobs, wake workers for waiting ones, leave a mark of life; the number of jobs given up."""
    queued, failed = sweep_jobs(now=now)
    wake_worker(*waiting_jobs(now, WAKE_AT_MOST))
    kind, key = MARK
    alive = {"heartbeat_at": now}
    JobRun.objects.update_or_create(
        kind=kind, key=key, defaults=alive, create_defaults={"state": JobRun.State.DONE, **alive}
    )
    return queued + failed


def last_look() -> datetime.datetime | None:
    """When somebody last looked after the jobs; None: nobody ever has."""
    kind, key = MARK
    return JobRun.objects.filter(kind=kind, key=key).values_list("heartbeat_at", flat=True).first()
