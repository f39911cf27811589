"""The history of a deal in words: every change from its old to its new value, and who made it."""

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import formats
from accounts.business_dates import business_date, day_start
from accounts.models import Account, Company, Rep
from accounts.money import from_minor
from pipeline.models import Campaign, Channel, Deal, DealEvent, ForecastCategory, LostReason, Product, Stage
from pipeline.timeline import Entry

Patch = Mapping[str, Any]
NOTHING = gettext_lazy("nothing")


@dataclass(frozen=True, slots=True)
class Change(Entry):
    """A line of the timeline that says what a field was and what it became, by which event."""

    before: str = ""
    after: str = ""
    event: int = 0


@dataclass(slots=True)
class Changes:
    """The lines, oldest first, and how often the expected close was moved to a later day."""

    entries: list[Change] = field(default_factory=list)
    slips: int = 0


def deal_changes(deal: Deal, *, user: object, company: Company, events: Sequence[DealEvent] | None = None) -> Changes:
    """Every change of the deal as its events (or some of them) tell it, in the order in which we learnt them."""
    if events is None:
        events = list(deal.events.select_related("by").order_by("pk"))
    return _Reader(Names.of(events, user=user), company).read(events)


def read_changes(
    events: Mapping[int, Sequence[DealEvent]], *, user: object, company: Company
) -> Iterable[tuple[int, Change]]:
    """Every change of several deals by their ids, from all their events; names are read once for all of them."""
    names = Names.of([event for rows in events.values() for event in rows], user=user)
    for deal, rows in events.items():
        for change in _Reader(names, company).read(rows).entries:
            yield deal, change


class Names:
    """The names of what patches only number."""

    def __init__(self, known: Mapping[type[Model], Mapping[int, str]]) -> None:
        self._known = known

    @classmethod
    def of(cls, events: Iterable[DealEvent], *, user: object) -> "Names":
        """One query for each kind of record that is mentioned. An account out of sight has no name."""
        wanted: dict[type[Model], set[int]] = defaultdict(set)
        for position, event in enumerate(events):
            for key, model in _MENTIONS.items():
                # What the deal began with stands among its facts.
                if event.patch.get(key) is not None and (position or key not in _DIMENSIONS):
                    wanted[model].add(event.patch[key])
            wanted[Rep] |= {rep for rep, _share in event.patch.get("credits") or []}
            wanted[Product] |= {line[0] for line in event.patch.get("lines") or []}
        known = {}
        for model, ids in wanted.items():
            if ids:
                rows = Account.objects.visible_to(user) if model is Account else model._default_manager.all()
                known[model] = dict(rows.filter(pk__in=ids).values_list("pk", "name"))
        return cls(known)

    def name(self, model: type[Model], pk: int | None) -> str:
        if pk is None:
            return str(NOTHING)
        return self._known.get(model, {}).get(pk) or _("another one")


_MENTIONS: dict[str, type[Model]] = {
    "stage": Stage,
    "owner": Rep,
    "lost_reason": LostReason,
    "account": Account,
    "channel": Channel,
    "campaign": Campaign,
}
_DIMENSIONS = ("account", "channel", "campaign")


class _Reader:
    """Reads events one after the other, keeping what each field was."""

    def __init__(self, names: Names, company: Company) -> None:
        self.names, self.company = names, company
        self.known: dict[str, Any] = {}
        self.changes = Changes()

    def read(self, events: Iterable[DealEvent]) -> Changes:
        for event in events:
            found = self._of_event(event) if self.known else [self._opening(event)]
            self.changes.entries += found
            self.known |= event.patch
        return self.changes

    def _opening(self, event: DealEvent) -> Change:
        stage = self.names.name(Stage, event.patch.get("stage"))
        return self._line(event, "opened", _("Opened"), detail=_("in %(stage)s") % {"stage": stage})

    def _of_event(self, event: DealEvent) -> list[Change]:
        patch = {key: value for key, value in event.patch.items() if self.known.get(key) != value}
        if "deleted" in patch:
            kind, title = ("deleted", _("Deleted")) if patch["deleted"] else ("opened", _("Brought back"))
            return [self._line(event, kind, title)]
        if "outcome" in patch:
            return [self._outcome(event, patch["outcome"]), *self._fields(event, patch, leave_out=_PARTS_OF_CLOSING)]
        leave_out = ("probability_bp", "category") if "stage" in patch else ()
        return self._fields(event, patch, leave_out=leave_out)

    def _outcome(self, event: DealEvent, outcome: str) -> Change:
        if outcome == "open":
            stage = self.names.name(Stage, event.patch.get("stage"))
            return self._line(event, "opened", _("Reopened"), detail=_("in %(stage)s") % {"stage": stage})
        if outcome == "won":
            return self._line(event, "won", _("Won"), detail=_money({**self.known, **event.patch}))
        reason = event.patch.get("lost_reason")
        return self._line(event, "lost", _("Lost"), detail=self.names.name(LostReason, reason) if reason else "")

    def _fields(self, event: DealEvent, patch: Patch, *, leave_out: Iterable[str]) -> list[Change]:
        after = {**self.known, **patch}
        found = []
        for key, (kind, title, words) in _FIELDS.items():
            if key not in patch or key in leave_out or (key == "currency" and "amount_minor" in patch):
                continue
            before_words = words(self.names, self.known) if key in self.known else ""
            after_words = words(self.names, after)
            if before_words == after_words:
                continue
            note = self._slip(patch[key]) if key == "expected_close_on" else ""
            found.append(self._line(event, kind, str(title), before=before_words, after=after_words, note=note))
        return found

    def _slip(self, day: str | None) -> str:
        before = self.known.get("expected_close_on")
        if not before or not day:
            return ""
        if day < before:
            return _("Pulled in")
        self.changes.slips += 1
        if self.changes.slips == 1:
            return _("Pushed out")
        return _("Pushed out, %(number)s times so far") % {"number": self.changes.slips}

    def _line(self, event: DealEvent, kind: str, title: str, *, note: str = "", **words: str) -> Change:
        at = self._at(event)
        learnt = business_date(event.recorded_at, self.company.zone)
        is_late = learnt > business_date(at, self.company.zone)
        late = _("learnt %(day)s") % {"day": formats.full_day(learnt)} if is_late else ""
        who = str(event.by) if event.by else event.by_text
        text, people = (" · ".join(filter(None, parts)) for parts in ((note, event.reason), (who, late)))
        return Change(kind=kind, title=title, at=at, text=text, people=people, event=event.pk, **words)

    def _at(self, event: DealEvent) -> datetime.datetime:
        """When it was true, as near as it is known."""
        if event.effective_at:
            return event.effective_at
        if event.effective_on.year == 1:
            return event.recorded_at
        return day_start(event.effective_on, self.company.zone)


