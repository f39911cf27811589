"""Invitation links: signed, for one user, good once and for some days.

A link dies with anything that makes it stale: a password that was set, a sign-in, another address, another invitation.
"""

import datetime

from django.core import signing
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.models import User

GOOD_FOR = datetime.timedelta(days=7)
_SALT = "accounts.invitations"


def is_invited(user: User) -> bool:
    """Whether the user may sign in but has neither done so nor set a password."""
    return user.is_active and user.last_login is None and not user.has_usable_password()


def invitation_path(user: User) -> str:
    """The address, without the host, at which the user sets a password."""
    return reverse("accounts:invitation", args=[signing.dumps([user.pk, _state_of(user)], salt=_SALT)])


def invited_user(token: str) -> User | None:
    """Whom a link was made for; None when it is made up, too old, or was used."""
    try:
        pk, state = signing.loads(token, salt=_SALT, max_age=GOOD_FOR)
    except (signing.BadSignature, ValueError):
        return None
    user = User.objects.filter(pk=pk).first()
    if user is None or not is_invited(user) or not constant_time_compare(state, _state_of(user)):
        return None
    return user


def _state_of(user: User) -> str:
    return salted_hmac(_SALT, f"{user.password}|{user.email}|{user.last_login}", algorithm="sha256").hexdigest()[:32]
