from typing import Any

from django import forms
from django.utils import dates
from django.utils.translation import gettext_lazy as _

from accounts.models import Company


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

    class Meta:
        model = Company
        fields = ("name", "fiscal_year_start_month", "rate_max_age_days", "leaderboard")
        labels = {"leaderboard": _("Reps may see company-wide figures and the leaderboard")}  # noqa: RUF012

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["fiscal_year_start_month"].help_text = _("FY2026 is the fiscal year that ends in 2026.")
