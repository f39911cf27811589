"""What an admin gives to close a period, and to reopen one."""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from metrics.actions.books import MOST_GRACE
from metrics.errors import QuestionRefused
from metrics.periods import Period, containing, parse_period

USUAL_GRACE = 5


class CloseForm(forms.Form):
    """The period by name, and the days in which late data still counts."""

    period = forms.CharField(
        label=_("Period"), max_length=20, help_text=_("A month, quarter or year: 2026-09, 2026-Q3, 2026, FY2026-Q2.")
    )
    grace_days = forms.IntegerField(
        label=_("Days of grace"),
        min_value=0,
        max_value=MOST_GRACE,
        initial=USUAL_GRACE,
        help_text=_("So long late data still moves the reported figures. Then they freeze by themselves."),
    )

    def __init__(self, *args: Any, today: datetime.date, fiscal_start: int, **options: Any) -> None:
        last_month = containing(today, "month").previous().name
        super().__init__(*args, initial={"period": last_month, **options.pop("initial", {})}, **options)
        self.today, self.fiscal_start = today, fiscal_start

    def clean_period(self) -> Period:
        try:
            return parse_period(self.cleaned_data["period"], today=self.today, fiscal_start=self.fiscal_start)
        except QuestionRefused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


class ReopenForm(forms.Form):
    """Why a closed or frozen period is opened again."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Kept in the audit log. What was reported stays on record, but figures no longer refer to it."),
    )
