"""The plan lab: what a version would have paid in past months, rep by rep, beside the plans that held."""

from decimal import Decimal
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

    asked = {"first": data.get("first") or first.name, "last": data.get("last") or last.name}
    return LabForm(asked, read=read, today=today)


class PlanLabView(View):
    """The months to try, and what is known of their trial."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = get_object_or_404(versions_seen(request.user), pk=pk)
        form, job = lab_form(request.GET), None
        if form.is_valid():
            key = lab_key(row, form.cleaned_data["first"], form.cleaned_data["last"], today_of(Company.current()))
            job = JobRun.objects.filter(kind=JOB, key=key).first()
        context = {
            "row": row,
            "crumbs": [*crumbs(), {"label": str(row), "url": reverse("metrics:plan_detail", args=[row.pk])}],
            "form": form,
            "job": job,
            "is_done": job is not None and job.state == JobRun.State.DONE,
            "is_failed": job is not None and job.state == JobRun.State.FAILED,
            **(compared(job.result) if job is not None and job.state == JobRun.State.DONE else {}),
        }
        return render(request, "metrics/plan_lab.html", context, status=200 if form.is_valid() else 400)


def compared(result: dict[str, Any]) -> dict[str, Any]:
    """The trial's reps with what they gain or lose, the largest gain first.

    The difference is None for who is paid in another currency by the present plans.
    """
    currency = result["currency"]
    rows = []
    for one in result["reps"]:
        others = {code: Decimal(text) for code, text in one["present"].items() if code != currency}
        present, total = Decimal(one["present"].get(currency, "0")), Decimal(one["total"])
        rows.append({
            "rep": one["rep"], "total": total, "present": present, "others": sorted(others.items()),
            "change": None if others else total - present, "warnings": one["warnings"],
        })  # fmt: skip
    rows.sort(key=lambda row: (row["change"] is None, -(row["change"] or 0), row["rep"]))
    total, present = sum((row["total"] for row in rows), Decimal(0)), sum((row["present"] for row in rows), Decimal(0))
    changes = [row["change"] for row in rows if row["change"] is not None]
    return {
        "currency": currency,
        "rows": rows,
        "total": total,
        "present": present,
        "change": total - present,
        "gain": sum(1 for change in changes if change > 0),
        "lose": sum(1 for change in changes if change < 0),
    }


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
        asked = {name: str(result.data[name]) for name in ("first", "last")}
        return redirect(reverse("metrics:plan_lab", args=[record.pk], query=asked))

    def back(self, record: PlanVersion) -> HttpResponse:
        return redirect("metrics:plan_lab", pk=record.pk)
