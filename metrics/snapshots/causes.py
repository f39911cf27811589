"""Which records made a stored figure change: what was changed about them, by whom, when."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from metrics.snapshots.cells import Place, stored_measures
from metrics.team_tree import ScopeKey, TeamTree
from pipeline.models import Activity, DealEvent, DealVersion, Lead, VersionCredit

MOST_CAUSES = 50
MOST_READ = 2000
"""Rows looked at for a day; after a large import not every one is named."""
COMPANY_CELL: ScopeKey = ("company", 0)


@dataclass
class _Record:
    """A changed record: the cells it bears on, and the words that are kept."""

    kind: str
    words: dict[str, Any]
    scopes: set[ScopeKey] = field(default_factory=lambda: {COMPANY_CELL})


class Causes:
    """The records that changed since a day was stored and that bear on the day's figures."""

    def __init__(self, day: datetime.date, since: datetime.datetime, tree: TeamTree) -> None:
        self.day, self.since, self.tree = day, since, tree
        self._records = [*self._deals(), *self._leads(), *self._activities()]
        self._kinds = {key: measure.fact.kind for key, measure in stored_measures().items()}

    def of(self, place: Place) -> list[dict[str, Any]]:
        """Of one cell, at most ``MOST_CAUSES``. A lead's figures also move with its deal."""
        kind = self._kinds.get(place.measure, "")
        kinds = {kind, "deal"} if kind == "lead" else {kind}
        scope = (place.scope_kind, place.scope_id)
        return [record.words for record in self._records if record.kind in kinds and scope in record.scopes][
            :MOST_CAUSES
        ]

    def _deals(self) -> Iterable[_Record]:
        day, since = self.day, self.since
        is_open = Q(outcome="open", valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gt=day))
        rows = list(
            DealVersion.objects.filter(Q(recorded_at__gt=since) | Q(superseded_at__gt=since))
            .filter(Q(closed_on=day) | Q(opened_on=day) | is_open | Q(deal__lead__created_on=day))
            .values_list("pk", "deal", "owner", "team", "deal__lead__first_owner", "deal__lead__first_team")
            .order_by("pk")[:MOST_READ]
        )
        found: dict[int, _Record] = {}
        for _pk, deal, *places in rows:
            record = found.setdefault(deal, _Record("deal", {"kind": "deal", "id": deal}))
            record.scopes |= {*self.tree.cells_of(*places[:2]), *self.tree.cells_of(*places[2:])}
        deal_of = {pk: deal for pk, deal, *_rest in rows}
        credits = VersionCredit.objects.filter(version__in=deal_of).values_list("version", "rep", "team")
        for version, rep, team in credits:
            found[deal_of[version]].scopes |= set(self.tree.cells_of(rep, team))
        events = DealEvent.objects.filter(deal__in=found, recorded_at__gt=since).select_related("by").order_by("id")
        patches: dict[int, list[DealEvent]] = defaultdict(list)
        for event in events:
            patches[event.deal_id].append(event)
        for deal, learnt in patches.items():
            last = learnt[-1]
            found[deal].words |= {
                "what": ", ".join(dict.fromkeys(key for event in learnt for key in event.patch)),
                "who": str(last.by or last.by_text),
                "when": last.recorded_at.isoformat(),
            }
        return found.values()

    def _leads(self) -> Iterable[_Record]:
        rows = Lead.objects.filter(created_on=self.day, updated_at__gt=self.since)
        return self._plain("lead", rows.values_list("pk", "first_owner", "first_team")[:MOST_READ])

    def _activities(self) -> Iterable[_Record]:
        rows = Activity.objects.filter(done_on=self.day, updated_at__gt=self.since)
        return self._plain("activity", rows.values_list("pk", "owner", "team")[:MOST_READ])

    def _plain(self, kind: str, rows: Iterable[tuple[int, int | None, int | None]]) -> Iterable[_Record]:
        for pk, rep, team in rows:
            yield _Record(kind, {"kind": kind, "id": pk}, {COMPANY_CELL, *self.tree.cells_of(rep, team)})
