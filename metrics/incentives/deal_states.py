"""What a deal is for one rep's pay: its events in order, with what was frozen when it was won and what came too late.

Pure. A figure follows every event; pay leaves out what undoes an approved deal after the clawback window.
"""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from metrics.incentives.corrections import Order
from metrics.incentives.exact import number_of
from pipeline.fold import Event, in_order

WON, CREDIT = "won", "credit"
WHOLE, MONEY = "whole", "money"
"""What of an event is left out."""
MONEY_KEYS = ("amount_minor", "currency", "rate")
OF_WINNING = frozenset(("outcome", "deleted", "closed_at", "owner", "currency", "rate", "lines"))
"""A patch without any of these changes nothing of what is frozen when a deal is won."""


@dataclass(frozen=True)
class Approved:
    """A deal as it stands in an approved statement. ``days``: the plan's clawback window, None without one."""

    closed_on: datetime.date
    days: int | None
    seen: int
    left_out: dict[int, str] = field(default_factory=dict)


@dataclass
class DealState:
    """A deal's last state. ``fields`` as in ``pipeline.fold``; ``owner`` and ``rate`` are those of the winning.

    ``is_named``: its one line only names the product and follows the amount. ``order`` is the last event's.
    """

    fields: dict[str, Any] = field(default_factory=dict)
    closed_on: datetime.date | None = None
    owner: int | None = None
    rate: Fraction | None = None
    is_named: bool = False
    won_by: int = 0
    """The event of the winning."""
    order: Order = (datetime.date.min, 0.0, 0)
    seen: int = 0
    left_out: dict[int, str] = field(default_factory=dict)

    @property
    def is_won(self) -> bool:
        return self.fields.get("outcome") == WON and not self.fields.get("deleted")


def replay(
    events: Iterable[Event], day_of: Callable[[datetime.datetime], datetime.date], approved: Approved | None = None
) -> DealState:
    """The last state of a deal's events. ``day_of``: the company's day of an instant."""
    state = DealState()
    ordered = in_order(list(events))
    for event in ordered:
        patch = event.patch
        part = None if approved is None else _left_out(event, state, approved)
        if part is not None:
            state.left_out[event.id] = part
            patch = {} if part == WHOLE else {key: value for key, value in patch.items() if key not in MONEY_KEYS}
        if OF_WINNING.isdisjoint(patch):
            state.fields.update(patch)
            continue
        before = state.closed_on
        _apply(state, patch, day_of)
        if state.closed_on != before:
            state.won_by = event.id
    if ordered:
        state.seen, state.order = max(event.id for event in ordered), ordered[-1].order
    return state


def _apply(state: DealState, patch: dict[str, Any], day_of: Callable[[datetime.datetime], datetime.date]) -> None:
    before, currency = state.closed_on if state.is_won else None, state.fields.get("currency")
    if "lines" in patch:
        state.is_named = _only_names(patch)
    state.fields.update(patch)
    if not state.is_won:
        state.closed_on = None
        return
    closed_at = state.fields.get("closed_at")
    state.closed_on = day_of(datetime.datetime.fromisoformat(closed_at)) if closed_at else None
    rate = state.fields.get("rate")
    if state.closed_on != before:
        state.owner = state.fields.get("owner")
    if state.closed_on != before or state.fields.get("currency") != currency or state.rate is None:
        state.rate = None if rate is None else number_of(rate)


def _only_names(patch: dict[str, Any]) -> bool:
    """Whether the line came with the deal itself (``product`` in a file): quantity 1 at the deal's amount."""
    if len(patch["lines"]) != 1 or "amount_minor" not in patch:
        return False
    _product, quantity, _price, discount, cost = patch["lines"][0]
    return number_of(quantity) == 1 and number_of(discount) == 0 and cost is None


def _left_out(event: Event, state: DealState, approved: Approved | None) -> str | None:
    """What of an event does not count: all of it where the deal would be won no more, its money where that falls."""
    if approved is None:
        return None
    if event.id <= approved.seen:
        return approved.left_out.get(event.id)
    if approved.days is None or not state.is_won or state.closed_on != approved.closed_on:
        return None
    if state.fields.get("kind") == CREDIT or (event.effective_on - approved.closed_on).days <= approved.days:
        return None
    if event.patch.get("outcome", WON) != WON or event.patch.get("deleted"):
        return WHOLE
    return MONEY if _lowers(state.fields, event.patch) else None


def _lowers(fields: dict[str, Any], patch: dict[str, Any]) -> bool:
    """Whether it is the same sale for less. One that is won anew on another day is another sale."""
    if "amount_minor" not in patch or patch.get("currency", fields["currency"]) != fields["currency"]:
        return False
    if patch.get("closed_at", fields.get("closed_at")) != fields.get("closed_at"):
        return False
    before, after = fields.get("amount_minor"), patch["amount_minor"]
    return before is not None and (after is None or after < before)
