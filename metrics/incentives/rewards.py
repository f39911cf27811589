"""Bonuses, SPIFFs and draws: their lines in a statement."""

import datetime
from collections.abc import Mapping
from fractions import Fraction

from accounts.money import minor_digits, round_half_even
from metrics.incentives.commissions import Earned, cap_of
from metrics.incentives.facts import Facts
from metrics.incentives.lines import DRAW, RECOVERY, Line, money_text, shown
from metrics.incentives.spans import Accumulation, share_of_days
from metrics.incentives.tallies import Bounty, SpiffTally, Tallies
from metrics.incentives.terms import Bonus, Draw, Spiff, Terms
from metrics.incentives.units import units_between
from metrics.periods import Period

NO_FIGURE = "no figure"


def earn_spiff(one: Spiff, terms: Terms, accumulation: Accumulation, facts: Facts, kept: Tallies) -> Earned:
    """A line for each matching deal of the statement period."""
    tally = kept.of(one, accumulation, lambda: SpiffTally(one, terms, accumulation, facts))
    start, until = accumulation.period.start, accumulation.so_far
    paid = tally.paid(until)
    own = [each for each in paid if each.deal.closed_on >= start]
    so_far, amount = (sum(each.amount for each in some) for some in (paid, own))
    return Earned(
        amount,
        lambda: [_spiff_line(one, terms.currency, each) for each in own],
        cap=cap_of(one.cap, terms.currency, so_far, so_far - amount),
        warnings=tally.unknown(start, until),
    )


def _spiff_line(one: Spiff, currency: str, paid: Bounty) -> Line:
    deal, amount, share = paid
    return Line(
        component=one.name, kind=one.kind, amount=amount, share=share, deal=deal.id, deal_key=deal.key,
        closed_on=deal.closed_on, text=f"{money_text(amount, currency)} {currency} for this deal",
    )  # fmt: skip


def earn_bonus(one: Bonus, terms: Terms, accumulation: Accumulation, facts: Facts) -> Earned:
    """What it pays for periods whose last day lies in the statement period and in the accumulation."""
    earned = Earned()
    lines: list[Line] = []
    for period in bonus_periods(one, accumulation.period, facts.fiscal_start):
        if not accumulation.first <= period.last_day <= accumulation.last:
            continue
        figure = facts.figures.get((one.metric, period.start, period.last_day))
        if figure is None or figure.value is None:
            earned.warnings.append(NO_FIGURE)
        elif figure.n < one.min_n:
            earned.warnings.append(f"n below {one.min_n}")
        elif _is_met(one, figure.value):
            amount = round_half_even(Fraction(one.pays) * 10 ** minor_digits(terms.currency))
            text = f"{one.metric} of {period.name} is {shown(figure.value)} (n = {figure.n}), {_level(one)}"
            line = Line(component=one.name, kind=one.kind, amount=amount, of_period=period.name, text=text)
            lines.append(line)
    earned.amount, earned.own = sum(line.amount for line in lines), lambda: lines
    return earned


def bonus_periods(one: Bonus, period: Period, fiscal_start: int) -> list[Period]:
    """The periods of a bonus that end in a statement period."""
    touching = units_between(period.start, period.last_day, one.every, fiscal_start)
    return [unit for unit in touching if unit.last_day <= period.last_day]


def _is_met(one: Bonus, value: Fraction) -> bool:
    if one.at_least is not None:
        return value >= Fraction(one.at_least)
    return one.at_most is not None and value <= Fraction(one.at_most)


def _level(one: Bonus) -> str:
    return f"at most {one.at_most:f}" if one.at_least is None else f"at least {one.at_least:f}"


def draw_lines(
    terms: Terms, period: Period, days: list[tuple[datetime.date, datetime.date]], earned: int,
    balances: Mapping[str, int],
) -> tuple[list[Line], dict[str, int]]:  # fmt: skip
    """Draws and recoveries of a statement, and the balances after it, by component in minor units.

    ``days`` are the spans of the statement period on which the version holds, ``earned`` what else it pays, in minor
    units. What is due is not rounded: the line is, once. Recoveries share what lies above all that is due.
    """
    after = {name: minor for name, minor in balances.items() if minor}
    if not terms.draws:
        return [], after
    dues = {draw.name: _due(draw, terms, period, days) for draw in terms.draws}
    spare = earned - sum(dues.values(), start=Fraction(0))
    found = []
    for draw in terms.draws:
        due, balance = dues[draw.name], after.get(draw.name, 0)
        if due > earned and due > 0:
            amount = round_half_even(due - earned)
            shown_due = money_text(round_half_even(due), terms.currency)
            text = f"{shown_due} is due, {money_text(earned, terms.currency)} earned"
            if amount:
                found.append(Line(component=draw.name, kind=DRAW, amount=amount, text=text))
            after[draw.name] = balance + (amount if draw.recoverable else 0)
        elif (back := min(balance, round_half_even(spare))) > 0:
            text = f"pays back of {money_text(balance, terms.currency)} drawn before"
            found.append(Line(component=draw.name, kind=RECOVERY, amount=-back, text=text))
            after[draw.name], spare = balance - back, spare - back
    return found, {name: minor for name, minor in after.items() if minor}


def _due(draw: Draw, terms: Terms, period: Period, days: list[tuple[datetime.date, datetime.date]]) -> Fraction:
    """In minor units, not rounded."""
    shares = [
        share_of_days(period.start, period.last_day, max(first, draw.first), min(last, draw.last))
        for first, last in days
    ]
    return Fraction(draw.amount) * sum(shares, Fraction(0)) * 10 ** minor_digits(terms.currency)
