"""Every kind of job: what it is called, and the function that does it. Each is safe to run twice, late or never."""

import datetime
import hashlib
from dataclasses import asdict

from django.utils.translation import gettext_lazy as _

from accounts.models import JobRun
from metrics.catalogue import METRICS
from metrics.nightly import run_night
from metrics.work import JobKind, Outcome, Work


def store_night(work: Work) -> Outcome:
    """The nightly figures: missed and changed days, or those that the argument ``days`` lists."""
    JobRun.objects.filter(pk=work.job.pk).update(definitions=definitions_digest())
    days = [datetime.date.fromisoformat(day) for day in work.arguments.get("days", ())]
    report = run_night(now=work.clock(), run=work.job, days=days or None, progress=work.progress)
    return Outcome(
        rows=report.rows,
        state=JobRun.State.SUSPECT if report.problems else JobRun.State.DONE,
        error="\n".join(report.problems),
        result=asdict(report),
    )


def definitions_digest() -> str:
    """A fingerprint of every metric's version: two runs with the same one computed the same things."""
    lines = sorted(f"{slug} {metric.version}" for slug, metric in METRICS.items())
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


KINDS: dict[str, JobKind] = {
    "snapshot": JobKind(_("Nightly figures"), store_night),
}
"""By the name that ``JobRun.kind`` has."""
