"""Both programs pay the same cases, and where they pay differently."""

import datetime
from collections import Counter
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

from metrics.incentives.calculate import Calculation, calculate
from metrics.incentives.facts import DealFact, Facts
from metrics.incentives.hashing import line_hashes
from metrics.incentives.terms import Version
from metrics.periods import Period, parse_period
from tests.independent.pay.calendar_units import DAY, Span, units_in
from tests.independent.pay.case import Case
from tests.independent.pay.holding import Held, held_versions
from tests.independent.pay.random_cases import FIRST, LAST, PAYEE, random_case
from tests.independent.pay.statement import Statement, statements
from tests.independent.pay.through_engine import facts_of, version_of

Versions = dict[tuple[str, int], Version]
DAYS = Span(FIRST - 20 * DAY, LAST)


@dataclass
class Outcome:
    """How many histories, plans, statements and lines (by kind) were compared; the differences."""

    cases: int = 0
    plans: int = 0
    statements: int = 0
    lines: Counter = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)


def compare_plans(seed: int, plans: int, only: int | None = None) -> Outcome:
    """Histories of a seed until so many plans were paid; or the one of a number."""
    found = Outcome()
    while found.plans < plans if only is None else found.cases == 0:
        number = found.cases if only is None else only
        _compare(found, f"--seed {seed} --only {number}", random_case(Random(f"{seed} {number}")))  # noqa: S311
        found.cases += 1
    return found


def _compare(found: Outcome, where: str, raw: dict[str, Any]) -> None:
    case = Case(raw)
    held = held_versions(case, PAYEE)
    facts = facts_of(case, PAYEE, held)
    versions = {(one.plan, one.number): version_of(one, pk) for pk, one in enumerate(held, start=1)}
    balances: dict[str, dict[str, int]] = {}
    ours = list(statements(case, PAYEE, DAYS))
    found.plans += len(raw["plans"])
    for statement in ours:
        version = versions[statement.plan, statement.number]
        period = parse_period(statement.period.name, today=LAST, fiscal_start=case.fiscal_start)
        before = balances.get(statement.plan)
        theirs = calculate(version, facts, period, before)
        balances[statement.plan] = dict(theirs.balances)
        found.statements += 1
        found.lines.update(line.kind for line in statement.lines)
        said = list(_judge(statement, theirs))
        said += _more_pays_no_less(version, facts, period, before, theirs)
        if statement is ours[-1]:
            said += _holds(version, case, held, period, before, theirs)
        if said:
            name = f"{where}: {statement.plan} {statement.number} {statement.period.name}"
            found.differences.append("\n  ".join([name, *said[:6]]))
            return
    _no_others(found, where, case, versions, facts, ours)


def _no_others(
    found: Outcome, where: str, case: Case, versions: Versions, facts: Facts, ours: list[Statement]
) -> None:  # fmt: skip
    """Where we state nothing, the engine pays nothing."""
    stated = {(one.plan, one.number, one.period.name) for one in ours}
    for (plan, number), version in versions.items():
        for period in units_in(DAYS, version.terms.statement_every, case.fiscal_start):
            if (plan, number, period.name) not in stated:
                asked = parse_period(period.name, today=LAST, fiscal_start=case.fiscal_start)
                lines = calculate(version, facts, asked).lines
                if lines:
                    found.differences.append(f"{where}: {plan} {number} {period.name} only the engine pays: {lines}")


def _judge(ours: Statement, theirs: Calculation) -> list[str]:
    left = [shown(line) for line in theirs.lines]
    right = [shown(line) for line in ours.lines]
    said = [f"engine {one}" for one in left if one not in right] + [
        f"independently {one}" for one in right if one not in left
    ]
    if left != right and not said:
        said = [f"another order: engine {left}", f"independently {right}"]
    if theirs.total != ours.total:
        said.append(f"total: engine {theirs.total}, independently {ours.total}")
    kept = {name: minor for name, minor in theirs.balances.items() if minor}
    if kept != ours.balances:
        said.append(f"balances: engine {kept}, independently {ours.balances}")
    return said


def shown(line: Any) -> tuple[Any, ...]:
    """What is compared of a line of either program; numbers as the document shows them, at most six decimals."""
    deal = getattr(line, "deal_key", line.deal)
    numbers = [decimals(value) for value in (line.basis, line.share, line.start, line.rate)]
    return (line.component, line.kind, deal, str(line.closed_on), line.of_period, *numbers, line.amount)


def decimals(value: Fraction | Decimal | str | None) -> Fraction | None:
    """As it is shown."""
    return None if value is None else round(Fraction(value), 6)


def _holds(version: Version, case: Case, held: list[Held], period: Period, before: Any, paid: Calculation) -> list[str]:
    """What holds of any calculation, whoever is right about its lines."""
    said = []
    if sum(line.amount for line in paid.lines) != paid.total:
        said.append("the lines do not add up to the total")
    currency = version.terms.currency
    again = calculate(version, facts_of(case, PAYEE, held, backwards=True), period, before)
    hashes = [line_hashes("", [line.as_json(currency) for line in one.lines]) for one in (paid, again)]
    if paid != again or hashes[0] != hashes[1]:
        said.append("a replay gives other lines, or another hash")
    return said


def _more_pays_no_less(version: Version, facts: Facts, period: Period, before: Any, paid: Calculation) -> list[str]:
    """A marginal component pays nothing below 0 where nothing was given back, and no less for one deal more."""
    sold = [deal for deal in facts.deals.values() if deal.kind != "credit"]
    if len(sold) < len(facts.deals):
        return []
    currency = version.terms.currency
    last = datetime.datetime.combine(period.last_day, datetime.time(12), datetime.UTC)
    more = DealFact(
        id=0, key="one more", closed_at=last + datetime.timedelta(days=2), closed_on=period.last_day, kind="new",
        pipeline="Sales", channel="Web", currency=currency, amount=Fraction(7777), factors=(), lines=(), monthly=(),
        credits=((facts.rep, Fraction(1)),),
    )  # fmt: skip
    after = calculate(version, replace(facts, deals={**facts.deals, 0: more}), period, before)
    said = []
    for component in version.terms.commissions:
        if component.basis != "margin" and not (component.tiers and component.tiers.is_retroactive):
            low, high = (_pays(one, component.name) for one in (paid, after))
            if low < 0 or high < low:
                said.append(f"{component.name} pays {low}, with one deal more {high}")
    return said


def _pays(paid: Calculation, name: str) -> int:
    return sum(line.amount for line in paid.lines if line.component == name)
