"""Closing a period softly, freezing it, and the rare reopening. Every step is written to the audit log."""

import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.audit import write_audit
from accounts.business_dates import business_date
from accounts.errors import ActionRefused
from accounts.models import Company, Team, User
from metrics.models import Book
from metrics.periods import DAY, Period
from metrics.snapshots.one_moment import wait_for_writers
from pipeline.models import DealVersion

KINDS = ("month", "quarter", "year", "fiscal quarter", "fiscal year")
"""What can be closed: whole months, so that a figure's months add up to it."""
MOST_GRACE = 366


@transaction.atomic
def close_period(*, period: Period, grace_days: int, by: User | None, now: datetime.datetime) -> Book:
    """Close a period softly: it freezes in the night after ``grace_days`` more days. ActionRefused names the field."""
    today = business_date(now, Company.current().zone)
    if period.kind not in KINDS:
        raise ActionRefused(_("Months, quarters and years can be closed, such as 2026-09, 2026-Q3, 2026."), "period")
    if period.last_day >= today:
        raise ActionRefused(_("%s is not over yet.") % period.name, "period")
    if not 0 <= grace_days <= MOST_GRACE:
        raise ActionRefused(_("From 0 to %s days.") % MOST_GRACE, "grace_days")
    if Book.objects.filter(starts_on=period.start, ends_on=period.last_day, reopened_at=None).exists():
        raise ActionRefused(_("%s is closed already.") % period.name, "period")
    book = Book.objects.create(
        name=period.name, starts_on=period.start, ends_on=period.last_day, closed_at=now, closed_by=by,
        freezes_on=today + grace_days * DAY,
    )  # fmt: skip
    write_audit(action="close", subject=book, by=by, now=now, detail={"freezes_on": book.freezes_on.isoformat()})
    return book


@transaction.atomic
def reopen_book(*, book: Book, reason: str, by: User | None, now: datetime.datetime) -> Book:
    """Take a closing or a freeze back, with a reason. What was reported stays on record, and is asked no more."""
    book = Book.objects.select_for_update().get(pk=book.pk)
    if book.reopened_at:
        raise ActionRefused(_("%s is open already.") % book)
    if not reason.strip():
        raise ActionRefused(_("Say why; the audit log keeps it."), "reason")
    before = book.state
    book.reopened_at, book.reopened_by, book.reason = now, by, reason.strip()[:500]
    book.save(update_fields=["reopened_at", "reopened_by", "reason"])
    write_audit(action="reopen", subject=book, by=by, now=now, detail={"state": before, "reason": book.reason})
    return book


def settle_book(*, book: Book, by: User | None, now: datetime.datetime) -> Book:
    """Fix the instant whose knowledge counts. Twice is once; a reopened book is refused.

    From the first transaction on nothing more is recorded with an earlier time; the second one waits for what was being
    written meanwhile. Then everything known at the instant is there, and nothing will join it.
    """
    with transaction.atomic():
        book = Book.objects.select_for_update().get(pk=book.pk)
        if book.reopened_at:
            raise ActionRefused(_("%s was reopened.") % book)
        if book.frozen_at:
            return book
        company = Company.objects.select_for_update().get(pk=Company.current().pk)
        instant = max(now, company.settled_at or now)
        Company.objects.filter(pk=company.pk).update(settled_at=instant)
        book.frozen_at, book.frozen_by = instant, by
        book.teams = sorted(Team.objects.values_list("pk", "parent"), key=lambda row: row[0])
        book.save(update_fields=["frozen_at", "frozen_by", "teams"])
        write_audit(action="freeze", subject=book, by=by, now=now, detail={"frozen_at": instant.isoformat()})
    wait_for_writers(DealVersion)
    return book
