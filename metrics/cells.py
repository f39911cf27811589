"""Cells: what a measure comes to for one member."""

from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction

from metrics.dimensions import Member


@dataclass
class Cell:
    """A measure of one member: the total (minor units for money), the rows counted, a histogram where asked for."""

    total: int | Fraction = 0
    n: int = 0
    histogram: Counter[int] = field(default_factory=Counter)

    def add(self, total: int | None, n: int, histogram: Counter[int] | None = None) -> None:
        self.total += total or 0
        self.n += n
        if histogram:
            self.histogram.update(histogram)


Cells = dict[Member, Cell]
