"""Who may sign in: for admins."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Q, QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views import View

from accounts import formats
from accounts.actions.invitations import send_invitation
from accounts.actions.users import activate_user, change_user, create_user, deactivate_user
from accounts.errors import ActionRefused
from accounts.forms.users import NewUserForm, UserForm
from accounts.invitations import invitation_path, is_invited
from accounts.keyset import KeysetPage, Sort
from accounts.models import User
from accounts.roles import Role
from accounts.views.form_pages import PressPage, answered_as_pages
from accounts.views.listing import Column, Filter, ListPage
from accounts.views.setting_pages import SettingPage, crumbs

INVITED = Q(is_active=True, last_login=None, password__startswith=UNUSABLE_PASSWORD_PREFIX)
STATES = {
    "active": Q(is_active=True) & ~INVITED,
    "invited": INVITED,
    "inactive": Q(is_active=False),
}


def state_of(user: User) -> str:
    """active, invited or inactive."""
    if not user.is_active:
        return "inactive"
    return "invited" if is_invited(user) else "active"


def has_mail_server() -> bool:
    """Whether mails leave the program; else an admin hands over the link."""
    return not settings.EMAIL_BACKEND.endswith("console.EmailBackend")


class UserListView(ListPage):
    template_name = "accounts/user_list.html"
    kind = "users"
    sorts: ClassVar = {
        "name": (gettext_lazy("name"), Sort("name")),
        "email": (gettext_lazy("e-mail"), Sort("email")),
        "seen": (gettext_lazy("last sign-in"), Sort("last_login", down=True)),
        "new": (gettext_lazy("newest"), Sort("date_joined", down=True)),
    }
    columns: ClassVar = [
        *(Column(name, lambda user, name=name: getattr(user, name)) for name in ("email", "name", "role")),
        Column("state", state_of),
        Column("last_login", lambda user: user.last_login),
    ]

    def filters(self) -> list[Filter]:
        states = [("", _("any")), ("active", _("Active")), ("invited", _("Invited")), ("inactive", _("Inactive"))]
        return [
            Filter("q", _("Name or e-mail"), is_text=True),
            Filter("role", _("Role"), [("", _("any")), *((key, str(word)) for key, word in Role.choices)]),
            Filter("state", _("State"), states),
        ]

    def rows(self, chosen: dict[str, str]) -> QuerySet[User]:
        rows = User.objects.select_related("rep__team")
        if chosen["q"]:
            rows = rows.filter(Q(name__icontains=chosen["q"]) | Q(email__icontains=chosen["q"]))
        if chosen["role"]:
            rows = rows.filter(role=chosen["role"])
        if chosen["state"]:
            rows = rows.filter(STATES[chosen["state"]])
        return rows

    def page(self, found: KeysetPage[User], chosen: dict[str, str]) -> dict[str, Any]:
        for user in found.rows:
            user.state = state_of(user)
        return {"crumbs": crumbs()}

    def shown_text(self, total: int, *, is_all: bool) -> str:
        return ngettext("%s user", "%s users", total) % (formats.number(total) + ("" if is_all else "+"))


class UserPage(SettingPage):
    """Invites a user, or changes one."""

    template_name = "accounts/user_form.html"
    model = User
    home = "accounts:user_list"
    home_label = gettext_lazy("Users")
    new_title = gettext_lazy("Invite a user")

    def form(self, data: Any = None) -> Form:
        if self.record is None:
            return NewUserForm(data)
        self.saved_name = str(self.record)
        self.state = state_of(self.record)
        self.is_own = self.record.pk == self.request.user.pk
        return UserForm(data, instance=self.record)

    def page(self, form: Form) -> dict[str, Any]:
        context = super().page(form)
        if self.record is None:
            return {**context, "verb": _("Invite"), "icon": "mail"}
        link = ""
        if self.state == "invited" and not has_mail_server():
            link = self.request.build_absolute_uri(invitation_path(self.record))
        return {**context, "state": self.state, "is_own": self.is_own, "link": link}

    def create(self, form: Form) -> User:
        return create_user(by=self.request.user, now=timezone.now(), **form.cleaned_data)

    def change(self, form: Form) -> User:
        return change_user(user=self.record, by=self.request.user, now=timezone.now(), **form.cleaned_data)

    def done(self, result: User) -> HttpResponse:
        if self.record is not None:
            return super().done(result)
        return invite(self.request, result)


class UserInviteAgainView(View):
    http_method_names: ClassVar = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        with answered_as_pages():
            return invite(request, get_object_or_404(User, pk=pk))


class UserDeactivateView(PressPage):
    def records(self) -> QuerySet[User]:
        return User.objects.all()

    def act(self, record: User) -> User:
        return deactivate_user(user=record, by=self.request.user, now=timezone.now())

    def done(self, record: User, result: User) -> HttpResponse:
        text = _("%(user)s is signed out everywhere and can't sign in any more.") % {"user": record}
        undo = reverse("accounts:user_activate", args=[record.pk])
        messages.success(self.request, text, extra_tags=f"undo:{undo}")
        return self.back(record)

    def back(self, record: User) -> HttpResponse:
        return redirect("accounts:user_edit", pk=record.pk)


class UserActivateView(UserDeactivateView):
    def act(self, record: User) -> User:
        return activate_user(user=record, by=self.request.user, now=timezone.now())

    def done(self, record: User, result: User) -> HttpResponse:
        messages.success(self.request, _("%(user)s can sign in again.") % {"user": record})
        return self.back(record)


def invite(request: HttpRequest, user: User) -> HttpResponse:
    """Send the invitation and say how that went; without a mail server, show the link to hand over."""
    try:
        send_invitation(user=user, site=request.build_absolute_uri("/"), by=request.user, now=timezone.now())
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("accounts:user_edit", pk=user.pk)
    if not has_mail_server():
        messages.success(request, _("No mail server is set, so hand over the link below yourself."))
        return redirect("accounts:user_edit", pk=user.pk)
    messages.success(request, _("An invitation is on its way to %(email)s.") % {"email": user.email})
    return redirect("accounts:user_list")
