from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.users import change_preferences
from accounts.forms.preferences import PreferencesForm
from accounts.models import User
from accounts.views.form_pages import FormPage


class ProfileView(FormPage):
    """A user's own name, zone, language, look and keys."""

    template_name = "accounts/profile.html"

    def form(self, data=None) -> Form:
        return PreferencesForm(data, instance=User.objects.get(pk=self.request.user.pk))

    def act(self, form: Form) -> User:
        return change_preferences(user=self.request.user, now=timezone.now(), **form.cleaned_data)

    def page(self, form: Form) -> dict:
        return {"title": _("Preferences"), "verb": _("Save preferences")}

    def done(self, result: User) -> HttpResponse:
        messages.success(self.request, _("Preferences saved."))
        return redirect("accounts:profile")
