"""A metric's figure as bonuses read it: unrounded, of a rep and a whole period, in the metric's own unit."""

import datetime
from collections.abc import Mapping
from fractions import Fraction

from accounts.models import Company, Rep
from accounts.money import minor_digits
from metrics.errors import QuestionRefused
from metrics.evaluate import find_metric, make_question, whole_parts
from metrics.incentives.facts import FigureFact
from metrics.metric import MONEY_UNITS, Metric, Parts
from metrics.periods import Period
from metrics.scopes import COMPANY, rep_scope

Asked = tuple[str, datetime.date, datetime.date]
"""A metric, the first and the last day."""


class FigureBook:
    """Figures as they stand on a day. ``keys``: by id those of reps for all of whom a figure is worked out at once, as
    soon as one is asked for; each must be nobody else's."""

    def __init__(self, company: Company, today: datetime.date, keys: Mapping[int, str]) -> None:
        self._company, self._today, self._keys = company, today, keys
        self._known: dict[Asked, dict[str, FigureFact] | None] = {}
        self._of_none: dict[Asked, FigureFact] = {}

    def of(self, slug: str, rep: Rep, period: Period) -> FigureFact:
        """The figure of a rep; without one where the metric has none for a rep."""
        asked, key = (slug, period.start, period.last_day), self._keys.get(rep.pk)
        if key is not None and asked not in self._known:
            self._known[asked] = _by_rep(slug, period, self._company, self._today)
        found = None if key is None else self._known[asked]
        if key is None or found is None:
            return figure_of(slug, rep, period, company=self._company, today=self._today)
        return found.get(key) or self._without_cases(asked, rep, period)

    def _without_cases(self, asked: Asked, rep: Rep, period: Period) -> FigureFact:
        """The figure of somebody who has no case: that of everybody who has none, once the first is asked."""
        if asked not in self._of_none:
            found = figure_of(asked[0], rep, period, company=self._company, today=self._today)
            if found.n:
                return found
            self._of_none[asked] = found
        return self._of_none[asked]


def figure_of(
    slug: str, rep: Rep, period: Period, *, company: Company, today: datetime.date,
    known_on: datetime.date | None = None,
) -> FigureFact:  # fmt: skip
    """The figure of one rep as it stands on a day; without one where the metric has none for a rep.

    ``known_on``: by what was known at the end of a day.
    """
    try:
        metric = find_metric(slug)
        q = make_question(metric, period=period, scope=rep_scope(rep), company=company, today=today, known_on=known_on)
        return _fact(metric, whole_parts(metric, q), company)
    except QuestionRefused:
        return FigureFact(None, 0)


def _by_rep(slug: str, period: Period, company: Company, today: datetime.date) -> dict[str, FigureFact] | None:
    """By the key of those who have a case; None: the metric can't be told by rep."""
    try:
        metric = find_metric(slug)
        q = make_question(metric, period=period, scope=COMPANY, company=company, today=today, by="rep")
    except QuestionRefused:
        return None
    return {member.key: _fact(metric, parts, company) for member, parts in metric.parts(q).items()}


def _fact(metric: Metric, parts: Parts, company: Company) -> FigureFact:
    if parts.value is None:
        return FigureFact(None, parts.n)
    scale = 10 ** minor_digits(company.base_currency) if metric.unit in MONEY_UNITS else 1
    return FigureFact(Fraction(parts.value) / scale, parts.n)
