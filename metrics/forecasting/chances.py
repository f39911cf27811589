"""How likely an open deal is to be won in a period: what became of the deals that stood where it stands."""

import datetime
from collections import defaultdict
from dataclasses import dataclass, field

from metrics.forecasting.past import FEWEST_SEEN, OpenDeal, Past


@dataclass
class Chances:
    """By stage and age, by stage, and of all: how many were seen, how many of them were won in as many days."""

    seen: dict[tuple[int, ...], int] = field(default_factory=lambda: defaultdict(int))
    won: dict[tuple[int, ...], int] = field(default_factory=lambda: defaultdict(int))

    def add(self, stage: int, age: int, count: int, *, won: bool) -> None:
        for key in ((stage, age), (stage,), ()):
            self.seen[key] += count
            self.won[key] += count if won else 0

    def of(self, deal: OpenDeal) -> float:
        """The chance of a deal, from the narrowest group of which enough were seen; of all, however few they are."""
        for key in ((deal.stage, deal.age), (deal.stage,)):
            if self.seen[key] >= FEWEST_SEEN:
                return self.won[key] / self.seen[key]
        return self.won[()] / self.seen[()]


def chances(past: Past, as_of: datetime.date, after: int, until: int) -> Chances | None:
    """Chances of being won more than ``after`` and at most ``until`` days after a day.

    From deals open at the ends of months in the eight quarters before ``as_of`` whose days are over by then. None when
    there were none.
    """
    found = Chances()
    for day in past.watched(as_of, until):
        for (stage, age, ahead), count in past.seen_at(day).items():
            found.add(stage, age, count, won=ahead is not None and after < ahead <= until)
    return found if found.seen[()] else None
