"""What is left to a target, broken down to working days: so many proposals, the next by this day. Pure."""

import datetime
import math
from dataclasses import dataclass
from fractions import Fraction

from accounts.working_days import WorkingCalendar
from metrics.numbers import ratio

FEWEST = 5
"""With fewer closed cases nothing is said."""
_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Practice:
    """How what a rep puts out turns out. ``what``: proposal or deal.

    ``won`` of ``tried`` closed ones; ``days`` from putting it out to the win, the median; ``size`` of a win in minor
    units, the mean; ``best``: most put out a working day in one month; ``out``: those that are not closed yet.
    None: not known.
    """

    what: str
    tried: int
    won: int
    days: Fraction | None
    size: Fraction | None
    best: Fraction
    out: int

    @property
    def is_known(self) -> bool:
        """Whether there is enough to go by."""
        return self.tried >= FEWEST and self.won > 0 and self.days is not None and (self.size or 0) > 0


@dataclass(frozen=True)
class Milestone:
    """How many in all must be out by the end of a day."""

    day: datetime.date
    count: int


@dataclass(frozen=True)
class Way:
    """How a target can still be reached.

    ``state``: reached · unknown (too little history) · enough (what is out will do, at the usual rate) · open
    (``needed`` more, by ``milestones``) · late (a win takes longer than the period lasts) · steep (too many a day).
    ``left`` and ``expected``, what those that are out come to, are minor units. ``last_day``: put out later, it would
    be won after the period; ``days`` working days are left until then, today among them.
    """

    state: str
    left: int
    expected: int = 0
    wins: int = 0
    needed: int = 0
    last_day: datetime.date | None = None
    days: int = 0
    milestones: tuple[Milestone, ...] = ()

    @property
    def a_day(self) -> Fraction:
        """So many on each working day that is left."""
        return ratio(self.needed, self.days) or Fraction()


def find_way(
    left: int, practice: Practice, *, calendar: WorkingCalendar, today: datetime.date, ends_on: datetime.date
) -> Way:
    """The way to ``left`` more minor units by ``ends_on``, the period's last day, as the rep's practice goes."""
    if left <= 0:
        return Way("reached", 0)
    rate = ratio(practice.won, practice.tried)
    if not practice.is_known or not rate or practice.size is None or practice.days is None:
        return Way("unknown", left)
    expected = int(practice.out * rate * practice.size)
    wins = math.ceil(ratio(left, practice.size) or 0)
    needed = math.ceil(ratio(wins, rate) or 0) - practice.out
    if needed <= 0:
        return Way("enough", left, expected, wins)
    last_day = ends_on - math.ceil(practice.days) * _DAY
    days = calendar.count(today, last_day)
    way = Way("open", left, expected, wins, needed, last_day, days, _milestones(needed, days, calendar, today))
    state = "late" if not days else "steep" if way.a_day > practice.best else "open"
    return Way(state, left, expected, wins, needed, last_day, days, way.milestones)


def _milestones(needed: int, days: int, calendar: WorkingCalendar, today: datetime.date) -> tuple[Milestone, ...]:
    """The next one, half of the way, and the end, evenly over the working days; what falls together is left out."""
    if not days:
        return ()
    first = max(1, math.ceil(ratio(days, needed) or 1))
    found: list[Milestone] = []
    for place in (first, days // 2, days):
        count = int(ratio(needed * place, days) or 0)
        if not found or count > found[-1].count:
            found.append(Milestone(_working_day(place, calendar, today), count))
    return tuple(found)


def _working_day(place: int, calendar: WorkingCalendar, today: datetime.date) -> datetime.date:
    """The first, second … working day from today on."""
    day = today if calendar.works_on(today) else calendar.next(today)
    for _step in range(place - 1):
        day = calendar.next(day)
    return day
