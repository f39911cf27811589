"""Fold a deal's events into versions: pure, no database, no clock.

An event says what became true on a day. Several changes of one day collapse to the last; times of day live on in
``StageVisit``. The fold is the only place that turns events into states, for one deal or for a million.
"""

import datetime
import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from accounts.business_dates import BEGINNING
from accounts.memberships import TeamHistory

VERSIONED = (
    "outcome", "stage", "pipeline", "owner", "amount_minor", "currency", "rate", "probability_bp", "category",
    "expected_close_on", "kind", "lost_reason", "counts", "account", "channel", "campaign", "segment", "industry",
    "region", "opened_on", "closed_at", "credits", "lines",
)  # fmt: skip
"""Fields whose change makes a new version; ``LATER`` ones too.

In a patch foreign keys are ids, days and instants ISO text, ``rate`` an exact fraction as text ("4/5": units of the
base currency for one unit of the deal's), None without one. ``opened_at`` and ``deleted`` are tracked besides.
"""

LATER = ("is_key",)
"""Fields that came later: in a state only where they are true, so that versions stored before keep their digest."""


class Event(NamedTuple):
    """One DealEvent, as the fold needs it. A tuple, as there are many of them."""

    id: int
    patch: dict[str, Any]
    effective_on: datetime.date
    effective_at: datetime.datetime | None

    @property
    def order(self) -> tuple[datetime.date, float, int]:
        """By day, then time of day (unknown times last), then when it was recorded."""
        time = self.effective_at.timestamp() if self.effective_at else float("inf")
        return self.effective_on, time, self.id


@dataclass(frozen=True)
class State:
    """A version before it is stored."""

    valid_from: datetime.date
    valid_to: datetime.date | None
    fields: dict[str, Any]
    closed_on: datetime.date | None
    team: int | None
    discounted_on: datetime.date | None = None

    @property
    def digest(self) -> str:
        """Equal for two states that would be stored alike."""
        content = [self.fields, self.closed_on, self.team, self.discounted_on, self.valid_to]
        return hashlib.md5(json.dumps(content, sort_keys=True, default=str).encode(), usedforsecurity=False).hexdigest()


@dataclass
class Visit:
    """A stay in a stage."""

    stage: int
    entered_at: datetime.datetime | None
    left_at: datetime.datetime | None = None


@dataclass
class Folded:
    """What a deal's events come to: its versions, its stage visits, its last state and the days it was closed on."""

    states: list[State] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    last: dict[str, Any] = field(default_factory=dict)


def fold(events: Iterable[Event], teams: TeamHistory, starts: Callable[[datetime.date], datetime.datetime]) -> Folded:
    """Versions and visits of one deal. ``starts`` gives the instant at which a day begins."""
    folded = Folded()
    ordered = in_order(list(events))
    if not ordered:
        return folded
    days: list[tuple[datetime.date, dict[str, Any]]] = []
    fields: dict[str, Any] = {}
    for event in ordered:
        _visit(folded.visits, event, starts)
        fields = {**fields, **event.patch}
        if days and days[-1][0] == event.effective_on:
            days[-1] = (event.effective_on, fields)
        else:
            days.append((event.effective_on, fields))
    folded.last = fields
    if fields.get("deleted"):
        return folded
    folded.states = _merge(_with_teams(days, teams))
    folded.states = _discount(folded.states)
    return folded


def in_order(events: list[Event]) -> list[Event]:
    """Events in the order in which they were true.

    A deal begins on its opening day as we know it now: its first event moves there, and nothing happens before it.
    """
    if not events:
        return []
    events.sort(key=lambda event: event.id)
    opened = next((e.patch["opened_on"] for e in reversed(events) if "opened_on" in e.patch), None)
    start = datetime.date.fromisoformat(opened) if opened else BEGINNING
    first, *rest = events
    moved = [event if event.effective_on >= start else event._replace(effective_on=start) for event in rest]
    if len(moved) > 1:
        moved.sort(key=lambda event: event.order)
    return [first if first.effective_on == start else first._replace(effective_on=start), *moved]


def _visit(visits: list[Visit], event: Event, starts: Callable[[datetime.date], datetime.datetime]) -> None:
    stage = event.patch.get("stage")
    if stage is None or (visits and visits[-1].stage == stage):
        return
    at = event.effective_at
    if at is None and event.effective_on > BEGINNING:
        at = starts(event.effective_on)
    if len(visits) == 1 and visits[0].entered_at == at:
        visits.clear()  # learnt later: it began in another stage
    if visits:
        visits[-1].left_at = at
    visits.append(Visit(stage, at))


def _with_teams(days: list[tuple[datetime.date, dict[str, Any]]], teams: TeamHistory) -> list[State]:
    """Day states with closing day and team: an open deal follows its owner's team, a closed one keeps it."""
    states: list[State] = []
    closed_on: datetime.date | None = None
    for position, (day, patched) in enumerate(days):
        fields = {key: patched.get(key) for key in VERSIONED}
        fields |= {key: True for key in LATER if patched.get(key)}
        end = days[position + 1][0] if position + 1 < len(days) else None
        closed = fields["outcome"] != "open"
        if not closed:
            closed_on = None
        elif closed_on is None:
            closed_on = day
        owner = fields.get("owner")
        cuts = [] if closed else teams.changes(owner, day, end or datetime.date.max)
        for start, stop in zip([day, *cuts], [*cuts, end], strict=True):
            team = teams.team_on(owner, closed_on or start)
            states.append(State(start, stop, fields, closed_on, team))
    return states


def _merge(states: list[State]) -> list[State]:
    """Drop the borders at which nothing changed."""
    merged: list[State] = []
    for state in states:
        last = merged[-1] if merged else None
        if last and (last.fields, last.closed_on, last.team) == (state.fields, state.closed_on, state.team):
            merged[-1] = replace(last, valid_to=state.valid_to)
        else:
            merged.append(state)
    return merged


def _discount(states: list[State]) -> list[State]:
    """Mark all versions of a deal that ends lost as a duplicate, spam or test: it leaves its past figures too."""
    last = states[-1]
    if last.fields["outcome"] != "lost" or last.fields.get("counts") is not False:
        return states
    first = last.valid_from
    for state in reversed(states):
        if state.fields["outcome"] != "lost" or state.fields.get("counts") is not False:
            break
        first = state.valid_from
    return [replace(state, discounted_on=first) for state in states]
