"""What deals pay in one accumulation, each worked out once for all of its statements. Pure and exact.

Money is in minor units, so that nearly everything is whole numbers. Where levels of steps lie between them, amounts are
counted in *grains*: equal parts of a minor unit (or of a unit) that all levels are whole numbers of.
"""

import datetime
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import lcm
from typing import Any, NamedTuple, TypeVar

from accounts.money import divided, minor_digits, round_half_even
from metrics.incentives.exact import Number, as_whole
from metrics.incentives.facts import DealFact, Facts
from metrics.incentives.parts import Credited, NotKnown, credited, spiff_part
from metrics.incentives.spans import Accumulation, target_of
from metrics.incentives.terms import Commission, Component, Spiff, Step, Terms
from metrics.incentives.tiers import marginal_parts, part_above, reached_step

UNIT_GRAINS = 10**10
"""Quantities have four decimals, shares six."""


MARGINAL = -1
"""In place of the one step at which everything is paid."""


class Piece(NamedTuple):
    """A part of a deal that is paid at one step's rate: ``basis`` in grains, ``amount`` in minor units."""

    part: Credited
    step: Step
    basis: Number
    amount: int


class Paid(NamedTuple):
    """What deals pay, one after the other: before each, and at last, ``ends`` says how many pieces there are, and
    ``amounts`` what they came to."""

    pieces: list[Piece]
    ends: list[int]
    amounts: list[int]

    def add(self, pieces: list[Piece]) -> None:
        """Those of one deal more."""
        self.pieces.extend(pieces)
        self.ends.append(len(self.pieces))
        self.amounts.append(self.amounts[-1] + sum([piece.amount for piece in pieces]))


NOTHING_PAID = Paid([], [0], [0])


class _Row:
    """The deals of an accumulation in the order in which they count, taken one after the other as far as is asked."""

    def __init__(self, accumulation: Accumulation, facts: Facts) -> None:
        self._deals = accumulation.deals(facts, accumulation.last)
        days = [deal.closed_on for deal in self._deals]
        # Not so where a clock was put back over midnight, or the company has moved to another zone.
        self._days_rise = all(one <= other for one, other in pairwise(days))
        self._queue, self._taken = self._deals, 0
        self._days: list[datetime.date] = []
        self._unknown: list[tuple[datetime.date, str]] = []

    def _read(self, until: datetime.date) -> None:
        """Take all deals up to a day that were not taken yet."""
        if not self._days_rise:
            self._queue, self._taken = [deal for deal in self._deals if deal.closed_on <= until], 0
            self._unknown = []
            self._forget()
        while self._taken < len(self._queue) and self._queue[self._taken].closed_on <= until:
            deal = self._queue[self._taken]
            try:
                self._take(deal)
            except NotKnown as missing:
                self._unknown.append((deal.closed_on, f"{deal.key}: {missing}"))
            self._taken += 1

    def _count(self, until: datetime.date) -> int:
        """How many of the deals that pay count up to a day."""
        if self._days_rise:
            return bisect_right(self._days, until)
        self._read(until)
        return len(self._days)

    def between(self, amounts: Sequence[int], first: datetime.date, until: datetime.date) -> int:
        """The sum of what deals pay from one day to another. ``amounts``: before each, and at last."""
        if self._days_rise:
            last = min(bisect_right(self._days, until), len(amounts) - 1)
            return amounts[last] - amounts[min(bisect_left(self._days, first), last)]
        places = range(len(amounts) - 1)
        return sum(amounts[at + 1] - amounts[at] for at in places if first <= self._days[at] <= until)

    def unknown(self, first: datetime.date, until: datetime.date) -> list[str]:
        """What is not known of deals from one day to another."""
        return [text for day, text in self._unknown if first <= day <= until]

    def _forget(self) -> None:
        raise NotImplementedError

    def _take(self, deal: DealFact) -> None:
        """Raises NotKnown, SharesRefused."""
        raise NotImplementedError


class Levels:
    """The steps and the threshold of a component in an accumulation. ``bounds``: where steps begin, in major units or
    units; the same, and the threshold's ``level``, in grains."""

    def __init__(self, one: Commission, currency: str, targets: dict[str, Fraction]) -> None:
        def amount_of(level: Decimal, by: str, of: str) -> Fraction:
            return Fraction(level) * (targets[of] if by == "attainment" else 1)

        by, of = (one.tiers.by, one.tiers.of) if one.tiers else ("amount", "")
        limit, is_units = one.threshold, one.basis == "units"
        self.bounds = tuple(amount_of(step.start, by, of) for step in one.steps)
        level = amount_of(limit.at, limit.by, limit.of) if limit else None
        minor = 10 ** minor_digits(currency)
        scale = 1 if is_units else minor
        levels = [bound * scale for bound in (*self.bounds, *(() if level is None else (level,)))]
        self.grains = lcm(UNIT_GRAINS if is_units else 1, *(one.denominator for one in levels))
        self.in_major = self.grains * scale
        whole = [int(one * self.grains) for one in levels]
        self.steps = one.steps
        self._starts = whole[: len(self.bounds)]
        self.level = None if level is None else whole[-1]
        pays_from_it = limit is not None and limit.pays_from == "threshold"
        self.floor = self.level if pays_from_it else None
        self.is_retroactive = one.tiers is not None and one.tiers.is_retroactive
        ratios = [(Fraction(step.rate) * (minor if is_units else 1)).as_integer_ratio() for step in self.steps]
        self._rates = [(above, below * self.grains) for above, below in ratios]

    @property
    def looks_back(self) -> bool:
        """Whether later deals change what earlier ones pay."""
        return self.is_retroactive or (self.level is not None and self.floor is None)

    def in_grains(self, basis: Number) -> Number:
        return basis if self.grains == 1 else as_whole(basis * self.grains)

    def pieces(self, part: Credited, step: int, before: Number, basis: Number) -> list[Piece]:
        """What a part pays: by all steps that it passes (``MARGINAL``), or all of it at one."""
        if step == MARGINAL:
            found = marginal_parts(before, basis, self._starts, self.floor)
            return [self._piece(part, passed, size) for passed, size in found]
        size = part_above(before, basis, self.floor)
        return [self._piece(part, step, size)] if size else []

    def reached(self, so_far: Number) -> int:
        return reached_step(so_far, self._starts)

    def _piece(self, part: Credited, step: int, basis: Number) -> Piece:
        above, below = self._rates[step]
        if isinstance(basis, int):
            amount = divided(basis * above, below)
        else:
            amount = round_half_even(basis * Fraction(above, below))
        return Piece(part, self.steps[step], basis, amount)


