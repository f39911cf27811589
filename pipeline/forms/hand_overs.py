"""To whom a rep's work goes, and from which day on."""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Rep
from pipeline.forms.picks import DayField, RecordsField


class HandOverForm(forms.Form):
    to = RecordsField(
        Rep.objects.none(),
        label=gettext_lazy("To"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "With several, each customer goes as a whole to one of them, so that the open money is shared out evenly."
        ),
    )
    day = DayField(
        label=gettext_lazy("From"),
        help_text=gettext_lazy("Today, or the day on which it happened: figures of deals follow from then on."),
    )
    seen = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, rep: Rep, user: Any, today: datetime.date) -> None:
        super().__init__(data, initial={"day": today})
        self.today = today
        self.fields["day"].widget.attrs["max"] = today.isoformat()
        rows = Rep.objects.visible_to(user).filter(left_on=None).exclude(pk=rep.pk)
        self.fields["to"].queryset = rows.order_by("name", "pk")

    def clean_day(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["day"]
        if day > self.today:
            raise forms.ValidationError(_("Hand work over on the day itself, not before."))
        return day
