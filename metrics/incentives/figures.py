"""A metric's figure as bonuses read it: unrounded, of a rep and a whole period, in the metric's own unit."""

import datetime
from fractions import Fraction

from accounts.models import Company, Rep
from accounts.money import minor_digits
from metrics.errors import QuestionRefused
from metrics.evaluate import find_metric, make_question, whole_parts
from metrics.incentives.facts import FigureFact
from metrics.metric import MONEY_UNITS
from metrics.periods import Period
from metrics.scopes import rep_scope


def figure_of(
    slug: str, rep: Rep, period: Period, *, company: Company, today: datetime.date,
    known_on: datetime.date | None = None,
) -> FigureFact:  # fmt: skip
    """The figure as it stands today; without one where the metric has none for a rep.

    ``known_on``: by what was known at the end of a day.
    """
    try:
        metric = find_metric(slug)
        q = make_question(metric, period=period, scope=rep_scope(rep), company=company, today=today, known_on=known_on)
        parts = whole_parts(metric, q)
    except QuestionRefused:
        return FigureFact(None, 0)
    if parts.value is None:
        return FigureFact(None, parts.n)
    scale = 10 ** minor_digits(company.base_currency) if metric.unit in MONEY_UNITS else 1
    return FigureFact(Fraction(parts.value) / scale, parts.n)
