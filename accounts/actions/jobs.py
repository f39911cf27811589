import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.audit import write_audit
from accounts.errors import ActionRefused
from accounts.jobs import wake_worker
from accounts.models import JobRun, User


@transaction.atomic
def retry_job(*, job: JobRun, by: User | None, now: datetime.datetime) -> JobRun:
    """Queue a finished or failed job again, with all its tries. ActionRefused while it waits or runs."""
    job = JobRun.objects.select_for_update().get(pk=job.pk)
    if job.state in (JobRun.State.QUEUED, JobRun.State.RUNNING):
        raise ActionRefused(_("This job is waiting or running already."))
    before, job.state = job.state, JobRun.State.QUEUED
    job.attempts, job.queued_at, job.finished_at, job.error, job.message = 0, now, None, "", ""
    job.save()
    write_audit(action="retry", subject=job, by=by, now=now, detail={"state": before})
    transaction.on_commit(lambda: wake_worker(job.pk), robust=True)
    return job
