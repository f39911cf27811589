from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.views import View

from accounts.actions.invitations import accept_invitation
from accounts.errors import ActionRefused
from accounts.forms.invitations import InvitationForm
from accounts.invitations import invited_user
from accounts.models import Company, User


class InvitationView(View):
    """Where an invitation link leads: the first password, and in."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        user = invited_user(token)
        return self.show(user, InvitationForm(user=user) if user else None)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        user = invited_user(token)
        form = InvitationForm(request.POST, user=user) if user else None
        if user is None or form is None or not form.is_valid():
            return self.show(user, form)
        try:
            user = accept_invitation(token=token, now=timezone.now(), **form.cleaned_data)
        except ActionRefused:
            return self.show(None, None)
        login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
        return redirect(resolve_url(settings.LOGIN_REDIRECT_URL))

    def show(self, user: User | None, form: InvitationForm | None) -> HttpResponse:
        context: dict[str, Any] = {"form": form, "is_expired": user is None, "company": Company.current().name}
        status = 410 if user is None else 422 if form is not None and form.is_bound else 200
        return render(
            self.request, "accounts/invitation.html", context | {"email": getattr(user, "email", "")}, status=status
        )
