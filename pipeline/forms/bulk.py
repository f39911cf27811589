"""What is to become of many records at once, and which ones."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Rep
from accounts.roles import Role
from pipeline.bulk import MOST, BulkRow
from pipeline.forms.picks import DayField
from pipeline.models import ForecastCategory, Outcome, Stage

_PICKED = re.compile(r"\d{1,18}:\d{1,9}( \d{1,18}:\d{1,9})*")


class BulkForm(forms.Form):
    """The records with the versions that were looked at, and the changes; an empty field stays as it is."""

    picked = forms.CharField(widget=forms.HiddenInput, max_length=30 * MOST)
    owner = forms.ModelChoiceField(Rep.objects.none(), label=_("Owner"), required=False)

    def __init__(self, *args: Any, user: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["owner"].queryset = owners_for(user)
        self.fields["owner"].empty_label = _("Leave as it is")

    def clean_picked(self) -> list[tuple[int, int]]:
        text = self.cleaned_data["picked"]
        if not _PICKED.fullmatch(text):
            raise forms.ValidationError(_("Pick the records in the list again."))
        pairs = [tuple(int(part) for part in pair.split(":")) for pair in text.split()]
        if len(pairs) > MOST:
            raise forms.ValidationError(_("At most %(most)s records can be changed at once.") % {"most": MOST})
        return pairs  # type: ignore[return-value]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not self.values():
            raise forms.ValidationError(_("Choose at least one change."))
        return data

    def values(self) -> dict[str, Any]:
        """The changes that were chosen."""
        data = self.cleaned_data
        return {name: data[name] for name in self.fields if name != "picked" and data.get(name) not in (None, "")}

    def rows(self) -> list[BulkRow]:
        values = self.values()
        return [BulkRow(pk, values, version) for pk, version in self.cleaned_data["picked"]]

    def chosen(self) -> list[tuple[Any, str]]:
        """The changes in words: field, new value."""
        chosen = []
        for name, value in self.values().items():
            words = dict(getattr(self.fields[name], "choices", ())) if isinstance(value, str) else {}
            chosen.append((self.fields[name].label, words.get(value, value)))
        return chosen


class BulkDealForm(BulkForm):
    stage = forms.ModelChoiceField(Stage.objects.none(), label=_("Stage"), required=False)
    expected_close_on = DayField(label=_("Expected close"), required=False)
    forecast_category = forms.ChoiceField(label=_("Category"), required=False)

    field_order = ("picked", "stage", "expected_close_on", "forecast_category", "owner")

    def __init__(self, *args: Any, user: Any, **options: Any) -> None:
        super().__init__(*args, user=user, **options)
        if user.role == Role.REP:
            del self.fields["owner"]
        stages = Stage.objects.visible_to(user).filter(outcome=Outcome.OPEN).select_related("pipeline")
        field = self.fields["stage"]
        field.queryset = stages.order_by("pipeline__position", "pipeline", "position", "pk")
        field.empty_label = _("Leave as it is")
        several = len({stage.pipeline_id for stage in field.queryset}) > 1
        field.label_from_instance = lambda stage: f"{stage.pipeline}: {stage}" if several else str(stage)
        leave = ("", _("Leave as it is"))
        self.fields["forecast_category"].choices = [leave, *ForecastCategory.choices]
        self.fields["expected_close_on"].help_text = _("Empty: leave as it is.")


def owners_for(user: Any) -> Any:
    """To whom the user may give records: a rep to himself, others to who is there and in sight."""
    reps = Rep.objects.filter(user=user) if user.role == Role.REP else Rep.objects.visible_to(user)
    return reps.filter(left_on=None).order_by("name", "pk")
