"""The plan lab: what a version would have paid in past months, rep by rep, beside the plans that held."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from accounts.models import Company, JobRun
from accounts.views.form_pages import PressPage
from metrics.actions.plan_lab import JOB, lab_key, queue_lab
from metrics.errors import QuestionRefused
from metrics.forms.plans import LabForm
from metrics.models import PlanVersion
from metrics.pay.plan_trials import compared
from metrics.periods import Period, containing, parse_period
from metrics.views.plans import crumbs, today_of, versions_seen

MONTHS = 6
"""So many past months are tried unless others are asked for."""


def lab_form(data: Any) -> LabForm:
    """The months of an address, by default the last ones that are over."""
    company = Company.current()
    today = today_of(company)
    last = containing(today, "month").previous()
    first = last
    for _month in range(MONTHS - 1):
        first = first.previous()

    def read(text: str) -> Period:
        try:
            found = parse_period(text, today=today, fiscal_start=company.fiscal_year_start_month)
        except QuestionRefused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        if found.kind != "month":
            raise forms.ValidationError(_("A month, such as 2026-10."))
        return found

    asked = {
        "first": data.get("first") or first.name, "last": data.get("last") or last.name, "large": data.get("large", "")
    }  # fmt: skip
    return LabForm(asked, read=read, today=today)


class PlanLabView(View):
    """The months to try, and what is known of their trial."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = get_object_or_404(versions_seen(request.user), pk=pk)
        form, job = lab_form(request.GET), None
        if form.is_valid():
            key = lab_key(row, today=today_of(Company.current()), **form.cleaned_data)
            job = JobRun.objects.filter(kind=JOB, key=key).first()
        context = {
            "row": row,
            "crumbs": [*crumbs(), {"label": row.label, "url": reverse("metrics:plan_detail", args=[row.pk])}],
            "form": form,
            "job": job,
            "is_done": job is not None and job.state == JobRun.State.DONE,
            "is_failed": job is not None and job.state == JobRun.State.FAILED,
            **(compared(job.result) if job is not None and job.state == JobRun.State.DONE else {}),
        }
        return render(request, "metrics/plan_lab.html", context, status=200 if form.is_valid() else 400)


class PlanLabStartView(PressPage):
    """Have the trial worked out in the background."""

    def records(self) -> QuerySet[PlanVersion]:
        return versions_seen(self.request.user)

    def act(self, record: PlanVersion) -> Any:
        form = lab_form(self.request.POST)
        if form.is_valid():
            queue_lab(version=record, by=self.request.user, now=timezone.now(), **form.cleaned_data)
        return form

    def done(self, record: PlanVersion, result: LabForm) -> HttpResponse:
        asked = {name: str(result.data[name]) for name in ("first", "last", "large") if result.data[name]}
        return redirect(reverse("metrics:plan_lab", args=[record.pk], query=asked))

    def back(self, record: PlanVersion) -> HttpResponse:
        return redirect("metrics:plan_lab", pk=record.pk)
