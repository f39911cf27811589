"""A worked example of a plan: what one more deal pays, from the function that makes statements."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from metrics.incentives.calculate import calculate
from metrics.incentives.facts import DealFact, Facts, LineFact, Stretch, TargetFact
from metrics.incentives.lines import Line
from metrics.incentives.spans import statement_period
from metrics.incentives.terms import Commission, Component, Spiff, Terms, Version, Where
from metrics.incentives.units import unit_of
from metrics.periods import MONTHS

PAYEE, BEFORE, DEAL = 1, 1, 2


@dataclass(frozen=True)
class Example:
    """``lines`` of the deal; ``amount`` in minor units is what the statement gains by it, all effects included."""

    amount: int
    lines: tuple[Line, ...]
    warnings: tuple[str, ...]


def worked_example(terms: Terms, *, amount: Decimal, so_far: Decimal, target: Decimal, day: datetime.date) -> Example:
    """What a deal of ``amount`` pays after ``so_far`` in the same accumulation, against ``target``.

    All in the component's own measure: major units of money, or units. The deal is one that passes every filter;
    bonuses, overrides and draws, which depend on more than one deal, are left out.
    """
    components = tuple(_open(one) for one in terms.components if _follows_deals(one))
    plan = Version(1, 1, 1, replace(terms, components=components))
    unit, period = unit_of(day, terms.accumulate, 1), statement_period(day, terms, 1)
    money = ((terms.currency, Fraction(1)),)
    metrics = {metric for one in plan.terms.commissions for metric in one.metrics}
    targets = tuple(
        TargetFact(
            metric, "rep", unit.start, unit.last_day, MONTHS[terms.accumulate], Fraction(target), money, is_money=True
        )
        for metric in sorted(metrics)
    )
    before = _deal(BEFORE, so_far, period.start, terms)
    facts = Facts(
        PAYEE, stretches=(Stretch(1, unit.start, unit.last_day),), deals={BEFORE: before} if so_far else {},
        targets=targets, reps={PAYEE: "you"},
    )  # fmt: skip
    with_deal = replace(facts, deals={**facts.deals, DEAL: _deal(DEAL, amount, period.start, terms)})
    rest, made = calculate(plan, facts, period), calculate(plan, with_deal, period)
    return Example(made.total - rest.total, tuple(one for one in made.lines if one.deal == DEAL), made.warnings)


def payouts(terms: Terms, shares: Sequence[Decimal], *, target: Decimal, day: datetime.date) -> list[int]:
    """What the commissions pay, in minor units, for one accumulation in which so much of the target is sold."""
    plain = replace(terms, components=tuple(one for one in terms.components if isinstance(one, Commission)))
    return [
        worked_example(plain, amount=share * target, so_far=Decimal(0), target=target, day=day).amount
        for share in shares
    ]


def _follows_deals(one: Component) -> bool:
    return isinstance(one, Spiff) or (isinstance(one, Commission) and not one.of_team)


def _open(one: Component) -> Component:
    """The component without filters and days."""
    if isinstance(one, Spiff):
        return replace(one, where=Where(), first=datetime.date.min, last=datetime.date.max)
    return replace(one, where=Where()) if isinstance(one, Commission) else one


def _deal(pk: int, amount: Decimal, day: datetime.date, terms: Terms) -> DealFact:
    """A deal whose amount, margin, units and monthly amount are all the same number."""
    value = Fraction(amount)
    return DealFact(
        id=pk, key=f"{pk}", closed_at=datetime.datetime.combine(day, datetime.time(), datetime.UTC), closed_on=day,
        kind="new", pipeline="", channel="", currency=terms.currency, amount=value, factors=(),
        lines=(LineFact(1, value, value, Fraction(0)),), monthly=((None, value),), credits=((PAYEE, Fraction(1)),),
    )  # fmt: skip
