"""Inviting a user by mail, and taking up the invitation."""

import datetime
from smtplib import SMTPException

from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.actions.audit import write_audit
from accounts.actions.configuration import check_admin, locked_row
from accounts.errors import ActionRefused
from accounts.invitations import GOOD_FOR, invitation_path, invited_user, is_invited
from accounts.models import Company, User


def send_invitation(*, user: User, site: str, by: User | None, now: datetime.datetime) -> None:
    """Mail a link to a user who has not signed in yet; earlier links stop working.

    ``site`` is where people reach the program, such as https://sales.example.com. Raises ActionRefused when there is
    nothing to invite to any more, or when the mail can't be sent; then the user is as before.
    """
    with transaction.atomic():
        check_admin(by)
        user = locked_row(user)
        if not is_invited(user):
            raise ActionRefused(_("%(user)s needs no invitation any more.") % {"user": user})
        user.set_unusable_password()
        user.save(update_fields=["password"])
        write_audit(action="invite", subject=user, by=by, now=now, detail={"to": user.email})
    context = {
        "user": user,
        "by": by,
        "company": Company.current().name,
        "url": site.rstrip("/") + invitation_path(user),
        "days": GOOD_FOR.days,
    }
    with translation.override(user.language or translation.get_language()):
        subject = render_to_string("email/invitation_subject.txt", context).strip()
        text = render_to_string("email/invitation.txt", context)
    try:
        send_mail(" ".join(subject.split()), text, None, [user.email])
    except (OSError, SMTPException) as error:
        message = _("The mail to %(email)s was not sent: the mail server does not answer or refuses it.")
        raise ActionRefused(message % {"email": user.email}) from error


@transaction.atomic
def accept_invitation(*, token: str, name: str, password: str, now: datetime.datetime) -> User:
    """Set the first password of the invited user. ActionRefused when the link was used or is too old."""
    user = invited_user(token)
    if user is not None:
        locked_row(user)
        user = invited_user(token)
    if user is None:
        raise ActionRefused(_("This invitation no longer works."))
    user.name = name
    user.set_password(password)
    user.save(update_fields=["name", "password"])
    write_audit(action="accept invitation", subject=user, by=user, now=now)
    return user
