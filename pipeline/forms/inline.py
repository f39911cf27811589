"""A deal's row of the list as a form: what changes most often, without leaving the list."""

from typing import Any

from django import forms
from django.core.validators import MinValueValidator
from django.utils.translation import gettext_lazy as _

from pipeline.forms.amounts import AmountField
from pipeline.forms.picks import DayField, VersionField
from pipeline.models import Deal, ForecastCategory, Outcome, Stage

VALUES = ("amount", "expected_close_on", "forecast_category")


class DealRowForm(forms.Form):
    """Stage, amount, expected close and category of an open deal."""

    stage = forms.ModelChoiceField(Stage.objects.none(), label=_("Stage"), empty_label=None)
    amount = AmountField(label=_("Amount"), required=False)
    expected_close_on = DayField(label=_("Expected close"), required=False)
    forecast_category = forms.ChoiceField(
        label=_("Category"), required=False, choices=[("", _("The stage's")), *ForecastCategory.choices]
    )
    version = VersionField()

    def __init__(self, data: Any = None, *, deal: Deal, user: Any) -> None:
        super().__init__(data, initial={name: getattr(deal, name) for name in (*VALUES, "stage", "version")})
        stages = Stage.objects.visible_to(user).filter(pipeline=deal.pipeline_id, outcome=Outcome.OPEN)
        self.fields["stage"].queryset = stages.order_by("position", "pk")
        self.fields["amount"].label = _("Amount, %(currency)s") % {"currency": deal.currency}
        if deal.kind != Deal.Kind.CREDIT:
            self.fields["amount"].validators.append(MinValueValidator(0))

    def in_row(self, form_id: str) -> "DealRowForm":
        """With fields that belong to a form elsewhere on the page, since a table's row can't hold one."""
        for name, field in self.fields.items():
            look = "form-select" if isinstance(field, forms.ChoiceField) else "form-control"
            field.widget.attrs |= {"form": form_id, "class": look, "aria-label": str(field.label)}
            if name == "stage":
                field.widget.attrs["autofocus"] = True
        return self

    def values(self) -> dict[str, Any]:
        """Fields of the deal besides its stage."""
        return {name: self.cleaned_data[name] for name in VALUES}
