"""The triangle of a cohort metric: a row for each month in which accounts began, a column for each month of age."""

import datetime
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from metrics.cohorts.customers import CohortMeasure
from metrics.metric import Ratio
from metrics.question import Question

MOST_AGES = 12
"""So many months of age are shown; older ones are on the metric's own page."""


@dataclass
class Cell:
    """The metric's two sides of those accounts that are old enough, and how many these are; none: the month runs on."""

    part: int = 0
    whole: int = 0
    accounts: int = 0


@dataclass
class Row:
    """A cohort: its month, how many accounts began in it, and its ages from 1 on."""

    month: datetime.date | None
    size: int = 0
    cells: dict[int, Cell] = field(default_factory=lambda: defaultdict(Cell))
    cohorts: dict[int, set[datetime.date]] = field(default_factory=lambda: defaultdict(set))

    def add(self, life: Any, top: CohortMeasure, bottom: CohortMeasure, last: int) -> None:
        self.size += 1
        for age in range(1, min(life.oldest, last) + 1):
            cell = self.cells[age]
            cell.part += top.amount(life, age) or 0
            cell.whole += bottom.amount(life, age) or 0
            cell.accounts += 1
            self.cohorts[age].add(life.cohort)


@dataclass(frozen=True)
class Triangle:
    """Cohorts by month, and all of them together: each age of those only that are old enough."""

    rows: list[Row]
    total: Row
    ages: list[int]


def triangle(metric: Ratio, q: Question, last: int = MOST_AGES) -> Triangle:
    """The cohorts of the question's period up to an age. ``metric``: a ratio of two measures of cohorts."""
    top, bottom = metric.top, metric.bottom
    if not (isinstance(top, CohortMeasure) and isinstance(bottom, CohortMeasure)):
        raise TypeError(f"{metric.slug} has no cohorts")
    rows: dict[datetime.date, Row] = {}
    total = Row(None)
    for life in top.lives(q):
        rows.setdefault(life.cohort, Row(life.cohort)).add(life, top, bottom, last)
        total.add(life, top, bottom, last)
    return Triangle([rows[month] for month in sorted(rows)], total, sorted(total.cells))
