"""Metrics that admins put together: a list, and a form that shows the figure of this month before anything is saved."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.business_dates import business_date
from accounts.errors import ActionRefused
from accounts.models import Company
from accounts.views.form_pages import FormPage, PressPage
from accounts.views.setting_pages import SettingList, crumbs
from metrics.actions.definitions import define_metric, redefine_metric, restore_metric, retire_metric
from metrics.composing import compose
from metrics.errors import QuestionRefused
from metrics.evaluate import answer
from metrics.figure import Figure
from metrics.forms.definitions import DefinitionForm, suggested_members
from metrics.known import composition_of
from metrics.metric import Metric
from metrics.models import MetricDefinition
from metrics.models.definition import ComposedFields
from metrics.pages.metric_page import interval_text
from metrics.pages.wording import figure_text
from metrics.period_names import period_title
from metrics.periods import containing
from metrics.question import Question
from metrics.scopes import COMPANY
from metrics.snapshots.shelf import Shelf

HOME, HOME_LABEL = "metrics:definition_list", gettext_lazy("Own metrics")


class DefinitionListView(SettingList):
    template_name = "metrics/definition_list.html"

    def context(self) -> dict[str, Any]:
        rows = MetricDefinition.objects.visible_to(self.request.user).select_related("created_by")
        return {"rows": [{"row": row, **_told(row, row.slug)} for row in rows.order_by("name", "pk")]}


def _told(row: ComposedFields, slug: str) -> dict[str, Any]:
    """How a definition is computed; what is wrong with one that the program can make no sense of any more."""
    try:
        return {"formula": compose(composition_of(row, slug)).formula, "problem": ""}
    except QuestionRefused as refusal:
        return {"formula": "", "problem": str(refusal)}


class DefinitionPage(FormPage):
    """Makes a metric, or changes one. ``preview`` shows the figure and saves nothing."""

    template_name = "metrics/definition_form.html"

    def records(self) -> QuerySet[MetricDefinition] | None:
        return MetricDefinition.objects.visible_to(self.request.user) if "pk" in self.kwargs else None

    def form(self, data: Any = None) -> DefinitionForm:
        return DefinitionForm(data, self.record)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if "preview" not in request.POST:
            return super().post(request, **kwargs)
        form = self.form(request.POST)
        if not form.is_valid() or form.metric is None:
            return self.show(form, status=422)
        return self.show(form, preview=preview_of(form.metric))

    def act(self, form: Any) -> MetricDefinition:
        told, by, now = form.cleaned_data["told"], self.request.user, timezone.now()
        if self.record is None:
            return define_metric(told=told, by=by, now=now)
        return redefine_metric(definition=self.record, told=told, by=by, now=now)

    def refused(self, form: Any, refusal: ActionRefused) -> HttpResponse:
        return super().refused(form, ActionRefused(str(refusal), form.field_of(refusal.field)))

    def page(self, form: Any) -> dict[str, Any]:
        past = []
        if self.record:
            rows = self.record.versions.select_related("by").order_by("-version")
            past = [{"row": row, **_told(row, self.record.slug)} for row in rows]
        return {
            "title": str(self.record or _("New metric")),
            "crumbs": crumbs((HOME_LABEL, reverse(HOME))),
            "cancel_url": reverse(HOME),
            "members": suggested_members(),
            "past": past,
        }

    def done(self, result: MetricDefinition) -> HttpResponse:
        messages.success(self.request, _("“%(name)s” saved.") % {"name": result})
        return redirect(HOME)


def preview_of(metric: Metric) -> dict[str, Any]:
    """The company's figure of this month and of the one before, as they would be shown."""
    company, now = Company.current(), timezone.now()
    today = business_date(now, company.zone)
    month = containing(today, "month")
    q = Question(month, COMPANY, company, today, today, shelf=Shelf(today))
    figures = [answer(metric, asked, now) for asked in (q, replace(q, period=month.previous()))]
    return {"formula": metric.formula, "warnings": figures[0].warnings, "figures": [_shown(one) for one in figures]}


def _shown(figure: Figure) -> dict[str, str]:
    currency = figure.question.company.base_currency
    return {
        "title": period_title(figure.question.period),
        "value": figure_text(figure.metric, figure.value, currency),
        "about": interval_text(figure),
    }


class DefinitionPress(PressPage):
    """A press about one definition."""

    def records(self) -> QuerySet[MetricDefinition]:
        return MetricDefinition.objects.visible_to(self.request.user)

    def back(self, record: MetricDefinition) -> HttpResponse:
        return redirect(HOME)


class DefinitionRetireView(DefinitionPress):
    def act(self, record: MetricDefinition) -> Any:
        return retire_metric(definition=record, by=self.request.user, now=timezone.now())


class DefinitionRestoreView(DefinitionPress):
    def act(self, record: MetricDefinition) -> Any:
        return restore_metric(definition=record, by=self.request.user, now=timezone.now())
