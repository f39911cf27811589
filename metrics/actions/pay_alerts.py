"""The mail that tells admins which statements a nightly calculation changed by more than what is usual."""

from collections.abc import Sequence
from smtplib import SMTPException

import structlog
from django.core.mail import send_mail
from django.template.loader import render_to_string

from accounts.models import Company, User
from accounts.roles import Role
from metrics.pay.moves import Move

log = structlog.get_logger(__name__)
MOST_NAMED = 50


def mail_moves(moves: Sequence[Move]) -> int:
    """Mail them to the active admins; to how many. A mail server that does not answer is logged: pages say it too."""
    to = list(User.objects.filter(role=Role.ADMIN, is_active=True).order_by("pk").values_list("email", flat=True))
    if not moves or not to:
        return 0
    company = Company.current()
    context = {
        "company": company.name,
        "percent": company.pay_alert_percent,
        "count": len(moves),
        "moves": moves[:MOST_NAMED],
        "more": max(0, len(moves) - MOST_NAMED),
    }
    subject = render_to_string("email/pay_alert_subject.txt", context)
    text = render_to_string("email/pay_alert.txt", context)
    try:
        for address in to:
            send_mail(" ".join(subject.split()), text, None, [address])
    except (OSError, SMTPException):
        log.exception("the mail about changed statements was not sent")
        return 0
    return len(to)
