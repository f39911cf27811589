"""The one way to a figure: pages, API, jobs and commands all ask here."""

import datetime
from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts.models import Company
from accounts.money import minor_digits
from metrics.answers import asked_once
from metrics.books.book import as_reported, kept_parts
from metrics.dimensions import ALL, DIMENSIONS, ORDERED
from metrics.errors import QuestionRefused
from metrics.figure import Figure, MemberValue, dress, interval, state_of
from metrics.known import known_metric, known_metrics
from metrics.measures.ripening import RIPE
from metrics.metric import Metric, Parts
from metrics.models import Restatement
from metrics.periods import Period
from metrics.question import Question, Reported
from metrics.scopes import Scope
from metrics.snapshots.shelf import run_of
from metrics.warnings import warnings_of

COMPARISONS = ("previous", "year")


def find_metric(slug: str, at: datetime.datetime | None = None) -> Metric:
    """The metric of a slug, also an operator on one; QuestionRefused with the list of slugs.

    ``at``: as an admin had defined it at an instant.
    """
    metric = known_metric(slug, at)
    if metric is None:
        raise QuestionRefused(
            _("Unknown metric “%(slug)s”. Possible: %(possible)s.")
            % {"slug": slug[:60], "possible": ", ".join(known_metrics())},
            "metric",
        )
    return metric


def make_question(
    metric: Metric,
    *,
    period: Period,
    scope: Scope,
    company: Company,
    today: datetime.date,
    by: str | None = None,
    where: Sequence[tuple[str, str]] = (),
    as_of: datetime.date | None = None,
    known_on: datetime.date | None = None,
    shelf: object = None,
) -> Question:
    """A checked question; QuestionRefused when the metric does not have a dimension, with those it has."""
    for dimension, field in [(by, "by"), *((name, "where") for name, _member in where)]:
        if dimension is not None and dimension not in metric.dimensions:
            if dimension in DIMENSIONS:
                message = _("%(metric)s does not have dimension “%(dimension)s”. Possible: %(possible)s.")
            else:
                message = _("%(metric)s knows no dimension “%(dimension)s”. Possible: %(possible)s.")
            words = {"metric": metric.slug, "dimension": dimension[:60], "possible": ", ".join(metric.dimensions)}
            raise QuestionRefused(message % words, field)
    return Question(
        period, scope, company, today, min(as_of or today, today), known_on, by, tuple((d, m) for d, m in where), shelf
    )


def evaluate(
    slug: str,
    *,
    period: Period,
    scope: Scope,
    company: Company,
    today: datetime.date,
    now: datetime.datetime,
    by: str | None = None,
    where: Sequence[tuple[str, str]] = (),
    as_of: datetime.date | None = None,
    known_on: datetime.date | None = None,
    compare: str | None = None,
    shelf: object = None,
    book: Reported | None = None,
    metric: Metric | None = None,
) -> Figure:
    """One figure with its parts, and a row per member of ``by``.

    ``as_of`` (included, default today) is the day from which one looks; ``known_on`` the day whose knowledge is used.
    ``book`` asks for what was reported. ``compare``: previous or year. With a ``shelf`` closed days come from stored
    figures, else all from the facts; both give the same. ``metric`` is that of the slug, where it is known already.
    Raises QuestionRefused.
    """
    metric = metric or find_metric(slug, book.frozen_at if book else None)
    if compare is not None and compare not in COMPARISONS:
        raise QuestionRefused(
            _("Unknown comparison “%(comparison)s”. Possible: previous, year.") % {"comparison": compare[:60]},
            "compare",
        )
    q = make_question(
        metric, period=period, scope=scope, company=company, today=today, by=by, where=where, as_of=as_of,
        known_on=known_on, shelf=shelf,
    )  # fmt: skip
    if book is not None:
        q = as_reported(q, book)
    figure = answer(metric, q, now)
    if compare:
        earlier = answer(metric, compared(q, compare), now)
        figure = with_previous(figure, earlier)
    return figure


def compared(q: Question, compare: str) -> Question:
    """The question about the period to compare with; a running period with the same number of elapsed days."""
    before = q.period.previous() if compare == "previous" else q.period.year_before()
    elapsed = (q.as_of - q.period.start).days + 1
    if q.period.last_day > q.as_of and elapsed > 0:
        before = before.clipped(elapsed)
    return q.at(before)


def answer(metric: Metric, q: Question, now: datetime.datetime) -> Figure:
    """The figure of a checked question."""
    whole = whole_parts(metric, q)
    low, high = interval(metric, whole, minor_digits(q.company.base_currency))
    unripe = metric.unripe(q) if q.period.last_day <= q.as_of else RIPE  # one that runs on is told as such
    return Figure(
        metric=metric,
        question=q,
        value=dress(metric, whole, q.company.base_currency),
        low=low,
        high=high,
        currency=q.company.base_currency if metric.unit in ("money", "money_per_day") else None,
        state=state_of(q, whole, ahead=metric.looks_ahead, unripe=unripe.cases),
        computed_at=now,
        by=_breakdown(metric, q) if q.by else None,
        warnings=[*warnings_of(metric, q), *filter(None, [unripe.note])],
        restated=is_restated(metric, q),
        run=run_of(q) if any(measure.is_stored for measure in metric.measures()) else None,
    )


def whole_parts(metric: Metric, q: Question) -> Parts:
    """The figure before it is dressed, not sliced: as it was stored where a frozen book is asked, else computed."""
    kept = kept_parts(metric, q) if q.book else None
    return kept or metric.parts(q.whole()).get(ALL, Parts(None, None, None, 0))


def is_restated(metric: Metric, q: Question) -> bool:
    """Whether a stored part of the figure was changed after its month had closed."""
    restated = asked_once(q, ("restated", q.scope, q.period), lambda: _restated_measures(q))
    return any(measure.stored_key in restated for measure in metric.measures())


def _restated_measures(q: Question) -> set[str]:
    """Measures of which a stored day of the period was changed in this scope."""
    rows = Restatement.objects.filter(
        scope_kind=q.scope.kind, scope_id=q.scope.id, day__gte=q.period.start, day__lt=q.period.end
    )
    return set(rows.order_by().values_list("measure", flat=True).distinct())


def _breakdown(metric: Metric, q: Question) -> list[MemberValue]:
    rows = [
        MemberValue(member, dress(metric, parts, q.company.base_currency)) for member, parts in metric.parts(q).items()
    ]
    return sorted(rows, key=_by_time if q.by in ORDERED else _by_size)


def _by_time(row: MemberValue) -> str:
    return row.member.key


def _by_size(row: MemberValue) -> tuple[bool, Decimal, str]:
    return row.value.value is None, -(row.value.value or Decimal(0)), row.member.key


def with_previous(figure: Figure, earlier: Figure) -> Figure:
    """The figure with an earlier one beside it; ``change`` is in the figure's own unit, None where one is not known."""
    change = None
    if figure.value.value is not None and earlier.value.value is not None:
        change = figure.value.value - earlier.value.value
    return Figure(**{**figure.__dict__, "previous": earlier, "change": change})
