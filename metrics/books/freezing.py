"""Storing what a frozen book reports: a figure for each scope, and the records of facts that keep no versions."""

import datetime
from collections.abc import Callable

from accounts.bulk_rows import insert_objects
from accounts.models import Company, JobRun, Rep, Team
from metrics.actions.books import settle_book
from metrics.books.book import as_reported, figure_row, is_versioned, reported, spans_of
from metrics.books.records import pack
from metrics.dimensions import ALL
from metrics.errors import QuestionRefused
from metrics.known import known_metrics
from metrics.metric import Metric, Parts
from metrics.models import Book, BookFigure, BookRecords
from metrics.periods import Period
from metrics.question import Question
from metrics.records.rows import every_record
from metrics.scopes import COMPANY, Scope, rep_scope, team_scope
from metrics.snapshots.one_moment import one_moment
from metrics.snapshots.shelf import Shelf


def freeze_book(
    *,
    book: Book,
    run: JobRun,
    now: datetime.datetime,
    today: datetime.date,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> int:
    """Fix the book's instant and store its figures, a scope at a time; how many. Again after a failure goes on.

    Deals are asked with the knowledge of the instant. Other facts are taken as they stand while their scope is stored,
    the company's figures and records in one moment.
    """
    book = settle_book(book=book, by=run.by, now=now)
    if book.ready_at:
        return 0
    company = Company.current()
    scopes = [COMPANY, *(team_scope(team) for team in Team.objects.order_by("pk"))]
    scopes += [rep_scope(rep) for rep in Rep.objects.order_by("pk")]
    for done, scope in enumerate(scopes, 1):
        with one_moment():
            _store(book, scope, company, today)
        progress(done, len(scopes))
    Book.objects.filter(pk=book.pk, ready_at=None).update(ready_at=now, run=run)
    return BookFigure.objects.filter(book=book).count()


def _store(book: Book, scope: Scope, company: Company, today: datetime.date) -> None:
    BookFigure.objects.filter(book=book, scope_kind=scope.kind, scope_id=scope.id).delete()
    shelf, rows = Shelf(today), []
    whole, *months = spans_of(book, company)
    for metric in known_metrics(book.frozen_at).values():
        for span in _wanted(metric, scope, whole, months):
            q = Question(span, scope, company, today, today, shelf=shelf)
            if is_versioned(metric):
                q = as_reported(q, reported(book))
            try:
                parts = metric.parts(q).get(ALL, Parts(None, None, None, 0))
            except QuestionRefused:  # the metric has no such scope
                continue
            rows.append(figure_row(book, metric, q, parts))
    insert_objects(rows)
    if scope == COMPANY:
        _store_records(book, Question(whole, COMPANY, company, today, today))


def _wanted(metric: Metric, scope: Scope, whole: Period, months: list[Period]) -> list[Period]:
    """The periods to store of a metric.

    Figures of deals can be asked again, for any days: they are kept once, against a change of what is below a team.
    """
    if is_versioned(metric):
        return [] if scope.kind == "rep" else [whole]
    return [whole] if scope.kind == "rep" else [whole, *months]


def _store_records(book: Book, q: Question) -> None:
    BookRecords.objects.filter(book=book).delete()
    for metric in known_metrics(book.frozen_at).values():
        if not is_versioned(metric):
            records = every_record(metric, q)
            BookRecords.objects.create(book=book, metric=metric.slug, content=pack(records))
