"""Celery tasks: thin, because the jobs are rows and the same functions run without a broker."""

from celery import shared_task
from django.utils import timezone

from metrics.jobs.schedule import look_after_jobs, queue_due
from metrics.jobs.workers import perform_job


@shared_task
def tick(**_unknown: object) -> None:
    """Hourly, in UTC: queue what has become due by the company's clock."""
    queue_due(now=timezone.now())


@shared_task
def sweep(**_unknown: object) -> None:
    """Every minute: give up silent workers and wake others for what waits."""
    look_after_jobs(now=timezone.now())


@shared_task
def run_job(*, job_id: int, **_unknown: object) -> None:
    """Do one job. Delivered twice, the second one finds it taken."""
    perform_job(job_id=job_id, clock=timezone.now)
