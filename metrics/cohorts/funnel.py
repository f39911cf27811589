"""The funnel of a cohort: how far each lead or deal came, step by step. Pure: no database, no clock.

Each journey counts once in a step that it reached, whatever became of it later; lost ones stay. Two readings:
``any``: whoever was in a step at all. ``order``: whoever was in all steps up to this one, one after the other.
"""

import datetime
import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from metrics.numbers import quantile

MODES = ("order", "any")
HALF = Fraction(1, 2)


@dataclass(frozen=True)
class Arrival:
    """A step that was reached, and its day. Arrivals of a journey are in order of time."""

    step: str
    day: datetime.date


@dataclass(frozen=True)
class Journey:
    """What a lead or a deal of the cohort went through. ``deal`` None: no deal came of the lead."""

    id: int
    deal: int | None
    arrivals: tuple[Arrival, ...]


@dataclass
class Step:
    """A step of the funnel: on which day each journey reached it (by position in the cohort).

    ``converted`` of ``whole`` who were in the step before came here; ``days`` that it took them, day -> count.
    """

    key: str
    reached: dict[int, datetime.date] = field(default_factory=dict)
    converted: int = 0
    whole: int = 0
    days: Counter[int] = field(default_factory=Counter)

    @property
    def count(self) -> int:
        return len(self.reached)

    @property
    def median_days(self) -> Fraction | None:
        """Half of those who came from the step before took no longer; None when nobody did."""
        return quantile(self.days, HALF)


def walk(journeys: Sequence[Journey], keys: Sequence[str], mode: str) -> list[Step]:
    """The steps of a funnel over a cohort, in the order of ``keys``. ``mode``: order or any."""
    steps = [Step(key) for key in keys]
    for place, journey in enumerate(journeys):
        found = _in_order(journey, keys) if mode == "order" else _at_all(journey)
        for step in steps:
            if step.key in found:
                step.reached[place] = found[step.key]
    for before, step in itertools.pairwise(steps):
        both = before.reached.keys() & step.reached.keys()
        step.converted, step.whole = len(both), before.count
        spans = ((step.reached[place] - before.reached[place]).days for place in both)
        step.days = Counter(days for days in spans if days >= 0)
    return steps


def _at_all(journey: Journey) -> dict[str, datetime.date]:
    found: dict[str, datetime.date] = {}
    for arrival in journey.arrivals:
        found.setdefault(arrival.step, arrival.day)
    return found


def _in_order(journey: Journey, keys: Sequence[str]) -> dict[str, datetime.date]:
    """The first way through the steps without leaving one out, as far as it goes."""
    found: dict[str, datetime.date] = {}
    wanted = iter(keys)
    key = next(wanted, None)
    for arrival in journey.arrivals:
        if arrival.step == key:
            found[arrival.step] = arrival.day
            key = next(wanted, None)
    return found
