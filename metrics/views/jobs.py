"""Background work for admins: what ran, what waits, what failed and why, and trying it again."""

import datetime
from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views import View

from accounts import formats
from accounts.actions.jobs import retry_job
from accounts.errors import ActionRefused
from accounts.jobs import queue_job
from accounts.keyset import KeysetPage, Sort
from accounts.models import JobRun
from metrics.jobs.kinds import KINDS
from metrics.jobs.schedule import MARK, last_look
from pipeline.views.listing import Column, Filter, ListPage

STARTABLE = {"snapshot": gettext_lazy("Compute now"), "verify": gettext_lazy("Verify")}
"""Kinds that an admin may start by hand, with the words on the button."""
STATE_WORDS = {
    "queued": gettext_lazy("Waiting"),
    "running": gettext_lazy("Running"),
    "done": gettext_lazy("Done"),
    "partial": gettext_lazy("Partly done"),
    "failed": gettext_lazy("Failed"),
    "suspect": gettext_lazy("Suspect"),
}
SILENT_AFTER = datetime.timedelta(minutes=5)


def shown_jobs() -> QuerySet[JobRun]:
    """All jobs but the row that only marks that somebody looks after them."""
    return JobRun.objects.exclude(kind=MARK[0]).select_related("by")


def label_of(kind: str) -> str:
    """What people call a kind of job."""
    return str(KINDS[kind].label) if kind in KINDS else kind


def duration_of(job: JobRun, now: datetime.datetime) -> str | None:
    """How long the last try took, or has taken so far; None before it begins."""
    if job.started_at is None or job.state == JobRun.State.QUEUED:
        return None
    seconds = int(((job.finished_at or now) - job.started_at).total_seconds())
    if seconds < 120:
        return _("%s s") % formats.number(max(0, seconds))
    return formats.minutes(seconds // 60)


def results_of(job: JobRun) -> list[tuple[str, str]]:
    """What the job's function gave back, besides rows and findings, which have places of their own."""
    return [
        (name.replace("_", " "), formats.number(value) if isinstance(value, int) else str(value))
        for name, value in job.result.items()
        if name not in ("rows", "problems")
    ]


class JobListView(ListPage):
    template_name = "metrics/job_list.html"
    kind = "jobs"
    sorts: ClassVar = {
        "new": (gettext_lazy("newest"), Sort("queued_at", down=True)),
        "old": (gettext_lazy("oldest"), Sort("queued_at")),
    }
    columns: ClassVar = [
        Column(name, lambda job, name=name: getattr(job, name))
        for name in ("kind", "key", "state", "attempts", "queued_at", "started_at", "finished_at", "rows", "error")
    ]

    def filters(self) -> list[Filter]:
        kinds = sorted({*KINDS, *JobRun.objects.values_list("kind", flat=True).order_by().distinct()} - {MARK[0]})
        return [
            Filter("state", _("State"), [("", _("any")), *((key, str(words)) for key, words in STATE_WORDS.items())]),
            Filter("kind", _("Kind"), [("", _("any")), *((kind, label_of(kind)) for kind in kinds)]),
        ]

    def rows(self, chosen: dict[str, str]) -> QuerySet[JobRun]:
        wanted = {name: value for name, value in chosen.items() if value}
        return shown_jobs().filter(**wanted)

    def page(self, found: KeysetPage[JobRun], chosen: dict[str, str]) -> dict[str, Any]:
        now = timezone.now()
        for job in found.rows:
            job.label, job.duration = label_of(job.kind), duration_of(job, now)  # type: ignore[attr-defined]
        seen = last_look()
        return {
            "startable": STARTABLE.items(),
            "is_silent": seen is None or now - seen > SILENT_AFTER,
            "last_look": seen,
        }

    def shown_text(self, total: int, *, is_all: bool) -> str:
        return ngettext("%s job", "%s jobs", total) % (formats.number(total) + ("" if is_all else "+"))


class JobDetailView(View):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        job = get_object_or_404(shown_jobs(), pk=pk)
        context = {
            "job": job,
            "label": label_of(job.kind),
            "duration": duration_of(job, timezone.now()),
            "may_retry": job.state not in (JobRun.State.QUEUED, JobRun.State.RUNNING) and job.kind in KINDS,
            "results": results_of(job),
        }
        return render(request, "metrics/job_detail.html", context)


class JobRetryView(View):
    http_method_names: ClassVar = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        job = get_object_or_404(shown_jobs(), pk=pk)
        try:
            retry_job(job=job, by=request.user, now=timezone.now())  # type: ignore[arg-type]
        except ActionRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The job is queued again."))
        return redirect("metrics:job_detail", pk=pk)


class JobStartView(View):
    """Queue a kind of job by hand; pressed twice within a minute it is one job."""

    http_method_names: ClassVar = ["post"]

    def post(self, request: HttpRequest, kind: str) -> HttpResponse:
        if kind not in STARTABLE:
            raise Http404
        now = timezone.now()
        job = queue_job(kind=kind, key=f"asked {now:%Y-%m-%d %H:%M}", by=request.user, now=now)  # type: ignore[arg-type]
        messages.success(request, _("The job is queued."))
        return redirect("metrics:job_detail", pk=job.pk)
