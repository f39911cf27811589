import datetime
from typing import Any, ClassVar

from django import forms
from django.utils import dates
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Company, Holiday

MOST_HOLIDAYS = 2000
LONGEST_NAME = 100
_CLOCK = forms.TimeInput(format="%H:%M", attrs={"type": "time"})


class CompanyForm(forms.ModelForm):
    """What an admin may change about the company. Its zone and currency are shown, but stay."""

    fiscal_year_start_month = forms.TypedChoiceField(
        label=_("Fiscal year starts in"), coerce=int, choices=[(number, name) for number, name in dates.MONTHS.items()]
    )
    rate_max_age_days = forms.IntegerField(
        label=_("An exchange rate is good for, days"),
        min_value=0,
        max_value=3660,
        help_text=_("An amount without a rate that young stays out of sums and is counted as not converted."),
    )

    working_weekdays = forms.MultipleChoiceField(
        label=_("Working days"),
        choices=[(str(number + 1), name) for number, name in dates.WEEKDAYS.items()],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Pace to a target goes by working days."),
    )
    opens_at = forms.TimeField(label=_("Work begins at"), widget=_CLOCK)
    closes_at = forms.TimeField(
        label=_("Work ends at"),
        widget=_CLOCK,
        help_text=_("How long a new lead waits for its first answer is counted in these hours of working days."),
    )
    response_goal_minutes = forms.IntegerField(
        label=_("A new lead is answered within, minutes"),
        required=False,
        min_value=1,
        max_value=60_000,
        help_text=_("Of these hours. Its clock turns yellow at half of it and red behind it. Empty: a working day."),
    )
    holidays = forms.CharField(
        label=_("Holidays"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=_("One a line: the day, then its name, such as 2026-12-25 Christmas Day."),
    )

    pay_alert_percent = forms.IntegerField(
        label=_("Alert when a calculation changes a statement by more than, %"),
        required=False,
        min_value=1,
        max_value=1000,
        help_text=_("Such statements are marked until somebody reviews them, and admins get a mail. Empty: no alerts."),
    )

    class Meta:
        model = Company
        fields = (
            "name",
            "fiscal_year_start_month",
            "rate_max_age_days",
            "working_weekdays",
            "opens_at",
            "closes_at",
            "response_goal_minutes",
            "leaderboard",
            "pay_alert_percent",
        )
        labels: ClassVar[dict[str, Any]] = {"leaderboard": _("Reps may see company-wide figures and the leaderboard")}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["fiscal_year_start_month"].help_text = _("FY2026 is the fiscal year that ends in 2026.")
        self.initial["working_weekdays"] = list(self.instance.working_weekdays)
        self.initial["holidays"] = "\n".join(map(str, Holiday.objects.all()))

    def clean_working_weekdays(self) -> str:
        return "".join(sorted(self.cleaned_data["working_weekdays"]))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        opens, closes = data.get("opens_at"), data.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", gettext("Work must end later than it begins."))
        return data

    def clean_holidays(self) -> dict[datetime.date, str]:
        """Each day with its name. A line that is no day is named with its number."""
        lines = self.cleaned_data["holidays"].splitlines()
        if len(lines) > MOST_HOLIDAYS:
            raise forms.ValidationError(gettext("At most %s lines are allowed.") % MOST_HOLIDAYS)
        found: dict[datetime.date, str] = {}
        for number, line in enumerate(lines, 1):
            text, _blank, name = line.strip().partition(" ")
            if text:
                found[_holiday(number, text)] = name.strip()[:LONGEST_NAME]
        return found


def _holiday(number: int, text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as error:
        message = gettext("Line %(number)s: “%(text)s” is no day such as 2026-12-25.")
        raise forms.ValidationError(message % {"number": number, "text": text[:40]}) from error
