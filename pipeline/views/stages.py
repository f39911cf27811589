"""Pipelines, their stages, and why deals are lost: for admins."""

from decimal import Decimal
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts import formats
from accounts.actions.configuration import change_row, create_row
from accounts.views.form_pages import PressPage
from accounts.views.setting_pages import SettingList, SettingPage
from pipeline.actions.lost_reasons import change_lost_reason
from pipeline.actions.stages import (
    change_stage,
    create_pipeline,
    create_stage,
    delete_pipeline,
    delete_stage,
    move_stage,
    uses_of_pipeline,
)
from pipeline.forms.stages import LostReasonForm, PipelineForm, StageForm
from pipeline.gates import ASKABLE
from pipeline.models import LostReason, Pipeline, Stage
from pipeline.views.catalogue import DeleteUnused

HOME = "pipeline:pipeline_list"
HOME_LABEL = gettext_lazy("Pipelines and stages")


class PipelineListView(SettingList):
    template_name = "pipeline/settings_pipelines.html"

    def context(self) -> dict[str, Any]:
        live = Count("deals", filter=Q(deals__deleted_at=None, deals__outcome="open"))
        stages = Stage.objects.annotate(open_deals=live).order_by("position", "pk")
        pipelines = list(
            Pipeline.objects.visible_to(self.request.user)
            .prefetch_related(Prefetch("stages", stages))
            .order_by("position", "pk")
        )
        for pipeline in pipelines:
            for stage in pipeline.stages.all():
                stage.asks = [ASKABLE.get(name, name) for name in stage.required_fields]
                stage.chance = f"{formats.exact(Decimal(stage.probability_bp) / 100)}%"
        return {"pipelines": pipelines}


class PipelinePage(SettingPage):
    model = Pipeline
    form_class = PipelineForm
    home = HOME
    home_label = HOME_LABEL
    new_title = gettext_lazy("New pipeline")
    delete_name = "pipeline:pipeline_delete"

    def create(self, form: Form) -> Pipeline:
        return create_pipeline(by=self.request.user, now=timezone.now(), **form.cleaned_data)

    def change(self, form: Form) -> Pipeline:
        pipeline, _old = change_row(self.record, by=self.request.user, now=timezone.now(), **form.cleaned_data)
        return pipeline


class PipelineDeleteView(DeleteUnused):
    model = Pipeline
    home = HOME
    home_label = HOME_LABEL

    def uses(self) -> list[str]:
        return uses_of_pipeline(self.record)

    def act(self, form: Form) -> None:
        delete_pipeline(pipeline=self.record, by=self.request.user, now=timezone.now())


class StagePage(SettingPage):
    """Adds a stage to the pipeline that the address names, or changes one."""

    template_name = "pipeline/settings_stage.html"
    model = Stage
    home = HOME
    home_label = HOME_LABEL
    new_title = gettext_lazy("New stage")
    delete_name = "pipeline:stage_delete"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        pipelines = Pipeline.objects.visible_to(request.user)
        chosen = {"pk": kwargs["pipeline"]} if "pipeline" in kwargs else {"stages__pk": kwargs["pk"]}
        self.pipeline = get_object_or_404(pipelines, **chosen)
        return super().dispatch(request, *args, **kwargs)

    def form(self, data: Any = None) -> Form:
        if self.record is None:
            return StageForm(data, pipeline=self.pipeline)
        self.saved_name = str(self.record)
        return StageForm(data, instance=self.record, pipeline=self.pipeline)

    def create(self, form: Form) -> Stage:
        by, now = self.request.user, timezone.now()
        return create_stage(pipeline=self.pipeline, by=by, now=now, **form.cleaned_data)

    def change(self, form: Form) -> Stage:
        return change_stage(stage=self.record, by=self.request.user, now=timezone.now(), **form.cleaned_data)


class StageMoveView(PressPage):
    """One place up or down, as the button's ``steps`` says."""

    def records(self) -> QuerySet[Stage]:
        return Stage.objects.visible_to(self.request.user)

    def act(self, record: Stage) -> Stage:
        steps = 1 if self.request.POST.get("steps") == "1" else -1
        return move_stage(stage=record, steps=steps, by=self.request.user, now=timezone.now())

    def back(self, record: Stage) -> HttpResponse:
        return redirect(f"{reverse(HOME)}#stage-{record.pk}")


class StageDeleteView(DeleteUnused):
    model = Stage
    home = HOME
    home_label = HOME_LABEL

    def act(self, form: Form) -> None:
        delete_stage(stage=self.record, by=self.request.user, now=timezone.now())


class LostReasonListView(SettingList):
    template_name = "pipeline/settings_lost_reasons.html"

    def context(self) -> dict[str, Any]:
        rows = LostReason.objects.visible_to(self.request.user)
        return {"reasons": rows.annotate(lost=Count("deals", filter=Q(deals__deleted_at=None))).order_by("name", "pk")}


class LostReasonPage(SettingPage):
    model = LostReason
    form_class = LostReasonForm
    home = "pipeline:lost_reason_list"
    home_label = gettext_lazy("Lost reasons")
    new_title = gettext_lazy("New lost reason")
    delete_name = "pipeline:lost_reason_delete"

    def create(self, form: Form) -> LostReason:
        return create_row(LostReason, by=self.request.user, now=timezone.now(), **form.cleaned_data)

    def change(self, form: Form) -> LostReason:
        return change_lost_reason(reason=self.record, by=self.request.user, now=timezone.now(), **form.cleaned_data)


class LostReasonDeleteView(DeleteUnused):
    model = LostReason
    home = "pipeline:lost_reason_list"
    home_label = gettext_lazy("Lost reasons")
