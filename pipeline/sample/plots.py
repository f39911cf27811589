"""What happens to a sample deal, day by day: drawn before anything is written."""

import datetime
import math
from dataclasses import dataclass, field
from typing import Any

from pipeline.models import Deal
from pipeline.sample.catalogue import Catalogue, Source, Way
from pipeline.sample.customers import Customer
from pipeline.sample.marketing import Effort
from pipeline.sample.people import Seller, Staff
from pipeline.sample.world import World, month_end, workday

DAY = datetime.timedelta(days=1)
MEDIAN_DAYS = {"Small business": 22, "Mid-market": 44, "Enterprise": 80}
WIN_LIFT = {"Small business": 0.05, "Mid-market": 0.0, "Enterprise": -0.06}
RANK = {"lines": 1, "amount": 1, "owner": 0, "move": 2, "expected": 3, "won": 4, "lost": 4, "reopen": 5}
"""The order of what happens on one day."""


@dataclass(frozen=True)
class Brief:
    """What is known of a deal on the day it begins."""

    number: int
    day: datetime.date
    seller: Seller
    customer: Customer
    way: Way
    kind: str
    source: Source
    effort: Effort | None


@dataclass
class Plot:
    """The happenings of a deal: (day, what, value), in order, none of them after yesterday."""

    expected_on: datetime.date
    happenings: list[tuple[datetime.date, str, Any]] = field(default_factory=list)

    def add(self, day: datetime.date, what: str, value: Any = None) -> None:
        self.happenings.append((day, what, value))


