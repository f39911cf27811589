from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pipeline.forms.amounts import AmountField
from pipeline.forms.picks import DayField
from pipeline.models import Channel


class MendForm(forms.Form):
    """One field of a deal that was missing or is wrong. ``field`` says which; it has to be filled."""

    field = forms.ChoiceField(choices=[(name, name) for name in ("amount", "expected_close_on", "channel")])
    amount = AmountField(label=_("Amount"), required=False)
    expected_close_on = DayField(label=_("Expected close"), required=False)
    channel = forms.ModelChoiceField(Channel.objects.none(), label=_("Channel"), required=False)

    def __init__(self, *args: Any, user: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["channel"].queryset = Channel.objects.visible_to(user).order_by("name")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        name = data.get("field")
        if name and data.get(name) is None and name not in self.errors:
            self.add_error(name, _("Fill in what is missing."))
        return data

    def values(self) -> dict[str, Any]:
        """The field with its value, for the action."""
        name = self.cleaned_data["field"]
        return {name: self.cleaned_data[name]}

    def problem(self) -> str:
        """What is wrong, in one line, with the field's name."""
        name, texts = next(iter(self.errors.items()))
        return f"{self.fields[name].label or name}: {' '.join(map(str, texts))}"
