"""Sellers and their teams, as admins set them up."""

from typing import Any, ClassVar

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.actions.users import SELLING
from accounts.models import Rep, Team, User
from pipeline.forms.picks import DayField


class RepForm(forms.ModelForm):
    """A seller. The team is asked for a new one; later it changes from a day on, on a page of its own."""

    hired_on = DayField(label=_("First day of work"), required=False, help_text=_("Empty: from the beginning."))
    left_on = DayField(label=_("Last day of work"), required=False, help_text=_("Empty: still here."))
    external_id = forms.CharField(
        label=_("External id"),
        max_length=200,
        required=False,
        empty_value=None,
        help_text=_("How imports name the rep, besides the e-mail."),
    )

    class Meta:
        model = Rep
        fields = (
            "name", "email", "external_id", "user", "team", "hired_on", "left_on", "ramp_months", "counts_as_capacity",
        )  # fmt: skip
        help_texts: ClassVar[dict[str, Any]] = {
            "user": _("Who signs in as this rep. Imported history may have nobody."),
            "ramp_months": _("Targets grow to the full one over these months."),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        users = User.objects.filter(Q(rep=None, is_active=True, role__in=SELLING) | Q(pk=self.instance.user_id))
        self.fields["user"].queryset = users.order_by("name", "pk")
        self.fields["user"].empty_label = _("Nobody")
        if self.instance.pk:
            del self.fields["team"]
        else:
            self.fields["team"].queryset = Team.objects.order_by("name")
            self.fields["team"].label = _("Team")
            self.fields["team"].empty_label = _("None yet")

    def clean_email(self) -> str | None:
        return (self.cleaned_data["email"] or "").strip().lower() or None


class TeamChangeForm(forms.Form):
    """From which day on a rep is in which team."""

    team = forms.ModelChoiceField(Team.objects.none(), label=_("Team"), required=False, empty_label=_("No team"))
    day = DayField(label=_("From"), required=False, help_text=_("The first day in it. Empty: from the beginning."))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["team"].queryset = Team.objects.order_by("name")
