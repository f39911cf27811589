"""The third quarter of the small book, closed and frozen on Friday 20 November 2026."""

import datetime

from accounts.jobs import claim_job, queue_job
from accounts.models import Company, User
from metrics.actions.books import close_period
from metrics.books.book import as_reported, reported
from metrics.catalogue import METRICS
from metrics.evaluate import answer
from metrics.figure import Figure
from metrics.jobs.kinds import freeze
from metrics.jobs.schedule import freeze_key
from metrics.jobs.work import Work
from metrics.models import Book
from metrics.periods import Period, parse_period
from metrics.question import Question
from metrics.scopes import COMPANY, Scope
from tests.kept_rows import KeptRows
from tests.metrics.books import NOW

TODAY = datetime.date(2026, 11, 20)


def freeze_period(name: str, *, by: User | None, now: datetime.datetime) -> Book:
    """Close a period without grace and freeze it at once."""
    book = close_period(period=period_of(name), grace_days=0, by=by, now=now)
    kind, key = freeze_key(book)
    job = claim_job(job_id=queue_job(kind=kind, key=key, now=now, by=by).pk, now=now)
    freeze(Work(job, lambda: now))
    return Book.objects.get(pk=book.pk)


_third_quarter = KeptRows(lambda by: freeze_period("2026-Q3", by=by, now=NOW))


def freeze_third_quarter(by: User) -> Book:
    """The third quarter of the book as it was written; its figures are computed once, then written back."""
    book = _third_quarter(by)
    Company.objects.update(settled_at=book.frozen_at)  # the one row that a freeze changes
    return book


def period_of(name: str) -> Period:
    return parse_period(name, today=TODAY)


def questions(book: Book, today: datetime.date, scope: Scope = COMPANY) -> tuple[Question, Question]:
    """What the book's figures are asked by: as reported, and now."""
    now = Question(period_of(book.name), scope, Company.current(), today, today)
    return as_reported(now, reported(book)), now


def figures(slug: str, book: Book, *, now: datetime.datetime, scope: Scope = COMPANY) -> tuple[Figure, Figure]:
    """A metric as reported and now."""
    then, today = questions(book, now.date(), scope)
    metric = METRICS[slug]
    return answer(metric, then, now), answer(metric, today, now)
