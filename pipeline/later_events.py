"""What is entered for a past day has to hold from that day on, though later days have events of their own."""

import datetime
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from accounts.models import User
from pipeline.fold import Event
from pipeline.history import Change
from pipeline.models import DealEvent


def events_in_order(deal_id: int) -> list[tuple[Event, DealEvent]]:
    """The events of a deal in the order in which they were true."""
    rows = DealEvent.objects.filter(deal=deal_id)
    pairs = [(Event(row.pk, row.patch, row.effective_on, row.effective_at), row) for row in rows]
    return sorted(pairs, key=lambda pair: pair[0].order)


def last_moments(deal_ids: Sequence[int]) -> dict[int, datetime.datetime | None]:
    """When the last event of each deal was true; None where only its day is known. One query."""
    last: dict[int, Event] = {}
    rows = DealEvent.objects.filter(deal__in=deal_ids).values_list("deal_id", "pk", "effective_on", "effective_at")
    for deal_id, pk, day, at in rows:
        event = Event(pk, {}, day, at)
        if deal_id not in last or event.order > last[deal_id].order:
            last[deal_id] = event
    return {deal_id: event.effective_at for deal_id, event in last.items()}


def with_later_events(change: Change, ordered: Sequence[tuple[Event, DealEvent]]) -> list[Change]:
    """The change, and for each event after it that sets a field of the change, the change's value once more.

    A deal that moves on Tuesday and is then entered as won on Monday is won on Tuesday too: without this the move,
    which comes later, would hide the win.
    """
    ids = [event.id for event, _row in ordered]
    opening, newest = min(ids, default=0), max(ids, default=0) + 1  # the opening comes first, whatever its day
    own = Event(newest, change.patch, change.effective_on, change.effective_at)
    repeated = [change]
    for event, row in ordered:
        common = event.patch.keys() & change.patch.keys()
        if event.id != opening and event.order > own.order and common:
            patch = {key: change.patch[key] for key in sorted(common)}
            repeated.append(replace(change, patch=patch, effective_on=row.effective_on, effective_at=row.effective_at))
    return repeated


def taken_back(
    ordered: Sequence[tuple[Event, DealEvent]], entry: Sequence[DealEvent], *, by: User | None, now: datetime.datetime,
    today: datetime.date,
) -> list[Change]:  # fmt: skip
    """What gives every field that the events of ``entry`` set the value that it had without them, day by day.

    What they said for today ends now.
    """
    given_up = {row.pk for row in entry}
    fields: dict[str, Any] = {}
    changes = []
    for _event, row in ordered:
        if row.pk not in given_up:
            fields |= row.patch
            continue
        patch = {key: fields.get(key) for key in row.patch}
        at = row.effective_at if row.effective_on < today else now
        changes.append(Change(row.deal_id, patch, row.effective_on, at, by=by))
    return changes