class Plotter:
    """Draws one plot. ``random`` is the deal's own, so that no other deal depends on it."""

    def __init__(self, world: World, catalogue: Catalogue, staff: Staff, brief: Brief) -> None:
        self.world, self.catalogue, self.staff, self.brief = world, catalogue, staff, brief
        self.random = world.random("plot", brief.number)
        self.cycle = self._cycle()
        self.fate = self._fate()
        self.end = self._end()

    def draw(self) -> Plot:
        plot = Plot(self._first_guess())
        self._stages(plot)
        self._slips(plot)
        self._close(plot)
        self._owners(plot)
        plot.happenings = sorted(
            (row for row in plot.happenings if row[0] <= self.world.last_day), key=lambda row: (row[0], RANK[row[1]])
        )
        return plot

    def _cycle(self) -> int:
        median = MEDIAN_DAYS[self.brief.customer.segment] * self.brief.seller.pace
        if self.brief.way is self.catalogue.renewals:
            median *= 0.7
        if self.brief.kind == Deal.Kind.CREDIT:
            median = 4
        return max(1, int(median * math.exp(self.random.gauss(0, 0.55))))

    def _fate(self) -> str:
        if self.brief.kind == Deal.Kind.CREDIT:
            return "won"
        if self.random.random() < 0.012:
            return "stalled"
        mood = self.world.random("mood", self.brief.day.year, self.brief.day.month).uniform(-0.05, 0.05)
        chance = 0.29 if self.brief.way is self.catalogue.sales else 0.66
        chance += self.brief.source.lift + WIN_LIFT[self.brief.customer.segment] + mood
        chance += (self.brief.seller.skill - 1) * 0.3
        return "won" if self.random.random() < min(0.9, max(0.06, chance)) else "lost"

    def _end(self) -> datetime.date:
        """The day of the close; for a stalled deal one that never comes."""
        if self.fate == "stalled":
            return self.world.today + 900 * DAY
        end = workday(self.brief.day + self.cycle * DAY)
        if self.random.random() < 0.28:
            end = workday(month_end(end)) - DAY * self.random.choice((0, 0, 0, 1))
        return max(end, self.brief.day)

    def _first_guess(self) -> datetime.date:
        """Reps expect to close sooner than they do, and at the end of a month."""
        guess = self.brief.day + DAY * max(7, int(self.cycle * self.random.uniform(0.55, 1.15)))
        return month_end(guess) if self.random.random() < 0.55 else workday(guess)

    def _depth(self) -> int:
        """How many open stages the deal gets to."""
        stages = len(self.brief.way.open)
        if self.fate == "won":
            return stages
        return self.random.choices(range(1, stages + 1), weights=(4, 3.4, 2.4, 1.6)[:stages])[0]

    def _stages(self, plot: Plot) -> None:
        depth = self._depth()
        weights = [self.random.uniform(0.4, 1.6) for _stage in range(depth)]
        total, passed = sum(weights), 0.0
        skipped = self.random.randrange(1, depth) if depth > 2 and self.random.random() < 0.07 else 0
        days: list[datetime.date] = [self.brief.day]
        for stage in range(1, depth):
            passed += weights[stage - 1]
            day = min(workday(self.brief.day + DAY * int(self.cycle * passed / total)), self.end)
            days.append(max(day, self.brief.day))
            if stage != skipped:
                plot.add(days[-1], "move", stage)
        self._products(plot, days)
        if depth > 2 and self.random.random() < 0.04:
            self._step_back(plot, days, depth - 1)

    def _products(self, plot: Plot, days: list[datetime.date]) -> None:
        """When the products become known, and when the price is settled."""
        if self.brief.kind == Deal.Kind.CREDIT:
            return
        known = self.random.choices((0, 1, 2), weights=(5, 3, 2))[0]
        if 0 < known < len(days):
            plot.add(days[known], "lines", "offered")
        if len(days) > 2 and self.random.random() < 0.6:
            plot.add(days[-1], "lines", "agreed")
        if known == 0:
            plot.add(self.brief.day, "lines", "offered")

    def _step_back(self, plot: Plot, days: list[datetime.date], stage: int) -> None:
        back = days[stage] + 3 * DAY
        again = back + DAY * self.random.randrange(3, 12)
        if again < self.end:
            plot.add(back, "move", stage - 1)
            plot.add(again, "move", stage)

    def _slips(self, plot: Plot) -> None:
        """A date that comes near without a close is moved, usually; some reps forget."""
        expected, patience = plot.expected_on, self.random.randrange(2, 6)
        careless = self.random.random() < 0.14
        while expected < min(self.end, self.world.today) and patience and not careless:
            day = max(self.brief.day, workday(expected - DAY * self.random.randrange(0, 6)))
            expected += DAY * self.random.randrange(9, 46)
            if self.random.random() < 0.5:
                expected = month_end(expected)
            plot.add(day, "expected", expected)
            patience -= 1
        if expected > self.end + 20 * DAY and self.fate == "won" and self.random.random() < 0.35:
            plot.add(max(self.brief.day, self.end - 8 * DAY), "expected", self.end)

    def _close(self, plot: Plot) -> None:
        if self.fate == "stalled":
            return
        plot.add(self.end, self.fate, self._reason() if self.fate == "lost" else None)
        again = self.random.random()
        if again > (0.02 if self.fate == "lost" else 0.015):
            return
        reopened = workday(self.end + DAY * self.random.randrange(8, 55))
        if reopened <= self.end:
            return
        plot.add(reopened, "reopen")
        closed = reopened + DAY * self.random.randrange(6, 40)
        if self.fate == "lost" and self.random.random() < 0.6:
            plot.add(closed, "won")
        else:
            plot.add(closed, "lost", self._reason())

    def _reason(self) -> Any:
        reasons, weights = zip(*self.catalogue.reasons, strict=True)
        return self.random.choices(reasons, weights=weights)[0]

    def _owners(self, plot: Plot) -> None:
        """A few deals change hands, and all open ones of somebody who leaves."""
        last = min(self.end, self.world.last_day)
        seller, life = self.brief.seller, (last - self.brief.day).days
        if life > 6 and self.random.random() < 0.045:
            day = self.brief.day + DAY * self.random.randrange(3, life)
            if seller.works_on(day) and (new := self.staff.successor(seller, day, self.random)) is not seller:
                plot.add(day, "owner", new)
                seller = new
        left = seller.rep.left_on
        if left and left < last:
            plot.add(max(left + DAY, self.brief.day), "owner", self.staff.successor(seller, left + DAY, self.random))
