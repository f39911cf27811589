"""Both programs asked the same questions, and where they answer differently."""

import datetime
import itertools
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Context, Decimal
from fractions import Fraction
from pathlib import Path

from django.utils import timezone

from accounts.models import Company, Rep, Team
from metrics.catalogue import METRICS
from metrics.evaluate import evaluate
from metrics.figure import Value
from metrics.periods import parse_period
from metrics.scopes import COMPANY, rep_scope, team_scope
from tests.independent import (
    figures_cohorts,
    figures_customers,
    figures_deals,
    figures_leads,
    figures_lines,
    figures_money,
    figures_pipeline,
)
from tests.independent.figures import FIGURES, Book
from tests.independent.tables import DAY, Answer, Ask

__all__ = [
    "figures_cohorts", "figures_customers", "figures_deals", "figures_leads", "figures_lines", "figures_money",
    "figures_pipeline",
]  # fmt: skip
AGES = (None, 1, 7)
"""Figures of cohorts are asked as they stand, and at some ages."""


@dataclass
class Outcome:
    """How many figures were compared, by metric; of these how many are not empty; and the differences."""

    asked: Counter = field(default_factory=Counter)
    filled: Counter = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)


def compare(
    folder: Path, periods: list[str], today: datetime.date, slugs: list[str] | None = None, every_scope: int = 1,
    tell: Callable[[str, Outcome], None] = lambda _slug, _found: None, as_of: datetime.date | None = None,
) -> Outcome:  # fmt: skip
    """Every figure of every scope and period, by both programs; of the scopes only each n-th where asked.

    ``tell`` hears of every metric that is done. ``as_of``: the day from which both look, by default today.
    """
    book, company = Book(folder), Company.current()
    engine_scopes = {"company": lambda _pk: COMPANY, "team": lambda pk: team_scope(Team.objects.get(pk=pk)),
                     "rep": lambda pk: rep_scope(Rep.objects.get(pk=pk))}  # fmt: skip
    scopes = [(scope, engine_scopes[scope.kind](scope.id)) for scope in book.tables.scopes()[::every_scope]]
    spans = [parse_period(name, today=today) for name in periods]
    found = Outcome()
    for slug in FIGURES if slugs is None else slugs:
        offered = ("company", *METRICS[slug].dimensions)
        ages = AGES if "age" in offered else (None,)
        for scope, engine_scope in [pair for pair in scopes if pair[0].kind in offered]:
            for span, age in itertools.product(spans, ages):
                ours = evaluate(
                    slug, period=span, scope=engine_scope, company=company, today=today, now=timezone.now(),
                    as_of=as_of, where=() if age is None else [("age", str(age))],
                ).value  # fmt: skip
                theirs = FIGURES[slug](book, Ask(scope, span.start, span.end, as_of or today, age))
                what = f"{slug} {engine_scope.key} {span.name}" + (f" age {age}" if age else "")
                _judge(found, what, slug, ours, theirs)
        tell(slug, found)
    return found


def _judge(found: Outcome, what: str, slug: str, ours: Value, theirs: Answer) -> None:
    found.asked[slug] += 1
    found.filled[slug] += theirs.value is not None and bool(theirs.value or theirs.bottom)
    pairs = [("value", ours.value, theirs.value)]
    if theirs.bottom is not None:
        pairs += [("numerator", ours.numerator, theirs.top), ("denominator", ours.denominator, theirs.bottom)]
    if theirs.n is not None:
        pairs.append(("n", ours.n, theirs.n))
    for name, left, right in pairs:
        if not _same(left, right):
            found.differences.append(f"{what}: {name} {left}, independently {right}")


def _same(left: Decimal | int | None, right: Fraction | int | None) -> bool:
    """To the last digit; a quotient without an end to its first 24."""
    if left is None or right is None:
        return left is None and right is None
    if Fraction(left) == right:
        return True
    right = Fraction(right)
    return Context(prec=24).divide(Decimal(right.numerator), Decimal(right.denominator)) == left


def all_periods(first: datetime.date, today: datetime.date) -> list[str]:
    """Names of the months, quarters, years and weeks from before the first day until after today."""
    day = first - 40 * DAY
    names = []
    while day <= today + 40 * DAY:
        year, week, _weekday = day.isocalendar()
        names += [
            f"{day.year}",
            f"{day.year}-Q{(day.month + 2) // 3}",
            f"{day.year}-{day.month:02}",
            f"{year}-W{week:02}",
        ]
        day += DAY
    return list(dict.fromkeys(names))
