"""The triangle of cohort retention: a row for each month of first purchases, a column for each month of age."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from metrics.cohorts import Life

MOST_AGES = 12
"""So many months of age are shown; older ones are on the metric's own page."""


@dataclass
class Cell:
    """Of ``whole`` customers that are old enough, so many were ``active``; nobody is old enough: the month runs on."""

    active: int = 0
    whole: int = 0


@dataclass
class Row:
    """A cohort: its month, how many bought for the first time in it, and its ages from 1 on."""

    month: datetime.date | None
    size: int = 0
    cells: dict[int, Cell] = field(default_factory=lambda: defaultdict(Cell))
    cohorts: dict[int, set[datetime.date]] = field(default_factory=lambda: defaultdict(set))

    def add(self, life: Life, last: int) -> None:
        self.size += 1
        for age in range(1, min(life.oldest, last) + 1):
            self.cells[age].whole += 1
            self.cells[age].active += age in life.active
            self.cohorts[age].add(life.cohort)


@dataclass(frozen=True)
class Triangle:
    """Cohorts by month, and all of them together: each age of those only that are old enough."""

    rows: list[Row]
    total: Row
    ages: list[int]


def triangle(lives: Iterable[Life], last: int = MOST_AGES) -> Triangle:
    """The cohorts of some customers up to an age."""
    rows: dict[datetime.date, Row] = {}
    total = Row(None)
    for life in lives:
        rows.setdefault(life.cohort, Row(life.cohort)).add(life, last)
        total.add(life, last)
    return Triangle([rows[month] for month in sorted(rows)], total, sorted(total.cells))
