"""The deals of a waterfall as rows of a table: what each was before and is after, when and by whom."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts import formats
from accounts.models import Rep, Team
from accounts.money import from_minor
from metrics.pages.wording import NIL, has_cents
from metrics.records.lists import address_then
from metrics.waterfall.changes import Change, Waterfall, deal_names
from metrics.waterfall.chart import signed
from metrics.waterfall.moves import DealState
from metrics.waterfall.words import BAR_WORDS
from pipeline.models import Deal, DealEvent, ForecastCategory, Outcome

CAUSES = {
    "new": ("opened_on",), "reopened": ("outcome",), "won": ("outcome",), "lost": ("outcome",),
    "pulled_in": ("expected_close_on",), "pushed_out": ("expected_close_on",),
    "increased": ("amount_minor", "category"), "decreased": ("amount_minor", "category"),
    "transferred_in": ("owner",), "transferred_out": ("owner",), "exchange_rate": ("rate",),
}  # fmt: skip
"""The fields of an event whose change puts a deal into a bar."""


@dataclass(frozen=True)
class Names:
    """Reps and teams by id."""

    reps: dict[int, str]
    teams: dict[int, str]

    @classmethod
    def of(cls, states: Iterable[DealState | None]) -> "Names":
        places = {state.place for state in states if state}
        reps = Rep.objects.filter(pk__in=[place.owner for place in places if place.owner])
        teams = Team.objects.filter(pk__in=[place.team for place in places if place.team])
        return cls(dict(reps.values_list("pk", "name")), dict(teams.values_list("pk", "name")))

    def owner(self, state: DealState | None) -> str:
        return self.reps.get(state.place.owner or 0, "") if state else ""

    def team(self, state: DealState | None) -> str:
        return self.teams.get(state.place.team or 0, "") if state else ""


def change_rows(found: Waterfall, changes: list[Change], user: Any) -> list[dict[str, Any]]:
    """A page of changes for the template; links where the user may open the deal today."""
    ids = sorted({change.deal for change in changes})
    names = Names.of(state for change in changes for state in (change.before, change.after))
    deals, when = deal_names(ids), _events(found, ids)
    visible = set(Deal.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True))
    currency, today = found.question.company.base_currency, found.question.today
    rows = []
    for change in changes:
        before, after = before_and_after(change, names, today)
        day, who = _cause(change, when.get(change.deal, []))
        rows.append(
            {
                "name": deals[change.deal][0],
                "url": address_then("deal", change.deal, found.question) if change.deal in visible else "",
                "owner": names.owner(change.after if change.bar != "transferred_out" else change.before),
                "bar": change.bar,
                "word": BAR_WORDS[change.bar],
                "before": before,
                "after": after,
                "amount": signed(from_minor(change.amount, currency), currency),
                "when": formats.day(day, today=today) if day else "",
                "who": who,
            }
        )
    return rows


def before_and_after(change: Change, names: Names, today: datetime.date) -> tuple[str, str]:
    """What the bar is about, as it was and as it is; nothing before for what did not exist."""
    before, after = change.before, change.after
    if before is None:
        return "", _("opened")
    if after is None:
        return "", ""
    match change.bar:
        case "reopened" | "won" | "lost":
            return _outcome(before), _outcome(after)
        case "pulled_in" | "pushed_out":
            return _expected(before, today), _expected(after, today)
        case "transferred_in" | "transferred_out":
            if before.place.owner == after.place.owner:
                return names.team(before) or _("no team"), names.team(after) or _("no team")
            return names.owner(before) or _("nobody"), names.owner(after) or _("nobody")
        case "exchange_rate":
            return _rate(before), _rate(after)
        case _:
            return _increase(before, after)


def _increase(before: DealState, after: DealState) -> tuple[str, str]:
    if "omitted" in (before.category, after.category) and before.category != after.category:
        words = dict(ForecastCategory.choices)
        return str(words[before.category]), str(words[after.category])
    return _amount(before), _amount(after)


def _outcome(state: DealState) -> str:
    return str(Outcome(state.outcome).label).lower()


def _expected(state: DealState, today: datetime.date) -> str:
    return formats.day(state.expected_close_on, today=today) if state.expected_close_on else _("no date")


def _rate(state: DealState) -> str:
    return _("no rate") if state.rate is None else formats.exact(state.rate)


def _amount(state: DealState) -> str:
    if state.amount_minor is None:
        return NIL
    amount = from_minor(state.amount_minor, state.currency)
    return formats.money(amount, state.currency, cents=has_cents([amount]))


Event = tuple[datetime.date, dict[str, Any], str]


def _events(found: Waterfall, ids: list[int]) -> dict[int, list[Event]]:
    """Of each deal, what happened between the two days, latest first."""
    rows = DealEvent.objects.filter(deal__in=ids, effective_on__gt=found.first, effective_on__lte=found.last)
    if found.question.known_at:
        rows = rows.filter(recorded_at__lte=found.question.known_at)
    told: dict[int, list[Event]] = {}
    columns = ("deal_id", "effective_on", "patch", "by__name", "by_text")
    for deal, day, patch, name, text in rows.order_by("-effective_on", "-pk").values_list(*columns):
        told.setdefault(deal, []).append((day, patch, name or text))
    return told


def _cause(change: Change, events: list[Event]) -> tuple[datetime.date | None, str]:
    """The latest event that changed what the bar is about; (None, "") where a rep's change of team did."""
    for day, patch, who in events:
        if any(field in patch for field in CAUSES[change.bar]):
            return day, who
    return None, ""


def csv_rows(found: Waterfall) -> Iterable[list[Any]]:
    """Starting, every change, ending: the amounts of all but the last add up to the last."""
    currency = found.question.company.base_currency
    names = Names.of(state for change in found.changes for state in (change.before, change.after))
    deals = deal_names(sorted({change.deal for change in found.changes}))
    yield ["starting", None, None, None, from_minor(found.starting.amount, currency), *[None] * 8]
    for change in found.changes:
        name, external_id = deals[change.deal]
        sides = [part for state in (change.before, change.after) for part in _csv_state(state, names)]
        yield [change.bar, change.deal, external_id, name, from_minor(change.amount, currency), *sides]
    yield ["ending", None, None, None, from_minor(found.ending.amount, currency), *[None] * 8]


def _csv_state(state: DealState | None, names: Names) -> list[Any]:
    if state is None:
        return [None] * 4
    amount = None if state.amount_minor is None else from_minor(state.amount_minor, state.currency)
    return [state.outcome, names.owner(state), amount, state.expected_close_on]


CSV_HEADER = [
    "bar", "deal", "external_id", "name", "amount", "before_outcome", "before_owner", "before_amount",
    "before_expected_close_on", "after_outcome", "after_owner", "after_amount", "after_expected_close_on",
]  # fmt: skip
