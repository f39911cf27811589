import zoneinfo
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import User

UNSET = "unset"


class PreferencesForm(forms.ModelForm):
    """What a user may choose for himself."""

    time_zone = forms.ChoiceField(label=_("Time zone"))
    language = forms.ChoiceField(label=_("Language"), widget=forms.RadioSelect)
    number_format = forms.ChoiceField(label=_("Figures"), widget=forms.RadioSelect, required=False)

    class Meta:
        model = User
        fields = ("name", "time_zone", "language", "number_format", "theme", "shortcuts")
        widgets: ClassVar[dict[str, Any]] = {"theme": forms.RadioSelect}
        labels: ClassVar[dict[str, Any]] = {"shortcuts": _("Single keys are shortcuts")}
        help_texts: ClassVar[dict[str, Any]] = {
            "shortcuts": _("Such as l to log an activity. Ctrl Enter and Esc always work.")
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["time_zone"].choices = [(UNSET, _("The company's")), *((name, name) for name in zone_names())]
        self.fields["language"].choices = [(UNSET, _("As the browser")), *settings.LANGUAGES]
        formats = User.NumberFormat.choices
        self.fields["number_format"].choices = [(UNSET, _("As in the language")), *formats]
        for name in ("time_zone", "language", "number_format"):
            self.initial[name] = getattr(self.instance, name) or UNSET

    def clean_time_zone(self) -> str:
        return chosen(self.cleaned_data["time_zone"])

    def clean_language(self) -> str:
        return chosen(self.cleaned_data["language"])

    def clean_number_format(self) -> str:
        return chosen(self.cleaned_data["number_format"])


def chosen(value: str) -> str:
    """What was picked; empty for the choice that leaves it to somebody else."""
    return "" if value == UNSET else value


def zone_names() -> list[str]:
    """Zones by region and city, as people know them, and UTC."""
    names = {name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith("Etc/")}
    return sorted(names | {"UTC"})
