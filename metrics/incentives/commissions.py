"""Commissions and overrides: their lines in a statement, with true-ups and cap."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from accounts.money import minor_digits, round_half_even
from metrics.incentives.facts import Facts
from metrics.incentives.lines import CAP, TRUE_UP, Line, grouped, money_text
from metrics.incentives.parts import Credited, each_known
from metrics.incentives.spans import Accumulation, periods_before, target_of
from metrics.incentives.terms import Commission, Step, Terms
from metrics.incentives.tiers import marginal_parts, part_above, reached_step

NO_TARGET, NOT_REACHED = "no target", "threshold not reached"


@dataclass
class Earned:
    """What a component comes to in one accumulation: its ``own`` lines of the statement period, differences of earlier
    periods by name, the cap's line in minor units."""

    own: list[Line] = field(default_factory=list)
    earlier: dict[str, tuple[int, int]] = field(default_factory=dict)
    """By period: what it comes to now, and what it came to at the end of the last statement period."""
    cap: int = 0
    warnings: list[str] = field(default_factory=list)


def earn_commission(one: Commission, terms: Terms, accumulation: Accumulation, facts: Facts) -> Earned:
    """The lines of a commission or an override in one accumulation."""
    earned = Earned()
    parts: list[Credited] = []
    for deal, part in each_known(accumulation.deals(facts, accumulation.so_far), one, facts, terms.currency):
        if isinstance(part, Credited):
            parts.append(part)
        elif part and deal.closed_on >= accumulation.period.start:
            earned.warnings.append(f"{deal.key}: {part}")
    rates = _rates(one, terms, accumulation, facts)
    if rates is None:
        earned.warnings.append(NO_TARGET)
        return earned
    before = [part for part in parts if part.deal.closed_on < accumulation.period.start]
    now = rates.lines(parts)
    then = rates.lines(before) if rates.looks_back else [line for line in now if not _closed_since(line, accumulation)]
    if not rates.is_reached(parts):
        earned.warnings.append(NOT_REACHED)
    earned.own = [line for line in now if _closed_since(line, accumulation)]
    earlier_now = [line for line in now if not _closed_since(line, accumulation)]
    for period in periods_before(accumulation, terms, facts.fiscal_start):
        sums = [
            sum(line.amount for line in lines if line.closed_on and period.start <= line.closed_on < period.end)
            for lines in (earlier_now, then)
        ]
        earned.earlier[period.name] = (sums[0], sums[1])
    earned.cap = cap_of(one.cap, terms.currency, now, then)
    return earned


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
    rates = _rates(one, terms, accumulation, facts)
    if rates is None:
        return None
    known = each_known(accumulation.deals(facts, accumulation.so_far), one, facts, terms.currency)
    parts = [part.basis for _deal, part in known if isinstance(part, Credited)]
    return Progress(one, sum(parts, Fraction(0)), rates.bounds)


def _closed_since(line: Line, accumulation: Accumulation) -> bool:
    return line.closed_on is not None and line.closed_on >= accumulation.period.start


def cap_of(cap: Decimal | None, currency: str, now: Iterable[Line], then: Iterable[Line]) -> int:
    """What the cap takes (or gives back) in this statement period: of all lines so far, and of those before it."""
    if cap is None:
        return 0
    most = round_half_even(Fraction(cap) * 10 ** minor_digits(currency))
    so_far, before = sum(line.amount for line in now), sum(line.amount for line in then)
    return min(so_far, most) - min(before, most) - (so_far - before)


@dataclass(frozen=True)
class _Rates:
    """The steps of a component in one accumulation, with their levels as amounts."""

    one: Commission
    currency: str
    bounds: tuple[Fraction, ...]
    level: Fraction | None

    @property
    def floor(self) -> Fraction | None:
        """Below it nothing is paid at all times."""
        return self.level if self.one.threshold and self.one.threshold.pays_from == "threshold" else None

    @property
    def looks_back(self) -> bool:
        """Whether later deals change what earlier ones pay."""
        is_retroactive = self.one.tiers is not None and self.one.tiers.is_retroactive
        return is_retroactive or (self.level is not None and self.floor is None)

    def is_reached(self, parts: Sequence[Credited]) -> bool:
        return self.level is None or sum(part.basis for part in parts) >= self.level

    def lines(self, parts: Sequence[Credited]) -> list[Line]:
        """What some deals pay together."""
        if self.floor is None and not self.is_reached(parts):
            return []
        found, so_far = [], Fraction(0)
        is_retroactive = self.one.tiers is not None and self.one.tiers.is_retroactive
        reached = reached_step(sum((part.basis for part in parts), Fraction(0)), self.bounds)
        for part in parts:
            if is_retroactive:
                pieces = [(reached, part_above(so_far, part.basis, self.floor))]
            else:
                pieces = marginal_parts(so_far, part.basis, self.bounds, self.floor)
            found += [self._line(part, self.one.steps[step], basis) for step, basis in pieces if basis]
            so_far += part.basis
        return found

    def _line(self, part: Credited, step: Step, basis: Fraction) -> Line:
        amount = round_half_even(basis * Fraction(step.rate) * 10 ** minor_digits(self.currency))
        unit = "units" if self.one.basis == "units" else self.currency
        text = f"{grouped(basis)} {unit} x {step.rate:f}"
        if len(self.one.steps) > 1:
            text += f", the step from {step.start:f}"
        return Line(
            component=self.one.name, kind=self.one.kind, amount=amount, text=text, deal=part.deal.id,
            deal_key=part.deal.key, closed_on=part.deal.closed_on, basis=basis, share=part.share, start=step.start,
            rate=step.rate,
        )  # fmt: skip


def _rates(one: Commission, terms: Terms, accumulation: Accumulation, facts: Facts) -> _Rates | None:
    """None: a target that it needs is not there."""
    scope = f"team:{one.of_team}" if one.kind == "override" else "rep"
    targets = {metric: target_of(metric, scope, accumulation, facts, terms.currency) for metric in one.metrics}
    if None in targets.values():
        return None

    def amount_of(level: Decimal, by: str, of: str) -> Fraction:
        return Fraction(level) * ((targets[of] or 0) if by == "attainment" else 1)

    by, of = (one.tiers.by, one.tiers.of) if one.tiers else ("amount", "")
    bounds = tuple(amount_of(step.start, by, of) for step in one.steps)
    limit = one.threshold
    return _Rates(one, terms.currency, bounds, amount_of(limit.at, limit.by, limit.of) if limit else None)


def settled_lines(name: str, currency: str, earned: Sequence[Earned]) -> list[Line]:
    """A component's lines of a statement: its deals, true-ups by period, the cap."""
    lines = [line for one in earned for line in one.own]
    periods = list(dict.fromkeys(period for one in earned for period in one.earlier))
    for period in periods:
        now, then = (sum(one.earlier.get(period, (0, 0))[side] for one in earned) for side in (0, 1))
        if now != then:
            words = f"{period} now comes to {money_text(now, currency)} instead of {money_text(then, currency)}"
            lines.append(Line(component=name, kind=TRUE_UP, amount=now - then, of_period=period, text=words))
    cap = sum(one.cap for one in earned)
    if cap:
        words = "above the most that this component pays" if cap < 0 else "held back before, now below the most again"
        lines.append(Line(component=name, kind=CAP, amount=cap, text=words))
    return lines
