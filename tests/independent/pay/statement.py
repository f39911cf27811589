"""The statements of a rep: each version's lines in one statement period, with draws, caps and true-ups."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from tests.independent.pay.calendar_units import DAY, Span, unit_around, units_in
from tests.independent.pay.case import EVER, Case, day_of, to_minor
from tests.independent.pay.earning import Accumulation, Component, Line, cap_of, worth
from tests.independent.pay.holding import Held, held_versions


@dataclass(frozen=True)
class Statement:
    """Of one rep, statement period and version. Balances of draws after it, those of 0 left out."""

    plan: str
    number: int
    currency: str
    period: Span
    lines: tuple[Line, ...]
    balances: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(line.amount for line in self.lines)


def statements(case: Case, rep: str, days: Span) -> Iterator[Statement]:
    """All whose periods touch the days, in the order in which balances go through them."""
    balances: dict[tuple[str, str], int] = {}
    held = held_versions(case, rep)
    due: list[tuple[datetime.date, datetime.date, int, Span, Held]] = []
    for place, version in enumerate(held):
        for period in units_in(days, version.terms["statement_every"], case.fiscal_start):
            if any(period.common(stretch) for stretch in version.stretches):
                due.append((period.last, period.first, place, period, version))
    for _last, _first, _place, period, version in sorted(due, key=lambda one: one[:3]):
        lines = _lines(case, rep, version, period)
        lines += _draws(version, period, sum(line.amount for line in lines), balances)
        left = {name: minor for (plan, name), minor in balances.items() if plan == version.plan and minor}
        yield Statement(version.plan, version.number, version.terms["currency"], period, tuple(lines), left)


def _lines(case: Case, rep: str, version: Held, period: Span) -> list[Line]:
    terms = version.terms
    found: list[Line] = []
    for component in terms["components"]:
        if component["kind"] == "bonus":
            found += _bonuses(component, case, rep, version, period)
        elif component["kind"] != "draw":
            of_stretches = [_settled(component, one, period) for one in _accumulations(case, rep, version, period)]
            for position in range(3):
                found += _joined([line for groups in of_stretches for line in groups[position]])
    return found


def _joined(lines: list[Line]) -> list[Line]:
    """One true-up for each earlier period and one cap, also where two stretches lie in the statement."""
    if not lines or lines[0].kind not in ("true_up", "cap"):
        return lines
    amounts: dict[str | None, int] = {}
    for line in lines:
        amounts[line.of_period] = amounts.get(line.of_period, 0) + line.amount
    return [replace(lines[0], of_period=period, amount=amount) for period, amount in amounts.items() if amount]


def _accumulations(case: Case, rep: str, version: Held, period: Span) -> Iterator[Accumulation]:
    """Those that have a day in a statement period."""
    unit = unit_around(
        period.first, version.terms.get("accumulate", version.terms["statement_every"]), case.fiscal_start
    )
    for stretch in version.stretches:
        days = stretch.common(unit)
        if days and days.common(period):
            yield Accumulation(case, rep, version.terms, unit, days)


def _settled(component: Component, so_far: Accumulation, period: Span) -> tuple[list[Line], list[Line], list[Line]]:
    """Lines of the period's deals; true-ups; the cap."""
    case, every = so_far.case, so_far.terms["statement_every"]
    now = worth(component, so_far, period.last)
    is_first = period.first <= so_far.days.first
    before = [] if is_first else worth(component, so_far, period.first - DAY)
    deals = [line for line in now if line.closed_on in period]
    true_ups = []
    for earlier in [] if is_first else units_in(Span(so_far.days.first, period.first - DAY), every, case.fiscal_start):
        amount = _of(now, earlier) - _of(before, earlier)
        if amount:
            true_ups.append(Line(component["name"], "true_up", amount, of_period=earlier.name))
    cap, capped = cap_of(component, so_far.terms["currency"]), []
    if cap is not None:
        all_now, all_before = _of(now, EVER), _of(before, EVER)
        amount = min(all_now, cap) - min(all_before, cap) - sum(line.amount for line in [*deals, *true_ups])
        capped = [Line(component["name"], "cap", amount)] if amount else []
    return deals, true_ups, capped


def _of(lines: list[Line], days: Span) -> int:
    return sum(line.amount for line in lines if line.closed_on and line.closed_on in days)


def _bonuses(component: Component, case: Case, rep: str, version: Held, period: Span) -> Iterator[Line]:
    terms = version.terms
    for span in units_in(period, component.get("every", terms["statement_every"]), case.fiscal_start):
        if span.last not in period or not any(span.last in stretch for stretch in version.stretches):
            continue
        figure = case.figure(component["metric"], rep, span)
        if figure is None or figure[1] < int(component.get("min_n", 1)):
            continue
        value = figure[0]
        reached = value >= Fraction(component["at_least"]) if "at_least" in component else (
            value <= Fraction(component["at_most"])
        )  # fmt: skip
        if reached:
            amount = to_minor(Fraction(component["pays"]), terms["currency"])
            yield Line(component["name"], "bonus", amount, of_period=span.name)


def _draws(version: Held, period: Span, earned: int, balances: dict[tuple[str, str], int]) -> Iterator[Line]:
    """Each draw's line; what it does to the balance. What is due is not rounded, the line is.

    The document does not say how an older draw is paid back while another is due: from what lies above all that is due,
    and no money twice.
    """
    currency = version.terms["currency"]
    minor = Fraction(to_minor(Fraction(1), currency))
    draws = [component for component in version.terms["components"] if component["kind"] == "draw"]
    dues = [_due(component, version, period) for component in draws]
    spare = earned / minor - sum(dues)
    for component, due in zip(draws, dues, strict=True):
        key = version.plan, component["name"]
        if due > earned / minor and due > 0:
            amount = to_minor(due - earned / minor, currency)
            if is_recoverable(component):
                balances[key] = balances.get(key, 0) + amount
        else:
            amount = -min(balances.get(key, 0), to_minor(max(spare, Fraction(0)), currency))
            balances[key] = balances.get(key, 0) + amount
            spare += amount / minor
        if amount:
            yield Line(component["name"], "draw" if amount > 0 else "recovery", amount)


def _due(component: Component, version: Held, period: Span) -> Fraction:
    window = Span(day_of(component.get("from"), EVER.first), day_of(component.get("to"), EVER.last))
    held = [days for stretch in version.stretches for days in [stretch.common(period)] if days]
    days = sum(common.days for one in held for common in [one.common(window)] if common)
    return Fraction(component["amount"]) * days / period.days


def is_recoverable(component: dict[str, Any]) -> bool:
    return str(component.get("recoverable", "true")).lower() == "true"
