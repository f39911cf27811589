"""A question to the engine, fully resolved: nothing in it depends on the clock or on who asks."""

import datetime
from dataclasses import dataclass, replace

from accounts.business_dates import day_start
from accounts.models import Company
from metrics.periods import DAY, Period, range_name
from metrics.scopes import Scope


@dataclass(frozen=True)
class Reported:
    """A frozen book: what was known at ``frozen_at``, by the tree of teams (team, parent) of that moment."""

    id: int
    name: str
    frozen_at: datetime.datetime
    teams: tuple[tuple[int, int | None], ...] = ()


@dataclass(frozen=True)
class Question:
    """Which period, whose, sliced how, seen from which day (``as_of``, included) and known at which moment.

    ``known_on`` is a day, its end is meant; ``book`` asks for what was reported, at the instant of the freeze.
    ``shelf`` (a ``metrics.snapshots.shelf.Shelf``) lets closed days come from stored figures; None asks for the facts
    alone.
    """

    period: Period
    scope: Scope
    company: Company
    today: datetime.date
    as_of: datetime.date
    known_on: datetime.date | None = None
    by: str | None = None
    where: tuple[tuple[str, str], ...] = ()
    shelf: object = None
    book: Reported | None = None

    @property
    def valid_day(self) -> datetime.date | None:
        """The day whose versions answer; None when it is today, which the cheap partial indexes serve."""
        return None if self.as_of >= self.today else self.as_of

    @property
    def known_at(self) -> datetime.datetime | None:
        """The moment whose knowledge answers; None: now."""
        if self.book is not None:
            return self.book.frozen_at
        return None if self.known_on is None else day_start(self.known_on + DAY, self.company.zone)

    @property
    def level_day(self) -> datetime.date:
        """The day at whose end a level is read."""
        return min(self.period.last_day, self.as_of)

    def at(self, period: Period) -> "Question":
        """The same question about another period, not sliced."""
        return replace(self, period=period, by=None)

    def between(self, first: datetime.date, last: datetime.date) -> "Question":
        """The same question about some of its days, from the facts."""
        return replace(self, period=Period(first, last + DAY, range_name(first, last + DAY), "range"), shelf=None)

    def whole(self) -> "Question":
        """The same question, not sliced."""
        return replace(self, by=None)
