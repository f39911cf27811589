"""Incentive plans: the list, a version with its terms in words and a worked example, writing one, letting it hold."""

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
from metrics.actions.plans import add_version, publish_version
from metrics.forms.plans import ExampleForm, PlanForm, PublishForm, finding_text
from metrics.incentives.documents import document_of, terms_of
from metrics.incentives.findings import PlanRefused
from metrics.incentives.known_names import known_names
from metrics.incentives.linting import lint
from metrics.incentives.plan_file import LARGEST, dump_document
from metrics.models import PlanVersion
from metrics.pay.plan_preview import example_of, preview_of
from metrics.pay.plan_words import frame_words, terms_words

HOME, HOME_LABEL = "metrics:plan_list", gettext_lazy("Plans")
USUAL = {"amount": Decimal(10_000), "so_far": Decimal(0), "target": Decimal(100_000)}
BEGINNING = """name: Account executives
currency: {currency}
applies_to: {{roles: [rep]}}
statement_every: month
accumulate: quarter
components:
  - name: Bookings
    kind: commission
    tiers:
      by: amount
      mode: marginal
      steps:
        - {{from: 0, rate: 0.05}}
        - {{from: 100000, rate: 0.08}}
"""

PARTS = (
    (gettext_lazy("Commission"), "  - {name: Commission, kind: commission, basis: amount, rate: 0.05}"),
    (
        gettext_lazy("Tiers by attainment"),
        "  - name: Accelerator\n    kind: commission\n    tiers:\n      by: attainment\n      of: won_revenue\n"
        "      mode: marginal\n      steps:\n        - {from: 0, rate: 0.05}\n        - {from: 1, rate: 0.1}\n"
        "    cap: 50000",
    ),
    (
        gettext_lazy("Bonus"),
        "  - {name: Win rate, kind: bonus, metric: win_rate, at_least: 0.35, pays: 1000, every: quarter, min_n: 5}",
    ),
    (gettext_lazy("SPIFF"), "  - {name: Push, kind: spiff, per_deal: 200, from: 2026-10-01, to: 2026-12-31}"),
    (gettext_lazy("Override"), "  - {name: Team, kind: override, of_team: the-team, basis: amount, rate: 0.01}"),
    (gettext_lazy("Draw"), "  - {name: Guarantee, kind: draw, amount: 2000, recoverable: true}"),
)
"""Components to put into the text, with what their buttons say."""


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
            "title": str(row),
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


class PlanPage(FormPage):
    """A plan as text: a new one, or the next version of the one that the address names; beside it what it says."""

    template_name = "metrics/plan_form.html"

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if "check" in request.POST:  # looked at, not saved
            return self.show(PlanForm(initial={"text": request.POST.get("text", "")}))
        return super().post(request, **kwargs)

    def records(self) -> QuerySet[PlanVersion] | None:
        return versions_seen(self.request.user) if "pk" in self.kwargs else None

    def form(self, data: Any = None) -> Form:
        if self.record is None:
            text = BEGINNING.format(currency=Company.current().base_currency)
        else:
            text = dump_document(document_of(terms_of(self.record.content)))
        return PlanForm(data, initial={"text": text})

    def page(self, form: Form) -> dict[str, Any]:
        title = _("Next version of %s") % self.record.plan if self.record else _("New plan")
        cancel = reverse("metrics:plan_detail", args=[self.record.pk]) if self.record else reverse(HOME)
        text = str(form["text"].value() or "").replace("\r\n", "\n")[:LARGEST]
        day = today_of(Company.current())
        return {
            "title": title, "verb": _("Save draft"), "crumbs": crumbs(), "cancel_url": cancel,
            "preview": preview_of(text, numbers_of(self.request.POST), day=day),
            "parts": [{"label": label, "text": part} for label, part in PARTS],
        }  # fmt: skip

    def act(self, form: Form) -> PlanVersion:
        try:
            return add_version(terms=form.terms, by=self.request.user, now=timezone.now())  # type: ignore[attr-defined]
        except PlanRefused as refusal:
            raise ActionRefused(str(refusal), "text") from refusal

    def done(self, result: PlanVersion) -> HttpResponse:
        messages.success(self.request, _("%s is kept as a draft. Another admin lets it hold.") % result)
        return redirect("metrics:plan_detail", pk=result.pk)


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
            "title": _("Approve %s") % self.record,
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
            raise ActionRefused(str(refusal), "day") from refusal

    def done(self, result: PlanVersion) -> HttpResponse:
        words = {"version": result, "day": result.published_from}
        messages.success(self.request, _("%(version)s holds from %(day)s.") % words)
        return redirect("metrics:plan_detail", pk=result.pk)
