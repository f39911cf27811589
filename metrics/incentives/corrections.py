"""Corrections: what approved statements would come to on today's facts, less what they came to, deal by deal. Pure."""

import datetime
from collections.abc import Mapping
from dataclasses import replace

from metrics.incentives.chain import Chain
from metrics.incentives.facts import DealFact, Facts
from metrics.incentives.lines import ADJUSTMENT, Line
from metrics.incentives.terms import Version

Order = tuple[datetime.date, float, int]
"""When an event was true, the time of day, and its number."""
_FIRST: Order = (datetime.date.min, 0.0, 0)


def changed_deals(before: Facts, now: Facts, until: datetime.date, orders: Mapping[int, Order]) -> list[int]:
    """Ids of the deals that differ, in the order of their last event; only such as count up to a day."""
    changed = [pk for pk in {*before.deals, *now.deals} if before.deals.get(pk) != now.deals.get(pk)]
    counting = [pk for pk in changed if _counts(before.deals.get(pk), until) or _counts(now.deals.get(pk), until)]
    return sorted(counting, key=lambda pk: (orders.get(pk, _FIRST), pk))


def _counts(deal: DealFact | None, until: datetime.date) -> bool:
    return deal is not None and deal.closed_on <= until


def corrections(
    before: Facts, now: Facts, versions: Mapping[int, Version], until: datetime.date, *, paid: Mapping[int, int],
    orders: Mapping[int, Order],
) -> dict[int, list[Line]]:  # fmt: skip
    """Adjustment lines by version, for statements of periods up to ``until``, the last approved day.

    ``paid``: what each version's statements came to. ``orders``: the last events of deals. The lines of a version add
    up to what its statements come to on today's facts less what they came to.
    """
    if _is_same(before, now, until):
        return {}
    owed = Chain(now, versions, until).total_until(until)
    left = {version: owed.get(version, 0) - paid.get(version, 0) for version in {*owed, *paid}}
    totals = Chain(before, versions, until).total_until(until)
    lines: dict[int, list[Line]] = {}
    facts = before
    for pk in changed_deals(before, now, until, orders):
        old, new = before.deals.get(pk), now.deals.get(pk)
        facts = _with_deal(facts, pk, new)
        after = Chain(facts, versions, until).total_until(until)
        for version in sorted({*totals, *after}):
            amount = after.get(version, 0) - totals.get(version, 0)
            if amount:
                lines.setdefault(version, []).append(_of_deal(old, new, amount))
                left[version] = left.get(version, 0) - amount
        totals = after
    for version, amount in sorted(left.items()):
        if amount:
            text = "other facts of approved periods: targets, figures, teams, the days of plans"
            lines.setdefault(version, []).append(Line(kind=ADJUSTMENT, amount=amount, text=text))
    return lines


def _is_same(before: Facts, now: Facts, until: datetime.date) -> bool:
    return replace(now, deals={pk: deal for pk, deal in now.deals.items() if _counts(deal, until)}) == before


def _with_deal(facts: Facts, pk: int, deal: DealFact | None) -> Facts:
    deals = {key: one for key, one in facts.deals.items() if key != pk}
    return replace(facts, deals=deals if deal is None else {**deals, pk: deal})


def _of_deal(old: DealFact | None, new: DealFact | None, amount: int) -> Line:
    deal = new or old
    if deal is None:
        raise ValueError("a deal that was won neither before nor now")
    if new is None:
        text = "is won no more; its period was approved"
    elif old is None:
        text = "was won in a period that was approved before"
    else:
        text = "was changed after its period was approved"
    return Line(
        kind=ADJUSTMENT, amount=amount, text=text, deal=deal.id, deal_key=deal.key, closed_on=deal.closed_on
    )  # fmt: skip
