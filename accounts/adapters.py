"""Where signing in differs from allauth's own way."""

import base64
import hashlib
import ipaddress
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User


def is_loopback(request: HttpRequest) -> bool:
    """Whether the browser runs on this machine and asked for it by a loopback name."""
    host = request.get_host().rpartition(":")[0] or request.get_host()
    try:
        near = ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
    return near and host in {"127.0.0.1", "localhost", "[::1]"}


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by an admin's invitation; the sample company's people sign in on this machine only."""

    error_messages: ClassVar[dict[str, Any]] = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": gettext_lazy("E-mail and password don’t match."),
        "incorrect_password": gettext_lazy("That is not your password."),
        "incorrect_code": gettext_lazy("That code is not the current one. Take the newest and try again."),
        "too_many_login_attempts": gettext_lazy("Too many tries. Wait some minutes, then try again."),
        "rate_limited": gettext_lazy("Too many requests. Wait some minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        if user.email.endswith(f"@{settings.SAMPLE_DOMAIN}") and not is_loopback(request):
            messages.error(request, _("The sample sign-ins work only on the machine that runs the program."))
            return redirect(settings.LOGIN_URL)
        return super().pre_login(request, user, **kwargs)


class CompanySignInAdapter(DefaultSocialAccountAdapter):
    """The company's identity provider lets in who already has an account here."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False


class SecondFactorAdapter(DefaultMFAAdapter):
    """Keeps the secrets of authenticator apps encrypted, so that a copy of the database is no second factor."""

    def encrypt(self, text: str) -> str:
        return self.box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return self.box().decrypt(encrypted_text.encode()).decode()

    @staticmethod
    def box() -> MultiFernet:
        keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
        return MultiFernet([Fernet(base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest())) for key in keys])
