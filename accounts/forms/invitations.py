from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_text_html, validate_password
from django.utils.functional import lazystr
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class InvitationForm(forms.Form):
    """How the invited user is called, and the first password."""

    name = forms.CharField(label=_("Name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=lazystr(password_validators_help_text_html()),
    )

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user
        self.fields["name"].initial = user.name

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("password"):
            self.user.name = data.get("name") or self.user.name
            try:
                validate_password(data["password"], self.user)
            except forms.ValidationError as problems:
                self.add_error("password", problems)
        return data