_PARTS_OF_CLOSING = ("stage", "probability_bp", "category", "lost_reason")


def _money(state: Patch) -> str:
    minor = state.get("amount_minor")
    if minor is None:
        return str(NOTHING)
    return formats.money(from_minor(minor, state["currency"]), state["currency"], cents=True)


def _day(state: Patch) -> str:
    day = state.get("expected_close_on")
    return formats.full_day(datetime.date.fromisoformat(day)) if day else str(NOTHING)


def _credits(names: Names, state: Patch) -> str:
    shares = [
        (names.name(Rep, rep), formats.plain(Decimal(share) * 100, 4)) for rep, share in state.get("credits") or []
    ]
    return ", ".join(f"{rep} {share}%" for rep, share in shares) or _("all to the owner")


def _lines(names: Names, state: Patch) -> str:
    lines = state.get("lines") or []
    return ", ".join(f"{names.name(Product, line[0])} × {formats.plain(Decimal(line[1]), 4)}" for line in lines) or str(
        NOTHING
    )


def _named(key: str) -> Callable[[Names, Patch], str]:
    return lambda names, state: names.name(_MENTIONS[key], state.get(key))


def _plain(key: str) -> Callable[[Names, Patch], str]:
    return lambda _names, state: str(state.get(key) or NOTHING)


def _chosen(key: str, choices: Any) -> Callable[[Names, Patch], str]:
    return lambda _names, state: str(dict(choices.choices).get(state.get(key), NOTHING))


_FIELDS: dict[str, tuple[str, Promise, Callable[[Names, Patch], str]]] = {
    "stage": ("stage", gettext_lazy("Stage"), _named("stage")),
    "amount_minor": ("amount", gettext_lazy("Amount"), lambda _names, state: _money(state)),
    "currency": ("amount", gettext_lazy("Currency"), _plain("currency")),
    "expected_close_on": ("expected_close_on", gettext_lazy("Expected close"), lambda _names, state: _day(state)),
    "owner": ("owner", gettext_lazy("Owner"), _named("owner")),
    "credits": ("credit", gettext_lazy("Credit"), _credits),
    "lines": ("product", gettext_lazy("Lines"), _lines),
    "probability_bp": (
        "stage",
        gettext_lazy("Probability"),
        lambda _names, state: formats.percent(Decimal(state.get("probability_bp") or 0) / 10_000, 0),
    ),
    "category": ("stage", gettext_lazy("Category"), _chosen("category", ForecastCategory)),
    "lost_reason": ("lost", gettext_lazy("Lost reason"), _named("lost_reason")),
    "kind": ("deal", gettext_lazy("Kind"), _chosen("kind", Deal.Kind)),
    "account": ("account", gettext_lazy("Account"), _named("account")),
    "channel": ("channel", gettext_lazy("Channel"), _named("channel")),
    "campaign": ("campaign", gettext_lazy("Campaign"), _named("campaign")),
    "name": ("deal", gettext_lazy("Name"), _plain("name")),
    "competitor": ("deal", gettext_lazy("Competitor"), _plain("competitor")),
    "opened_on": ("opened", gettext_lazy("Opened on"), _plain("opened_on")),
}
"""Tracked fields: kind of line, title, and the words for a value. Dimensions and rates follow others."""
