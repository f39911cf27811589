"""Writes of statements: approving a period freezes what it pays and the facts behind it; paying only marks it."""

import datetime
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.audit import write_audit
from accounts.business_dates import business_date
from accounts.errors import ActionRefused, NotAllowed, StaleVersion
from accounts.models import Company, Rep, User
from accounts.models.team import managed_team_ids
from accounts.roles import Role
from metrics.incentives.company_facts import CompanyFacts
from metrics.incentives.hashing import content_hash
from metrics.incentives.statements import Book, View
from metrics.incentives.stored_facts import dump_facts
from metrics.models import Approval, Statement, StatementLine
from metrics.periods import DAY, Period
from metrics.pricing import priced


@transaction.atomic
def approve_statements(
    *, rep: Rep, period: Period, by: User, now: datetime.datetime, seen: Sequence[str] | None = None
) -> list[Statement]:
    """Freeze a rep's statements of a period; all of its plan versions at once, in the order of periods.

    ``seen``: hashes of what the approver looked at; StaleVersion with the present views when it is something else by
    now. Raises ActionRefused, NotAllowed, QuestionRefused.
    """
    company = Company.current()
    # One after the other for each rep: of two approvers the second one finds it approved.
    rep = Rep.objects.select_for_update(of=("self",)).get(pk=rep.pk)
    check_may_approve(rep, by)
    shared = CompanyFacts(company, business_date(now, company.zone))
    book = Book.open(rep, period, shared=shared)
    if book.is_approved:
        raise ActionRefused(_("This period is approved already."), "period")
    _check_order(book)
    views = book.views()
    if not views:
        raise ActionRefused(_("There is nothing to approve: no plan holds in this period."), "period")
    if seen is not None and list(seen) != [view.hash for view in views]:
        raise StaleVersion(views)
    facts = dump_facts(book.gathered.facts, book.ledger.facts, period.last_day)
    approval = Approval.objects.create(
        rep=rep, period=period.name, starts_on=period.start, ends_on=period.last_day, facts=facts,
        hash=content_hash(views[-1].hash, facts), approved_at=now, approved_by=by, is_sample=rep.is_sample,
    )  # fmt: skip
    # Rows of versions that no longer hold stood there for lists only.
    calculated = Statement.objects.filter(rep=rep, starts_on=period.start, ends_on=period.last_day, approval=None)
    gone = calculated.exclude(version__in=[view.version.id for view in views])
    gone.exclude(disputes__isnull=False).delete()
    statements = [_store(view, approval, position, shared) for position, view in enumerate(views)]
    for statement in statements:
        detail = {"to": {"total_minor": statement.total_minor, "hash": statement.hash}}
        write_audit(action="approve", subject=statement, by=by, now=now, detail=detail)
    return statements


def check_may_approve(rep: Rep, by: User) -> None:
    """NotAllowed unless ``by`` is an active admin or manages the rep's team. Who is paid never approves."""
    user = User.objects.filter(pk=by.pk, is_active=True).first()
    if user is None or user.role not in (Role.ADMIN, Role.MANAGER):
        raise NotAllowed(_("Only an admin or a manager of the rep’s team approves statements."), "by")
    if rep.user_id == user.pk or (rep.email and rep.email.lower() == user.email.lower()):
        raise NotAllowed(_("Who is paid does not approve."), "by")
    if user.role == Role.MANAGER and rep.team_id not in managed_team_ids(user):
        raise NotAllowed(_("Only an admin or a manager of the rep’s team approves statements."), "by")


def _check_order(book: Book) -> None:
    """ActionRefused when an earlier period has a statement that is not approved."""
    before = book.open_before()
    if before:
        raise ActionRefused(_("Approve %s first: periods are approved in order.") % before[0].name, "period")
    last = book.ledger.last
    if last is not None and last.ends_on + DAY < book.period.start and any(book.adjustments().values()):
        message = _("The period after %s has corrections. Approve it first.")
        raise ActionRefused(message % last.period, "period")


def _store(view: View, approval: Approval, position: int, shared: CompanyFacts) -> Statement:
    hashes = view.hashes
    status = Statement.Status.APPROVED
    statement = keep_view(
        view, position, shared, approval=approval, status=status, calculated_at=approval.approved_at, was_minor=None
    )
    rows = []
    for number, (line, line_hash) in enumerate(zip(view.lines, hashes[1:], strict=True)):
        shown = line.as_json(view.currency)
        rows.append(
            StatementLine(
                statement=statement, position=number, component=line.component, kind=line.kind, deal_id=line.deal,
                deal_key=line.deal_key, closed_on=line.closed_on, basis=shown["basis"], share=shown["share"],
                step=shown["from"], rate=shown["rate"], of_period=line.of_period, amount_minor=line.amount,
                text=line.text, hash=line_hash, is_sample=approval.is_sample,
            )
        )  # fmt: skip
    StatementLine.objects.bulk_create(rows)
    return statement


def keep_view(view: View, position: int, shared: CompanyFacts, **values: Any) -> Statement:
    """The row of a statement, written as the view has it; ``values`` are those that the view does not know."""
    day = min(view.period.last_day, shared.today)
    in_base = priced(
        view.total, view.currency, day, rates=shared.rates, company=shared.company, today=shared.today
    )  # fmt: skip
    row, _created = Statement.objects.update_or_create(
        rep=view.rep, version_id=view.version.id, starts_on=view.period.start, ends_on=view.period.last_day,
        defaults={
            "position": position, "period": view.period.name, "currency": view.currency, "total_minor": view.total,
            "balances": dict(view.balances), "warnings": list(view.warnings), "hash": view.hash,
            "base_minor": in_base.base_minor, "team_id": shared.last_team(view.rep, view.period.last_day),
            "is_sample": view.rep.is_sample, **values,
        },
    )  # fmt: skip
    return row


@transaction.atomic
def pay_statement(*, statement: Statement, by: User, now: datetime.datetime) -> Statement:
    """Mark an approved statement as paid. For admins who are not its payee. Raises ActionRefused, NotAllowed."""
    row = Statement.objects.select_for_update(of=("self",)).select_related("rep").get(pk=statement.pk)
    user = User.objects.filter(pk=by.pk, is_active=True, role=Role.ADMIN).first()
    if user is None:
        raise NotAllowed(_("Only an admin marks statements as paid."), "by")
    check_may_approve(row.rep, user)
    if row.status != Statement.Status.APPROVED:
        raise ActionRefused(_("Only an approved statement can be paid."), "status")
    row.status, row.paid_at, row.paid_by = Statement.Status.PAID, now, by
    row.save(update_fields=["status", "paid_at", "paid_by"])
    write_audit(action="pay", subject=row, by=by, now=now)
    return row
