"""What of a cohort still matures: cases that are younger than what comes of them usually takes (METRICS.md, R17)."""

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import ngettext

from accounts import formats
from metrics.answers import asked_once
from metrics.cells import Cell
from metrics.dimensions import ALL
from metrics.measures.measure import Measure
from metrics.numbers import quantile
from metrics.periods import DAY, Period, add_months, range_name
from metrics.question import Question
from metrics.scopes import COMPANY

MOST = Fraction(9, 10)
FEWEST = 5
"""Of fewer outcomes nobody can say how long they usually take."""


class Unripe(NamedTuple):
    """How many cases still mature, and what a reader is told of them; empty where it is told already."""

    cases: int
    note: str


RIPE = Unripe(0, "")


@dataclass(frozen=True)
class Ripening:
    """How long an outcome takes: ``days``, or what nine of ten took in the twelve months up to the as-of day.

    ``outcome`` is what comes, in words. ``took``: the days that outcomes took, by the day of the outcome, of the whole
    company. ``left_out``: the cases of which the figure leaves out the young ones; by default it counts them.
    """

    outcome: "str | Promise"
    days: int = 0
    took: Measure | None = None
    left_out: Measure | None = None

    def age(self, q: Question) -> int | None:
        """The days after which a case is ripe; None where too few outcomes are known."""
        if self.took is None:
            return self.days
        return asked_once(q, ("ripe", self.took.key, q.as_of, q.known_at), partial(self._usual, self.took, q))

    @staticmethod
    def _usual(took: Measure, q: Question) -> int | None:
        end = q.as_of + DAY
        start = add_months(end, -12)
        year = replace(q, period=Period(start, end, range_name(start, end), "range"), scope=COMPANY, by=None, where=())
        days = took.cells(year).get(ALL, Cell()).histogram
        longest = quantile(days, MOST) if days.total() >= FEWEST else None
        return None if longest is None else math.ceil(longest)

    def unripe(self, q: Question, cases: Measure) -> Unripe:
        """The cases of the period that are younger than that."""
        age = self.age(q)
        if age is None:
            return RIPE
        start, end = max(q.period.start, q.as_of - (age - 1) * DAY), min(q.period.end, q.as_of + DAY)
        if start >= end:
            return RIPE
        counted = (self.left_out or cases).cells(q.at(Period(start, end, range_name(start, end), "range")))
        young = counted.get(ALL, Cell()).n
        return Unripe(young, self._note(young, age)) if young else RIPE

    def _note(self, young: int, age: int) -> str:
        words = {"n": formats.number(young), "days": age, "outcome": self.outcome}
        if self.left_out:
            text = ngettext(
                "%(n)s case is younger than %(days)s days and left out until then: still maturing",
                "%(n)s cases are younger than %(days)s days and left out until then: still maturing",
                young,
            )
        elif self.took is None:
            text = ngettext(
                "%(n)s case is younger than %(days)s days, within which most %(outcome)s come: still maturing",
                "%(n)s cases are younger than %(days)s days, within which most %(outcome)s come: still maturing",
                young,
            )
        else:
            text = ngettext(
                "%(n)s case is younger than %(days)s days, within which nine of ten %(outcome)s come: still maturing",
                "%(n)s cases are younger than %(days)s days, within which nine of ten %(outcome)s come: still maturing",
                young,
            )
        return text % words
