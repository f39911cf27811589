"""Incentive plans: the list, a version with its terms in words and a worked example, letting one hold."""

import datetime
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from accounts.business_dates import business_date
from accounts.errors import ActionRefused
from accounts.models import Company
from accounts.roles import Role
from accounts.views.form_pages import FormPage
from metrics.actions.plans import publish_version
from metrics.forms.plans import ExampleForm, PublishForm, finding_text
from metrics.incentives.documents import document_of, terms_of
from metrics.incentives.findings import PlanRefused
from metrics.incentives.known_names import known_names
from metrics.incentives.linting import lint
from metrics.incentives.plan_file import dump_document
from metrics.models import PlanVersion
from metrics.pay.plan_preview import example_of
from metrics.pay.plan_words import frame_words, terms_words

HOME, HOME_LABEL = "metrics:plan_list", gettext_lazy("Plans")
USUAL = {"amount": Decimal(10_000), "so_far": Decimal(0), "target": Decimal(100_000)}


def crumbs() -> list[dict[str, Any]]:
    return [{"label": HOME_LABEL, "url": reverse(HOME)}]


def today_of(company: Company) -> datetime.date:
    return business_date(timezone.now(), company.zone)


def versions_seen(user: Any) -> QuerySet[PlanVersion]:
    """The versions that a reader may look at, with what pages say of them."""
    return PlanVersion.objects.visible_to(user).select_related("plan", "created_by", "approved_by")


def held_version(versions: list[PlanVersion], day: datetime.date) -> PlanVersion | None:
    """Of one plan the version that holds on a day."""
    held = [one for one in versions if one.published_from and one.published_from <= day]
    return max(held, key=lambda one: (one.published_from, one.number), default=None)


class PlanListView(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        today, plans = today_of(Company.current()), {}
        for row in versions_seen(request.user).order_by("plan__name", "-number"):
            plans.setdefault(row.plan_id, []).append(row)
        rows = [
            {"plan": found[0].plan, "newest": found[0], "held": held_version(found, today), "count": len(found)}
            for found in plans.values()
        ]
        return render(request, "metrics/plan_list.html", {"rows": rows, "may_write": request.user.role == Role.ADMIN})


class PlanDetailView(View):
    """One version of a plan."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = get_object_or_404(versions_seen(request.user), pk=pk)
        terms = terms_of(row.content)
        text = dump_document(document_of(terms))
        versions = list(versions_seen(request.user).filter(plan=row.plan_id).order_by("-number"))
        may_write = request.user.role == Role.ADMIN
        context = {
            "row": row,
            "title": row.label,
            "crumbs": crumbs(),
            "frame": frame_words(terms),
            "components": terms_words(terms),
            "text": text,
            "findings": [finding_text(one, text) for one in lint(terms, known_names(timezone.now()))]
            if may_write
            else [],
            "versions": versions,
            "held": held_version(versions, today_of(Company.current())),
            "may_write": may_write,
            "may_publish": may_write and row.published_from is None and row.created_by_id != request.user.pk,
            "is_draft": row.published_from is None,
            **example(request, terms),
        }
        return render(request, "metrics/plan_detail.html", context)


def numbers_of(words: Any) -> dict[str, str]:
    """The numbers of the worked example that an address or a form gives, else the usual ones."""
    return {name: words.get(name, f"{usual:f}") for name, usual in USUAL.items()}


def example(request: HttpRequest, terms: Any) -> dict[str, Any]:
    """The worked example of the address: its form and what it comes to, or what is wrong with the numbers."""
    form = ExampleForm(numbers_of(request.GET))
    return {"example_form": form, "example": example_of(terms, form, today_of(Company.current()))}


class PlanPublishView(FormPage):
    """A second person approves a draft and lets it hold from a day."""

    def records(self) -> QuerySet[PlanVersion]:
        return versions_seen(self.request.user)

    def check_right(self, rows: QuerySet[PlanVersion]) -> None:
        if self.record.created_by_id == self.request.user.pk:
            raise PermissionDenied(_("Who made a plan does not approve it."))

    def form(self, data: Any = None) -> Form:
        first = today_of(Company.current()).replace(day=1) + datetime.timedelta(days=32)
        return PublishForm(data, initial={"day": first.replace(day=1)})

    def page(self, form: Form) -> dict[str, Any]:
        return {
            "title": _("Approve %s") % self.record.label,
            "verb": _("Approve and publish"),
            "icon": "check",
            "crumbs": crumbs(),
            "cancel_url": reverse("metrics:plan_detail", args=[self.record.pk]),
        }

    def act(self, form: Form) -> PlanVersion:
        user, day = self.request.user, form.cleaned_data["day"]
        try:
            return publish_version(version=self.record, day=day, approved_by=user, by=user, now=timezone.now())
        except PlanRefused as refusal:
            raise ActionRefused("\n".join(one.said for one in refusal.findings), "day") from refusal

    def done(self, result: PlanVersion) -> HttpResponse:
        words = {"version": result.label, "day": result.published_from}
        messages.success(self.request, _("%(version)s holds from %(day)s.") % words)
        return redirect("metrics:plan_detail", pk=result.pk)
