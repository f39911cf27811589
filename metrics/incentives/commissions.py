"""Commissions and overrides: their lines in a statement, with true-ups and cap."""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from accounts.money import minor_digits, round_half_even
from metrics.incentives.facts import Facts
from metrics.incentives.lines import CAP, TRUE_UP, Line, grouped, money_text
from metrics.incentives.spans import Accumulation, periods_before
from metrics.incentives.tallies import CommissionTally, Levels, Piece, Tallies
from metrics.incentives.terms import Commission, Step, Terms

FIRST_DAY = datetime.date.min
NO_TARGET, NOT_REACHED = "no target", "threshold not reached"
ABOVE_CAP = "above the most that this component pays"
BELOW_CAP_AGAIN = "held back before, now below the most again"


def _no_lines() -> list[Line]:
    return []


@dataclass
class Earned:
    """What a component comes to in one accumulation: ``amount`` of its own lines of the statement period, ``own`` makes
    those lines; differences of earlier periods by name; the cap's line. All in minor units."""

    amount: int = 0
    own: Callable[[], list[Line]] = _no_lines
    earlier: dict[str, tuple[int, int]] = field(default_factory=dict)
    """By period: what it comes to now, and what it came to at the end of the last statement period."""
    cap: int = 0
    warnings: list[str] = field(default_factory=list)


def earn_commission(one: Commission, terms: Terms, accumulation: Accumulation, facts: Facts, kept: Tallies) -> Earned:
    """What a commission or an override pays in one accumulation."""
    tally = kept.of(one, accumulation, lambda: CommissionTally(one, terms, accumulation, facts))
    start, until, levels = accumulation.period.start, accumulation.so_far, tally.levels
    tally.read(until)
    earned = Earned(warnings=tally.unknown(start, until))
    if levels is None:
        earned.warnings.append(NO_TARGET)
        return earned
    if not tally.is_reached(until):
        earned.warnings.append(NOT_REACHED)
    now = tally.paid(until)
    everything, earned.amount = (tally.between(now.amounts, day, until) for day in (FIRST_DAY, start))
    before = everything - earned.amount
    if levels.looks_back:
        periods = periods_before(accumulation, terms, facts.fiscal_start)
        sums = [tally.between(now.amounts, one.start, one.last_day) for one in periods]
        then = tally.paid(accumulation.day_before)
        for period, comes_to in zip(periods, sums, strict=True):
            earned.earlier[period.name] = comes_to, tally.between(then.amounts, period.start, period.last_day)
        before = tally.between(then.amounts, FIRST_DAY, accumulation.day_before)
    earned.cap = cap_of(one.cap, terms.currency, everything, before)
    earned.own = lambda: [_line(piece, one, levels, terms.currency) for piece in tally.own(now, start, until)]
    return earned


def _line(piece: Piece, one: Commission, levels: Levels, currency: str) -> Line:
    basis, step, deal = Fraction(piece.basis) / levels.in_major, piece.step, piece.part.deal
    unit = "units" if one.basis == "units" else currency
    text = f"{grouped(basis)} {unit} x {step.rate:f}"
    if len(levels.steps) > 1:
        text += f", the step from {step.start:f}"
    return Line(
        component=one.name, kind=one.kind, amount=piece.amount, text=text, deal=deal.id, deal_key=deal.key,
        closed_on=deal.closed_on, basis=basis, share=piece.part.share, start=step.start, rate=step.rate,
    )  # fmt: skip


@dataclass(frozen=True)
class Progress:
    """How far a component is in an accumulation: ``so_far`` and the levels of its steps, in major units or units."""

    component: Commission
    so_far: Fraction
    bounds: tuple[Fraction, ...]

    @property
    def step(self) -> Step:
        """The step that the basis so far has reached; below 0 the first."""
        reached = [place for place, bound in enumerate(self.bounds) if bound <= self.so_far]
        return self.component.steps[reached[-1] if reached else 0]

    @property
    def next_step(self) -> tuple[Fraction, Step] | None:
        """What is still lacking for the next step, and that step; None on the last one."""
        ahead = [place for place, bound in enumerate(self.bounds) if bound > self.so_far]
        return (self.bounds[ahead[0]] - self.so_far, self.component.steps[ahead[0]]) if ahead else None


def progress_of(one: Commission, terms: Terms, accumulation: Accumulation, facts: Facts) -> Progress | None:
    """How far a commission or an override is; None: a target that it needs is not there."""
    tally = CommissionTally(one, terms, accumulation, facts)
    if tally.levels is None:
        return None
    tally.read(accumulation.so_far)
    so_far = Fraction(tally.so_far(accumulation.so_far)) / tally.levels.in_major
    return Progress(one, so_far, tally.levels.bounds)


def cap_of(cap: Decimal | None, currency: str, so_far: int, before: int) -> int:
    """What the cap takes (or gives back) in this statement period: of all lines so far, and of those before it."""
    if cap is None:
        return 0
    most = round_half_even(Fraction(cap) * 10 ** minor_digits(currency))
    return min(so_far, most) - min(before, most) - (so_far - before)


@dataclass(frozen=True)
class Settled:
    """A component of a statement: what it pays in minor units, and its lines, made when they are asked for."""

    name: str
    currency: str
    earned: Sequence[Earned]

    @property
    def amount(self) -> int:
        return sum(
            one.amount + one.cap + sum(now - then for now, then in one.earlier.values()) for one in self.earned
        )  # fmt: skip

    def lines(self) -> list[Line]:
        """Its deals, true-ups by period, the cap."""
        lines = [line for one in self.earned for line in one.own()]
        periods = list(dict.fromkeys(period for one in self.earned for period in one.earlier))
        for period in periods:
            now, then = (sum(one.earlier.get(period, (0, 0))[side] for one in self.earned) for side in (0, 1))
            if now != then:
                paid = money_text(now, self.currency), money_text(then, self.currency)
                words = f"{period} now comes to {paid[0]} instead of {paid[1]}"
                lines.append(Line(component=self.name, kind=TRUE_UP, amount=now - then, of_period=period, text=words))
        cap = sum(one.cap for one in self.earned)
        if cap:
            words = ABOVE_CAP if cap < 0 else BELOW_CAP_AGAIN
            lines.append(Line(component=self.name, kind=CAP, amount=cap, text=words))
        return lines
