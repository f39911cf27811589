from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.actions.users import SELLING, normal_email
from accounts.models import Team, User


class UserForm(forms.ModelForm):
    """Who may sign in, as what."""

    class Meta:
        model = User
        fields = ("name", "email", "role")
        help_texts: ClassVar[dict[str, Any]] = {"role": _("A new role signs the user out everywhere.")}

    def clean_email(self) -> str:
        return normal_email(self.cleaned_data["email"])


class NewUserForm(UserForm):
    """Whom to invite. Who sells may get a team at once."""

    team = forms.ModelChoiceField(
        Team.objects.none(),
        label=_("Team"),
        required=False,
        empty_label=_("None yet"),
        help_text=_("A rep's team, or the one that a manager heads."),
    )
    hired_on = forms.DateField(
        label=_("First day of work"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("From then on a rep counts as capacity; empty: always."),
    )

    class Meta(UserForm.Meta):
        help_texts: ClassVar[dict[str, Any]] = {}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["team"].queryset = Team.objects.order_by("name")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("role") not in SELLING:
            for name in ("team", "hired_on"):
                if data.get(name):
                    self.add_error(name, _("Only reps and managers have one. Leave it empty."))
        return data
