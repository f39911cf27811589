"""Writes of statements before they are approved: what they come to is noted for lists, and they are put in review."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from accounts.actions.audit import write_audit
from accounts.actions.configuration import check_admin
from accounts.business_dates import business_date
from accounts.errors import ActionRefused, StaleVersion
from accounts.jobs import queue_job
from accounts.models import Company, JobRun, Rep, User
from metrics.actions.statements import check_may_approve, keep_view
from metrics.errors import QuestionRefused
from metrics.incentives.company_facts import CompanyFacts
from metrics.incentives.statements import Book, View, parse_stated
from metrics.incentives.stretches import TwoPlansHold
from metrics.models import Approval, Statement
from metrics.pay.moves import Move, marked_from
from metrics.periods import Period

JOB = "statements"


@dataclass
class Calculated:
    """How many statements were written, and reps whose facts contradict each other, with the reason.

    ``moves``: statements that this calculation was the first to find changed by more than what is usual.
    """

    rows: int = 0
    problems: list[str] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)


def queue_calculation(*, period: Period, by: User, now: datetime.datetime) -> JobRun:
    """Have all statements of a period calculated in the background. The one that waits or runs already is that one."""
    check_admin(by)
    waiting = JobRun.objects.filter(
        kind=JOB, arguments__period=period.name, state__in=[JobRun.State.QUEUED, JobRun.State.RUNNING]
    ).first()
    key = f"{period.name} {now.isoformat(timespec='milliseconds')}"
    return waiting or queue_job(kind=JOB, key=key, arguments={"period": period.name}, by=by, now=now)


def calculate_period(
    *, period: str, now: datetime.datetime, progress: Callable[[int, int], None] = lambda done, total: None
) -> Calculated:
    """Note what the statements of all reps come to in a period. Approved ones stay as they are.

    Raises QuestionRefused for a name that is no statement period.
    """
    company = Company.current()
    today = business_date(now, company.zone)
    stated, shared, found = parse_stated(period, company, today), CompanyFacts(company, today), Calculated()
    of_period = {"starts_on": stated.start, "ends_on": stated.last_day}
    reps = list(Rep.objects.select_related("user").exclude(Exists(_approvals_of_rep(of_period))).order_by("pk"))
    marked = set(Statement.objects.filter(**of_period).exclude(was_minor=None).values_list("pk", flat=True))
    for done, rep in enumerate(reps, 1):
        try:
            if _may_have_statement(rep, stated, shared):
                rows = calculate_rep(rep=rep, period=stated, shared=shared, now=now)
                found.rows += len(rows)
                found.moves += [
                    Move(row, row.was_minor) for row in rows if row.was_minor is not None and row.pk not in marked
                ]
        except (QuestionRefused, TwoPlansHold) as error:
            found.problems.append(f"{rep}: {error}")
        progress(done, len(reps))
    return found


def _approvals_of_rep(of_period: dict[str, datetime.date]) -> QuerySet[Approval]:
    return Approval.objects.filter(rep=OuterRef("pk"), **of_period)


def _may_have_statement(rep: Rep, period: Period, shared: CompanyFacts) -> bool:
    """Whether a plan holds for the rep in the period, stated for such periods; or, where none holds, one is there
    already that may need a correction."""
    held = [one for one in shared.stretches(rep) if one.first <= period.last_day and period.start <= one.last]
    every = {shared.versions[one.version].terms.statement_every for one in held}
    return period.kind.removeprefix("fiscal ") in every if every else Statement.objects.filter(rep=rep).exists()


@transaction.atomic
def calculate_rep(*, rep: Rep, period: Period, shared: CompanyFacts, now: datetime.datetime) -> list[Statement]:
    """Note what a rep's statements of a period come to now; none when it is approved. Raises QuestionRefused."""
    Rep.objects.select_for_update(of=("self",)).get(pk=rep.pk)
    book = Book.open(rep, period, shared=shared)
    return [] if book.is_approved else _note(book, book.views(), now)


def _note(book: Book, views: list[View], now: datetime.datetime) -> list[Statement]:
    rows = Statement.objects.filter(
        rep=book.rep, starts_on=book.period.start, ends_on=book.period.last_day, approval=None
    )
    rows.exclude(version__in=[view.version.id for view in views]).exclude(disputes__isnull=False).delete()
    before, shared = {row.version_id: row for row in rows}, book.shared
    return [
        keep_view(
            view, place, shared, status=view.status, calculated_at=now,
            was_minor=marked_from(
                before.get(view.version.id), view.total, company=shared.company, ends_on=book.period.last_day,
                today=shared.today,
            ),
        )
        for place, view in enumerate(views)
    ]  # fmt: skip


@transaction.atomic
def review_statements(
    *, rep: Rep, period: Period, by: User, now: datetime.datetime, seen: list[str] | None = None
) -> list[Statement]:
    """Put a rep's statements of a period in review, as they come out now.

    ``seen``: hashes of what was looked at; StaleVersion when it is something else by now. Raises ActionRefused,
    NotAllowed, QuestionRefused.
    """
    check_admin(by)
    check_may_approve(rep, by)
    company = Company.current()
    Rep.objects.select_for_update(of=("self",)).get(pk=rep.pk)
    book = Book.open(rep, period, shared=CompanyFacts(company, business_date(now, company.zone)))
    if book.is_approved:
        raise ActionRefused(_("This period is approved already."), "period")
    views = book.views()
    if seen is not None and seen != [view.hash for view in views]:
        raise StaleVersion(views)
    rows = _note(book, views, now)
    for row in rows:
        if row.status != Statement.Status.IN_REVIEW:
            row.status, row.was_minor = Statement.Status.IN_REVIEW, None
            row.save(update_fields=["status", "was_minor"])
            detail = {"to": {"total_minor": row.total_minor, "hash": row.hash}}
            write_audit(action="review", subject=row, by=by, now=now, detail=detail)
    return rows
