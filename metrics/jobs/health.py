"""Whether the jobs are looked after, the figures are fresh and nothing has been set aside."""

import datetime
from dataclasses import dataclass

from accounts.models import Company, JobRun
from metrics.jobs.schedule import last_complete_day, last_look
from metrics.snapshots.nightly import newest_day
from metrics.snapshots.storing import first_day

SILENCE = datetime.timedelta(minutes=5)
GRACE_DAYS = 1
"""So many nights may be missing: the last one may still be running."""


@dataclass(frozen=True)
class Check:
    """One part of the whole: its name, whether it works, and what was found in a few words."""

    name: str
    works: bool
    detail: str


def check_workers(now: datetime.datetime) -> Check:
    """Somebody looks after the jobs every minute: Celery's beat with a worker, or ``run_schedule``."""
    seen = last_look()
    if seen is None:
        return Check("workers", False, "nobody has looked after the jobs yet: start run_schedule, or worker and beat")
    minutes = int((now - seen).total_seconds() // 60)
    return Check("workers", now - seen <= SILENCE, f"looked after the jobs {minutes} minutes ago")


def check_snapshots(now: datetime.datetime, company: Company) -> Check:
    """The newest stored day is yesterday, or the day before while the night is at work."""
    expected, newest = last_complete_day(now, company), newest_day()
    if newest is None:
        has_records = first_day(company, expected + datetime.timedelta(days=1)) is not None
        return Check("snapshots", not has_records, "no day has figures yet" if has_records else "no records yet")
    behind = (expected - newest).days
    return Check("snapshots", behind <= GRACE_DAYS, f"newest day {newest}, {max(0, behind)} days behind")


def check_jobs() -> Check:
    """No job is set aside as failed."""
    failed = JobRun.objects.filter(state=JobRun.State.FAILED).count()
    waiting = JobRun.objects.filter(state=JobRun.State.QUEUED).count()
    return Check("jobs", not failed, f"{failed} failed, {waiting} waiting")


def check_work(now: datetime.datetime) -> list[Check]:
    """All checks of this module."""
    company = Company.current()
    return [check_workers(now), check_snapshots(now, company), check_jobs()]
