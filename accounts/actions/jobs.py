import datetime

from django.db import transaction

from accounts.actions.audit import write_audit
from accounts.errors import ActionRefused
from accounts.jobs import wake_worker
from accounts.models import JobRun, User


@transaction.atomic
def retry_job(*, job: JobRun, by: User | None, now: datetime.datetime) -> JobRun:
    """Queue a finished or failed job again, with all its tries. ActionRefused while it waits or runs."""
    before = job.state
    changed = (
        JobRun.objects.filter(pk=job.pk)
        .exclude(state__in=(JobRun.State.QUEUED, JobRun.State.RUNNING))
        .update(state=JobRun.State.QUEUED, attempts=0, queued_at=now, error="", message="", finished_at=None)
    )
    if not changed:
        raise ActionRefused("This job is waiting or running already.")
    write_audit(action="retry", subject=job, by=by, now=now, detail={"state": before})
    transaction.on_commit(lambda: wake_worker(job.pk), robust=True)
    job.refresh_from_db()
    return job
