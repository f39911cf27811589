"""A rep's statements one after the other: which there are, and draws' balances from each to the next."""

import datetime
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property

from metrics.incentives.calculate import Calculation, calculate
from metrics.incentives.facts import DealFact, Facts
from metrics.incentives.tallies import Tallies
from metrics.incentives.terms import Version
from metrics.incentives.units import units_between
from metrics.periods import Period


@dataclass(frozen=True)
class Slot:
    """A place for one statement: a version that holds in a statement period, from ``first`` on (in the period)."""

    period: Period
    version: int
    first: datetime.date

    @cached_property
    def order(self) -> tuple[datetime.date, datetime.date, datetime.date]:
        return self.period.end, self.period.start, self.first

    @cached_property
    def key(self) -> tuple[datetime.date, datetime.date, int]:
        return self.period.start, self.period.last_day, self.version


def slots(facts: Facts, versions: Mapping[int, Version], until: datetime.date) -> list[Slot]:
    """The statements whose periods begin on or before a day, in order; each version once a period."""
    found: dict[tuple[datetime.date, datetime.date, int], Slot] = {}
    for stretch in facts.stretches:
        every = versions[stretch.version].terms.statement_every
        for period in units_between(stretch.first, min(stretch.last, until), every, facts.fiscal_start):
            slot = Slot(period, stretch.version, max(stretch.first, period.start))
            found.setdefault(slot.key, slot)
    return sorted(found.values(), key=lambda slot: slot.order)


class Chain:
    """Calculations of one rep on the same facts. Each is made once, and only those that are asked for, or that a
    draw's balance comes from."""

    def __init__(self, facts: Facts, versions: Mapping[int, Version], until: datetime.date) -> None:
        self.facts, self.versions = facts, versions
        self.slots = slots(facts, versions, until)
        self._kept = Tallies()
        self._done: dict[tuple[datetime.date, datetime.date, int], Calculation] = {}

    def with_deal(self, deal: DealFact) -> "Chain":
        """The same statements with one deal more; what ends before it stays as it was made."""
        found = copy(self)
        found.facts = replace(self.facts, deals={**self.facts.deals, deal.id: deal})
        found._kept = Tallies()
        earlier = {slot.key for slot in self.slots if slot.period.last_day < deal.closed_on}
        found._done = {key: made for key, made in self._done.items() if key in earlier}
        return found

    def calculation(self, slot: Slot) -> Calculation:
        """What the statement comes to, without corrections."""
        if slot.key not in self._done:
            for earlier in self._before(slot):
                self._make(earlier)
            self._make(slot)
        return self._done[slot.key]

    def total_until(self, day: datetime.date) -> dict[int, int]:
        """By version what its statements of periods that end on or before a day come to, in minor units."""
        totals: dict[int, int] = {}
        for slot in self.slots:
            if slot.period.last_day <= day:
                totals[slot.version] = totals.get(slot.version, 0) + self.calculation(slot).total
        return totals

    def _make(self, slot: Slot) -> None:
        if slot.key not in self._done:
            last = self._last(slot)
            balances = self._done[last.key].balances if last is not None else {}
            version = self.versions[slot.version]
            self._done[slot.key] = calculate(version, self.facts, slot.period, balances, self._kept)

    def _last(self, slot: Slot) -> Slot | None:
        earlier = self._before(slot)
        return earlier[-1] if earlier else None

    def _before(self, slot: Slot) -> list[Slot]:
        """Statements of the same plan that a balance may come from, in order."""
        plan = self.versions[slot.version].plan
        if plan not in self._drawing:
            return []
        return [one for one in self.slots if one.order < slot.order and self.versions[one.version].plan == plan]

    @cached_property
    def _drawing(self) -> set[int]:
        """Plans with a recoverable draw in a version that is stated here."""
        used = [self.versions[one] for one in {slot.version for slot in self.slots}]
        return {one.plan for one in used if any(draw.recoverable for draw in one.terms.draws)}
