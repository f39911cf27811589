"""What the deals of an accumulation are worth to a component, at the end of a statement period."""

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tests.independent.pay.basis import credits_of, has_matching_line, parts_of, passes, split
from tests.independent.pay.calendar_units import MONTHS, Span, units_in
from tests.independent.pay.case import EVER, Case, Deal, day_of, number, to_minor

Component = dict[str, Any]


@dataclass(frozen=True)
class Line:
    """A line of a statement as the document has it; ``amount`` in minor units."""

    component: str | None
    kind: str
    amount: int
    deal: str | None = None
    closed_on: datetime.date | None = None
    basis: Fraction | None = None
    share: Fraction | None = None
    start: Fraction | None = None
    rate: Fraction | None = None
    of_period: str | None = None


@dataclass(frozen=True)
class Accumulation:
    """A stretch inside one month, quarter or year, for one rep and the terms that hold."""

    case: Case
    rep: str
    terms: dict[str, Any]
    unit: Span
    days: Span


def worth(component: Component, so_far: Accumulation, until: datetime.date) -> list[Line]:
    """A line for each deal (and step) that was closed from the accumulation's first day until a day."""
    deals = [deal for deal in so_far.case.deals if so_far.days.first <= deal.closed_on <= min(until, so_far.days.last)]
    matching = [deal for deal in deals if passes(so_far.case, deal, component.get("where") or {})]
    if component["kind"] == "spiff":
        return list(_spiffs(component, so_far, matching))
    return list(_commissions(component, so_far, matching))


def _spiffs(component: Component, so_far: Accumulation, deals: list[Deal]) -> Iterator[Line]:
    window = Span(day_of(component.get("from"), EVER.first), day_of(component.get("to"), EVER.last))
    pays = to_minor(Fraction(component["per_deal"]), so_far.terms["currency"])
    for deal in deals:
        shares = credits_of(deal)
        if deal.closed_on not in window or so_far.rep not in shares or deal.amount is None or deal.amount <= 0:
            continue
        if not has_matching_line(so_far.case, deal, component.get("where") or {}):
            continue
        in_full = component.get("split", "share") == "full"
        mine, share = (pays, None) if in_full else (split(pays, shares)[so_far.rep], shares[so_far.rep])
        yield Line(component["name"], "spiff", mine, deal.id, deal.closed_on, share=share)


def _commissions(component: Component, so_far: Accumulation, deals: list[Deal]) -> Iterator[Line]:
    tiers, threshold = component.get("tiers"), component.get("threshold")
    scales = [_scale(part, component, so_far) for part in (tiers, threshold and _measured(threshold, tiers))]
    if None in scales:
        return
    scale, measure = scales[0] or Fraction(1), scales[1] or Fraction(1)
    steps = [(Fraction(one["from"]), Fraction(one["rate"])) for one in tiers["steps"]] if tiers else [
        (Fraction(0), Fraction(component["rate"]))
    ]  # fmt: skip
    parts = [(deal, part) for deal in deals for part in [_part(component, so_far, deal)] if part is not None]
    reached = sum((part for _deal, part in parts), Fraction(0))
    least: Fraction | None = None
    if threshold:
        at = Fraction(threshold["at"]) * measure
        if threshold["pays_from"] == "threshold":
            least = at
        elif reached < at:
            return
    retroactive = tiers is not None and tiers["mode"] == "retroactive"
    bands = _retroactive(steps, scale, reached) if retroactive else _marginal(steps, scale)
    before = Fraction(0)
    currency = so_far.terms["currency"]
    for deal, part in parts:
        after = before + part
        for start, rate, low, high in bands if part > 0 else bands[::-1]:
            lies = _overlap(before, after, _larger(low, least), high)
            if lies:
                wanted = _credited(component, so_far, deal)
                share = sum((one for rep, one in credits_of(deal).items() if wanted(rep)), Fraction(0))
                amount = to_minor(lies * rate, currency)
                shown = {"basis": lies, "share": share, "start": start, "rate": rate}
                yield Line(component["name"], component["kind"], amount, deal.id, deal.closed_on, **shown)
        before = after


Band = tuple[Fraction, Fraction, Fraction | None, Fraction | None]


