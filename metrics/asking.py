"""From a request's words to a question: the one reading of period, scope, by, where, as_of, known_on and compare."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from accounts.business_dates import business_date
from accounts.models import Company
from metrics.books.book import as_reported, book_of, refuse_unfrozen
from metrics.errors import QuestionRefused
from metrics.evaluate import COMPARISONS, answer, compared, find_metric, make_question, with_previous
from metrics.figure import Figure
from metrics.goals.aims import with_aim
from metrics.metric import Metric
from metrics.periods import parse_period
from metrics.question import Question
from metrics.scopes import parse_scope
from metrics.snapshots.shelf import Shelf

WORDS = ("period", "scope", "by", "where", "as_of", "known_on", "reported", "compare")
YES = "yes"


@dataclass(frozen=True)
class Asked:
    """A checked question about a metric, and what to compare it with."""

    metric: Metric
    question: Question
    compare: str | None
    notes: tuple[str, ...] = ()
    """What was read otherwise than it was asked."""

    def figure(self, now: datetime.datetime) -> Figure:
        """The answer, with the earlier figure beside it where a comparison was asked for."""
        figure = with_aim(answer(self.metric, self.question, now))
        if self.notes:
            figure = replace(figure, warnings=[*self.notes, *figure.warnings])
        if self.compare:
            earlier = answer(self.metric, compared(self.question, self.compare), now)
            figure = with_previous(figure, earlier)
        return figure


def ask(
    slug: str,
    words: Mapping[str, str],
    *,
    user: Any,
    now: datetime.datetime,
    where: Iterable[str] = (),
    default_period: str = "",
    stored: bool = False,
) -> Asked:
    """Read a question for this user. ``stored``: closed days may come from stored figures.

    Raises QuestionRefused with the field and what is possible.
    """
    company = Company.current()
    today = business_date(now, company.zone)
    metric = find_metric(slug)
    asked_day = parse_day(words.get("as_of"), "as_of") or today
    as_of = min(asked_day, today)
    compare = words.get("compare") or None
    if compare is not None and compare not in COMPARISONS:
        raise QuestionRefused(
            _("Unknown comparison “%(comparison)s”. Possible: %(possible)s.")
            % {"comparison": compare[:60], "possible": ", ".join(COMPARISONS)},
            "compare",
        )
    text = words.get("period") or default_period
    question = make_question(
        metric,
        period=parse_period(text, today=as_of, fiscal_start=company.fiscal_year_start_month),
        scope=parse_scope(words.get("scope"), user, company),
        company=company,
        today=today,
        by=words.get("by") or None,
        where=[parse_condition(condition) for condition in where],
        as_of=as_of,
        known_on=parse_day(words.get("known_on"), "known_on"),
        shelf=Shelf(today) if stored else None,
    )
    if parse_reported(words.get("reported"), words.get("known_on")):
        book = book_of(question.period)
        if book is None:
            raise refuse_unfrozen(question.period)
        question, metric = as_reported(question, book), find_metric(slug, book.frozen_at)
    ahead = _("as_of %(day)s is still to come: seen from today, %(today)s") % {"day": asked_day, "today": today}
    return Asked(metric, question, compare, (ahead,) if asked_day > today else ())


def parse_day(text: str | None, field: str) -> datetime.date | None:
    """A day such as 2026-10-05; None for nothing; QuestionRefused for anything else."""
    if not text:
        return None
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError as error:
        message = _("%(field)s takes a day such as 2026-10-05, not “%(text)s”.") % {"field": field, "text": text[:40]}
        raise QuestionRefused(message, field) from error
    if not 1900 <= day.year <= 2200:
        raise QuestionRefused(_("%(field)s takes a day between 1900 and 2200.") % {"field": field}, field)
    return day


def parse_reported(text: str | None, known_on: str | None) -> bool:
    """Whether the figure is asked as it was reported: yes, or nothing. It names its own moment, so known_on can't."""
    if text and text != YES:
        raise QuestionRefused(
            _("reported: possible is %(possible)s, not “%(text)s”.") % {"possible": YES, "text": text[:40]}, "reported"
        )
    if text and known_on:
        raise QuestionRefused(_("Give reported or known_on, not both: a frozen period has its own moment."), "reported")
    return bool(text)


def parse_condition(text: str) -> tuple[str, str]:
    """DIM=MEMBER."""
    dimension, equals, member = text.partition("=")
    if not equals:
        raise QuestionRefused(_("where takes DIM=MEMBER, not “%(text)s”.") % {"text": text[:60]}, "where")
    return dimension, member
