"""What an admin gives to have the statements of a period calculated."""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Company
from metrics.errors import QuestionRefused
from metrics.incentives.statements import parse_stated
from metrics.periods import Period, containing


class CalculateForm(forms.Form):
    """The month or quarter by name."""

    period = forms.CharField(
        label=_("Period"), max_length=20, help_text=_("A month or a quarter, as plans state it: 2026-09, 2026-Q3.")
    )

    def __init__(self, *args: Any, today: datetime.date, company: Company, **options: Any) -> None:
        last_month = containing(today, "month").previous().name
        super().__init__(*args, initial={"period": last_month}, **options)
        self.today, self.company = today, company

    def clean_period(self) -> Period:
        try:
            return parse_stated(self.cleaned_data["period"], self.company, self.today)
        except QuestionRefused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