def _marginal(steps: list[tuple[Fraction, Fraction]], scale: Fraction) -> list[Band]:
    """Level, rate, from, up to; below 0 the first step goes on."""
    bounds = [None, *[start * scale for start, _rate in steps[1:]], None]
    return [(start, rate, bounds[at], bounds[at + 1]) for at, (start, rate) in enumerate(steps)]


def _retroactive(steps: list[tuple[Fraction, Fraction]], scale: Fraction, reached: Fraction) -> list[Band]:
    """One band for everything: that of the step which is reached."""
    start, rate = [one for one in steps if one[0] * scale <= reached][-1] if reached >= 0 else steps[0]
    return [(start, rate, None, None)]


def _larger(one: Fraction | None, other: Fraction | None) -> Fraction | None:
    return max((value for value in (one, other) if value is not None), default=None)


def _overlap(before: Fraction, after: Fraction, low: Fraction | None, high: Fraction | None) -> Fraction:
    """How much of the way from one to the other lies in a band, with its sign."""

    def inside(value: Fraction) -> Fraction:
        value = value if low is None else max(value, low)
        return value if high is None else min(value, high)

    if low is not None and high is not None and low >= high:
        return Fraction(0)
    return inside(after) - inside(before)


def _measured(threshold: dict[str, Any], tiers: dict[str, Any] | None) -> dict[str, Any]:
    """A threshold is measured as the tiers are, unless it says otherwise."""
    inherited = {key: tiers[key] for key in ("by", "of") if tiers and key in tiers}
    return {**inherited, **threshold}


def _scale(part: dict[str, Any] | None, component: Component, so_far: Accumulation) -> Fraction | None:
    """What levels are multiplied with: 1, or the target. None: the target that is needed is missing, or not above 0."""
    if not part or part["by"] == "amount":
        return Fraction(1)
    target = target_of(part["of"], component, so_far)
    return target if target is not None and target > 0 else None


def _part(component: Component, so_far: Accumulation, deal: Deal) -> Fraction | None:
    """What of a deal counts; None: nothing that is known, or not credited."""
    terms, where = so_far.terms, component.get("where") or {}
    wanted = _credited(component, so_far, deal)
    if not any(map(wanted, credits_of(deal))):
        return None
    parts = parts_of(so_far.case, deal, component.get("basis", "amount"), where, terms["currency"])
    if parts is None:
        return None
    return sum((part for rep, part in parts.items() if wanted(rep)), Fraction(0))


def _credited(component: Component, so_far: Accumulation, deal: Deal) -> Callable[[str], bool]:
    """Whose parts count: the rep's own, or for an override those of all others in the team on the closing day."""
    if component["kind"] == "commission":
        return lambda rep: rep == so_far.rep
    case, team = so_far.case, component["of_team"]
    return lambda rep: rep != so_far.rep and team in case.teams_above(case.team_on(rep, deal.closed_on))


MONEY = ("won_revenue", "new_mrr")


def target_of(metric: str, component: Component, so_far: Accumulation) -> Fraction | None:
    """For the days of an accumulation, in the plan's currency where the metric is money; None: none."""
    case, unit = so_far.case, so_far.unit
    scope = f"team:{component['of_team']}" if component["kind"] == "override" else f"rep:{so_far.rep}"
    given = case.targets(metric, scope)
    for length in sorted(MONTHS, key=lambda name: -MONTHS[name]):
        found = [span for span in units_in(unit, length, case.fiscal_start) if span in given and _inside(span, unit)]
        if found:
            return _cut(found, given, metric in MONEY, so_far)
    return None


def _inside(span: Span, unit: Span) -> bool:
    return unit.first <= span.first and span.last <= unit.last


def _cut(spans: list[Span], given: dict[Span, Fraction], money: bool, so_far: Accumulation) -> Fraction | None:
    total = Fraction(0)
    for span in spans:
        days = span.common(so_far.days)
        factor = so_far.case.cross(so_far.case.base, so_far.terms["currency"], span.first) if money else Fraction(1)
        if factor is None:
            return None
        total += given[span] * factor * (days.days if days else 0) / span.days
    return total


def cap_of(component: Component, currency: str) -> int | None:
    cap = number(component.get("cap"))
    return None if cap is None else to_minor(cap, currency)
