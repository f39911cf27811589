"""Writes of disputes: the payee opens one about a line, both sides write, an admin who is not the payee decides."""

import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.audit import write_audit
from accounts.business_dates import business_date
from accounts.errors import ActionRefused, NotAllowed
from accounts.models import Company, User
from accounts.roles import Role
from metrics.actions.statements import check_may_approve
from metrics.errors import QuestionRefused
from metrics.incentives.lines import Line, money_text
from metrics.incentives.statements import parse_stated, statements_of
from metrics.models import Dispute, DisputeMessage, Statement

DAYS_TO_ANSWER = 14
MOST_TEXT = 5000
Outcome = Dispute.Outcome


def line_words(line: Line, currency: str) -> str:
    """A line as a dispute quotes it."""
    what = " · ".join(part for part in (line.component or line.kind, line.deal_key, line.of_period) if part)
    return f"{what}: {money_text(line.amount, currency)} {currency} ({line.text})"


def disputed_lines(statement: Statement, now: datetime.datetime) -> list[str]:
    """The lines of a statement as it stands now, in words, in their order. Raises QuestionRefused."""
    company = Company.current()
    period = parse_stated(statement.period, company, business_date(now, company.zone))
    for view in statements_of(statement.rep, period, company=company, now=now):
        if view.version.id == statement.version_id:
            return [line_words(line, view.currency) for line in view.lines]
    return []


def check_is_payee(statement: Statement, by: User) -> None:
    """NotAllowed for everybody but who the statement pays."""
    if statement.rep.user_id != by.pk or not by.is_active:
        raise NotAllowed(_("Only who is paid disputes a line."), "by")


@transaction.atomic
def open_dispute(*, statement: Statement, line: int, text: str, by: User, now: datetime.datetime) -> Dispute:
    """Doubt a line of a statement, counted from 1. Raises ActionRefused, NotAllowed."""
    check_is_payee(statement, by)
    try:
        lines = disputed_lines(statement, now)
    except QuestionRefused as refusal:
        raise ActionRefused(str(refusal), "line") from refusal
    if not 1 <= line <= len(lines):
        raise ActionRefused(_("The statement has lines 1 to %s.") % len(lines), "line")
    due = business_date(now, Company.current().zone) + datetime.timedelta(days=DAYS_TO_ANSWER)
    row = Dispute.objects.create(
        statement=statement, about=f"{line}. {lines[line - 1]}"[:900], opened_by=by, opened_at=now, due_on=due,
        is_sample=statement.is_sample,
    )  # fmt: skip
    _say(row, text, by, now)
    write_audit(action="create", subject=row, by=by, now=now)
    return row


@transaction.atomic
def answer_dispute(
    *, dispute: Dispute, text: str, by: User, now: datetime.datetime, outcome: str = Outcome.OPEN
) -> Dispute:
    """Write into a dispute, and close it where ``outcome`` says so: the payee withdraws, an admin accepts or rejects.

    Raises ActionRefused, NotAllowed.
    """
    row = Dispute.objects.select_for_update(of=("self",)).select_related("statement__rep").get(pk=dispute.pk)
    allowed = outcomes_for(row, by)
    if not row.is_open:
        raise ActionRefused(_("This dispute is closed."), "outcome")
    if outcome not in (Outcome.OPEN, *allowed):
        raise ActionRefused(_("Possible are %s.") % ", ".join(allowed), "outcome")
    _say(row, text, by, now)
    if outcome != Outcome.OPEN:
        row.outcome, row.closed_by, row.closed_at = outcome, by, now
        row.save(update_fields=["outcome", "closed_by", "closed_at"])
        write_audit(action="close", subject=row, by=by, now=now, detail={"to": {"outcome": outcome}})
    return row


def outcomes_for(dispute: Dispute, by: User) -> list[str]:
    """How a user may close a dispute. NotAllowed for who has no say in it."""
    if dispute.statement.rep.user_id == by.pk:
        return [Outcome.WITHDRAWN.value]
    if by.role != Role.ADMIN:
        raise NotAllowed(_("Only who is paid and admins write into a dispute."), "by")
    check_may_approve(dispute.statement.rep, by)
    return [Outcome.ACCEPTED.value, Outcome.REJECTED.value]


def _say(dispute: Dispute, text: str, by: User, now: datetime.datetime) -> None:
    said = text.strip()
    if not said or len(said) > MOST_TEXT:
        raise ActionRefused(_("Write 1 to %s characters.") % MOST_TEXT, "text")
    if "\0" in said:
        raise ActionRefused(_("Null characters are not allowed."), "text")
    DisputeMessage.objects.create(dispute=dispute, text=said, by=by, at=now, is_sample=dispute.is_sample)
