"""Pipelines, their stages and the reasons why deals are lost, as admins set them up."""

from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from pipeline.forms.percents import PercentField
from pipeline.gates import ASKABLE
from pipeline.models import ForecastCategory, LostReason, Outcome, Pipeline, Stage

OPEN_CATEGORIES = [choice for choice in ForecastCategory.choices if choice[0] != ForecastCategory.CLOSED]


class PipelineForm(forms.ModelForm):
    class Meta:
        model = Pipeline
        fields = ("name",)


class StageForm(forms.ModelForm):
    """A step of a pipeline. Probability and category are asked for open stages; closing ones have theirs."""

    probability = PercentField(
        label=_("Probability of winning, %"), required=False, help_text=_("Of a deal that has none of its own.")
    )
    forecast_category = forms.ChoiceField(label=_("Forecast category"), choices=OPEN_CATEGORIES, required=False)
    outcome = forms.ChoiceField(
        label=_("A deal in it is"), choices=Outcome.choices, widget=forms.RadioSelect, initial=Outcome.OPEN
    )
    rot_after_days = forms.IntegerField(
        label=_("Marked as rotting after, days"),
        required=False,
        min_value=1,
        max_value=3650,
        help_text=_("Empty: never."),
    )
    required_fields = forms.MultipleChoiceField(
        label=_("What a deal must have to enter it"),
        choices=list(ASKABLE.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Stage
        fields = ("name", "outcome", "forecast_category", "rot_after_days", "required_fields")

    field_order = ("name", "outcome", "probability", "forecast_category", "rot_after_days", "required_fields")

    def __init__(self, *args: Any, pipeline: Pipeline, **options: Any) -> None:
        super().__init__(*args, **options)
        self.pipeline = pipeline
        stage = self.instance
        is_open = self["outcome"].value() == Outcome.OPEN
        self.fields["probability"].required = self.fields["forecast_category"].required = is_open
        if stage.pk:
            self.fields["probability"].initial = Decimal(stage.probability_bp) / 10_000
            kept = [name for name in stage.required_fields if name not in ASKABLE]
            self.fields["required_fields"].choices += [(name, name) for name in kept]
        else:
            self.initial["forecast_category"] = ForecastCategory.PIPELINE

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        others = Stage.objects.filter(pipeline=self.pipeline, name=name).exclude(pk=self.instance.pk)
        if others.exists():
            raise forms.ValidationError(_("This pipeline has a stage of this name already."))
        return name

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        probability = data.pop("probability", None)
        if data.get("outcome") != Outcome.OPEN:
            data.pop("forecast_category", None)
            if "next_step_on" in data.get("required_fields", ()):
                self.add_error(
                    "required_fields", _("A closed deal has no next step, so a stage that closes can’t ask for one.")
                )
        elif probability is not None:
            data["probability_bp"] = int(probability * 10_000)
        return data


class LostReasonForm(forms.ModelForm):
    class Meta:
        model = LostReason
        fields = ("name", "counts")
        help_texts: ClassVar[dict[str, Any]] = {
            "counts": _("Off for duplicates, spam and tests: deals lost for them leave every count and rate.")
        }