class CommissionTally(_Row):
    """A commission or an override in one accumulation. ``levels`` None: a target that it needs is not there."""

    def __init__(self, one: Commission, terms: Terms, accumulation: Accumulation, facts: Facts) -> None:
        super().__init__(accumulation, facts)
        self._one, self._currency, self._facts = one, terms.currency, facts
        self.levels = _levels(one, terms.currency, accumulation, facts)
        self._forget()

    def _forget(self) -> None:
        self._parts: list[Credited] = []
        self._days = []
        self._sums: list[Number] = [0]
        self._paid: dict[int, Paid] = {}

    def _take(self, deal: DealFact) -> None:
        part = credited(deal, self._one, self._facts, self._currency)
        if part is None:
            return
        self._parts.append(part)
        self._days.append(deal.closed_on)
        if self.levels is not None:
            self._sums.append(self._sums[-1] + self.levels.in_grains(part.basis))

    def read(self, until: datetime.date) -> None:
        """Take the deals up to a day. Raises SharesRefused."""
        self._read(until)

    def so_far(self, until: datetime.date) -> Number:
        """The basis of the deals up to a day, in grains."""
        count = self._count(until)
        return self._sums[count]

    def is_reached(self, until: datetime.date) -> bool:
        """Whether the deals up to a day reach the threshold."""
        return self.levels is None or self.levels.level is None or self.so_far(until) >= self.levels.level

    def paid(self, until: datetime.date) -> "Paid":
        """What the deals up to a day pay together; later ones may be among them where that changes nothing."""
        levels = self.levels
        if levels is None or (levels.floor is None and not self.is_reached(until)):
            return NOTHING_PAID
        count = self._count(until)
        step = levels.reached(self._sums[count]) if levels.is_retroactive else MARGINAL
        found = self._paid.get(step)
        if found is None:
            found = self._paid[step] = Paid([], [0], [0])
        for place in range(len(found.ends) - 1, count):
            before, part = self._sums[place], self._parts[place]
            found.add(levels.pieces(part, step, before, self._sums[place + 1] - before))
        return found

    def own(self, paid: "Paid", first: datetime.date, until: datetime.date) -> list[Piece]:
        """Its pieces of deals from one day to another."""
        if self._days_rise:
            ends = paid.ends
            last = min(bisect_right(self._days, until), len(ends) - 1)
            return paid.pieces[ends[min(bisect_left(self._days, first), last)] : ends[last]]
        return [piece for piece in paid.pieces if first <= piece.part.deal.closed_on <= until]


def _levels(one: Commission, currency: str, accumulation: Accumulation, facts: Facts) -> Levels | None:
    scope = f"team:{one.of_team}" if one.kind == "override" else "rep"
    targets: dict[str, Fraction] = {}
    for metric in one.metrics:
        target = target_of(metric, scope, accumulation, facts, currency)
        if target is None:
            return None
        targets[metric] = target
    key = (currency, *targets.values())
    if key not in one.known_levels:
        one.known_levels[key] = Levels(one, currency, targets)
    levels: Levels = one.known_levels[key]
    return levels


class SpiffTally(_Row):
    """A SPIFF in one accumulation."""

    def __init__(self, one: Spiff, terms: Terms, accumulation: Accumulation, facts: Facts) -> None:
        super().__init__(accumulation, facts)
        self._one, self._currency, self._facts = one, terms.currency, facts
        self._forget()

    def _forget(self) -> None:
        self._days = []
        self._paid: list[Bounty] = []

    def _take(self, deal: DealFact) -> None:
        part = spiff_part(deal, self._one, self._facts, self._currency)
        if part is not None:
            self._days.append(deal.closed_on)
            self._paid.append(Bounty(deal, *part))

    def paid(self, until: datetime.date) -> "list[Bounty]":
        """What deals up to a day pay. Raises SharesRefused."""
        self._read(until)
        return self._paid[: self._count(until)]


class Bounty(NamedTuple):
    """What a SPIFF pays for a deal, in minor units; ``share`` None: in full."""

    deal: DealFact
    amount: int
    share: Fraction | None


Tally = TypeVar("Tally", CommissionTally, SpiffTally)


class Tallies:
    """Those of one rep's facts, made as they are asked for."""

    def __init__(self) -> None:
        self._made: dict[tuple[int, datetime.date, datetime.date], tuple[Component, Any]] = {}

    def of(self, component: Component, accumulation: Accumulation, make: Callable[[], Tally]) -> Tally:
        """That of a component in an accumulation."""
        key = (id(component), accumulation.unit.start, accumulation.first)
        if key not in self._made:
            self._made[key] = (component, make())  # kept with it, so that no other one gets its id
        tally: Tally = self._made[key][1]
        return tally
