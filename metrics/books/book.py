"""Frozen books as questions see them: which one holds a period, and the figures that it keeps.

What is made of versions of deals can be asked as of the freeze, however it is sliced. Everything else was stored as a
figure when the book froze: for the company, every team and every rep.
"""

import datetime
from dataclasses import replace
from fractions import Fraction

from django.utils.translation import gettext as _

from accounts.models import Company
from metrics.answers import asked_once
from metrics.errors import QuestionRefused
from metrics.facts.fact import DealFact
from metrics.formulas.derived import Growth, Velocity
from metrics.formulas.shares import PositiveRatio, Reduction, Share
from metrics.metric import Metric, Number, Parts, Quantile, Ratio, Total
from metrics.models import Book, BookFigure
from metrics.periods import DAY, Period, parse_period
from metrics.question import Question, Reported
from metrics.scopes import Scope

VERSIONED = (Total, Ratio, Quantile, Growth, Velocity, Reduction, PositiveRatio, Share)
"""Kinds of metrics that read nothing but their measures."""


def is_versioned(metric: Metric) -> bool:
    """Whether every row behind the figure keeps its versions, so that any moment's figure can be asked again."""
    return type(metric) in VERSIONED and all(
        isinstance(measure.fact, DealFact) and not measure.live for measure in metric.measures()
    )


def frozen_books(period: Period | None = None) -> list[Book]:
    """Books whose figures stand, newest period first; those that hold all of a period, the smallest first."""
    rows = Book.objects.filter(ready_at__isnull=False, reopened_at=None)
    if period is None:
        return list(rows.order_by("-starts_on", "ends_on"))
    found = rows.filter(starts_on__lte=period.start, ends_on__gte=period.last_day)
    return sorted(found, key=lambda book: (book.ends_on - book.starts_on, book.pk))


def reported(book: Book) -> Reported:
    """The book as a question carries it."""
    if book.frozen_at is None:
        raise ValueError(f"{book} is not frozen")
    return Reported(book.pk, book.name, book.frozen_at, tuple((team, parent) for team, parent in book.teams))


def book_of(period: Period) -> Reported | None:
    """What was reported of a period; None when no frozen book holds all of it."""
    found = frozen_books(period)
    return reported(found[0]) if found else None


def refuse_unfrozen(period: Period) -> QuestionRefused:
    """What is said when the reported figure of a period is asked that is in no frozen book."""
    names = ", ".join(book.name for book in frozen_books()) or _("none")
    return QuestionRefused(
        _("%(period)s is not in a frozen period. Frozen: %(names)s.") % {"period": period.name, "names": names},
        "reported",
    )


def as_reported(q: Question, book: Reported) -> Question:
    """The question with the knowledge of the freeze, and with the tree of teams as it was then."""
    return replace(q, book=book, known_on=None, scope=scope_then(q.scope, book))


def scope_then(scope: Scope, book: Reported) -> Scope:
    """A team with those that were below it at the freeze."""
    if scope.kind != "team":
        return scope
    below = [scope.id]
    for team in below:
        below += [child for child, parent in book.teams if parent == team and child not in below]
    return replace(scope, team_ids=tuple(below))


def period_of(book: Book, company: Company) -> Period:
    """The book's period as people ask for it: a quarter is compared with a quarter, not with as many days."""
    asked = parse_period(book.name, today=book.ends_on, fiscal_start=company.fiscal_year_start_month)
    if (asked.start, asked.last_day) == (book.starts_on, book.ends_on):
        return asked
    return Period(book.starts_on, book.ends_on + DAY, book.name, "range")  # the fiscal year was moved since


def spans_of(book: Book, company: Company) -> list[Period]:
    """The period of a book, and each of its months where it has several."""
    whole = period_of(book, company)
    months = list(whole.split("month"))
    return [whole, *(months if len(months) > 1 else [])]


def kept_parts(metric: Metric, q: Question) -> Parts | None:
    """The figure as it was stored when its book froze; None when it was not (filtered, or days of its own)."""
    if q.book is None or q.where or q.valid_day is not None:
        return None
    book, scope = q.book, q.scope
    rows = asked_once(q, ("kept", book.id, scope.kind, scope.id), lambda: _kept(book, scope))
    row = rows.get((metric.slug, q.period.start, q.period.last_day))
    if row is None:
        return None
    value, numerator, denominator, n = row
    return Parts(read_number(value), read_number(numerator), read_number(denominator), n)


def _kept(book: Reported, scope: Scope) -> dict[tuple[str, datetime.date, datetime.date], tuple[str, str, str, int]]:
    """All figures that a book keeps of a scope, by metric and days."""
    rows = BookFigure.objects.filter(book=book.id, scope_kind=scope.kind, scope_id=scope.id)
    fields = rows.values_list("metric", "first", "last", "value", "numerator", "denominator", "n")
    return {(metric, first, last): tuple(parts) for metric, first, last, *parts in fields}  # type: ignore[misc]


def figure_row(book: Book, metric: Metric, q: Question, parts: Parts) -> BookFigure:
    """Parts as the row that keeps them, unsaved."""
    value, numerator, denominator = (
        "" if number is None else str(number) for number in (parts.value, parts.numerator, parts.denominator)
    )
    return BookFigure(
        book=book, metric=metric.slug, version=metric.version, scope_kind=q.scope.kind, scope_id=q.scope.id,
        first=q.period.start, last=q.period.last_day, value=value, numerator=numerator,
        denominator=denominator, n=parts.n,
    )  # fmt: skip


def read_number(text: str) -> Number | None:
    """A whole number or an exact fraction; None for nothing."""
    if not text:
        return None
    number = Fraction(text)
    return int(number) if number.denominator == 1 else number
