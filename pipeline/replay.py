"""Store whole histories of new deals at once, with what was known at each moment.

``append_changes`` does this one change after the other; here a deal's events are folded as often as something was
learnt, in memory, and everything is written with a few statements. Both ways give the same rows.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from accounts.bulk_rows import insert_objects
from accounts.business_dates import business_date, day_start
from accounts.memberships import TeamHistory
from accounts.models import Company
from pipeline.changed_days import queue_days, span_of
from pipeline.fold import Event, Folded, State, fold
from pipeline.history import version_of, write_current
from pipeline.models import ChangedDay, Deal, DealEvent, DealVersion, StageVisit
from pipeline.version_parts import VersionParts
from pipeline.visit_rows import visit_row


@dataclass
class Known:
    """A state with the time during which it was what we knew."""

    state: State
    recorded_at: datetime.datetime
    superseded_at: datetime.datetime | None = None


@dataclass
class History:
    """A new deal, unsaved, with its events in the order in which they were learnt."""

    deal: Deal
    events: list[DealEvent]
    known: list[Known] = field(default_factory=list)
    folded: Folded = field(default_factory=Folded)

    def replay(self, teams: TeamHistory, company: Company) -> None:
        """Fold the events as they came in, and fill the deal's row from the last state."""
        rows = [Event(n, row.patch, row.effective_on, row.effective_at) for n, row in enumerate(self.events)]
        current: dict[tuple[datetime.date, str], Known] = {}
        count = 0
        for moment, group in groupby(self.events, key=lambda row: row.recorded_at):
            count += len(list(group))
            self.folded = fold(rows[:count], teams, lambda day: day_start(day, company.zone))
            states = {(state.valid_from, state.digest): state for state in self.folded.states}
            for key in current.keys() - states.keys():
                current.pop(key).superseded_at = moment
            for key, state in states.items():
                if key not in current:
                    current[key] = Known(state, moment)
                    self.known.append(current[key])
        write_current(self.deal, self.folded, company)


def store_histories(histories: Sequence[History], *, teams: TeamHistory, rank: dict[int, str | None], company: Company,
                    now: datetime.datetime) -> int:  # fmt: skip
    """Insert the deals with events, versions and visits; the number of versions. ``rank``: external ids of reps."""
    for history in histories:
        history.replay(teams, company)
    insert_objects([history.deal for history in histories])
    events: list[DealEvent] = []
    visits: list[StageVisit] = []
    versions: list[tuple[DealVersion, State]] = []
    for history in histories:
        deal_id = history.deal.pk
        for event in history.events:
            event.deal_id = deal_id
        events += history.events
        visits += [visit_row(deal_id, visit, company.zone) for visit in history.folded.visits]
        for known in history.known:
            version = version_of(deal_id, known.state, recorded_at=known.recorded_at, company=company)
            version.superseded_at = known.superseded_at
            versions.append((version, known.state))
    insert_objects(events)
    insert_objects(visits)
    parts = VersionParts(versions, teams, rank, company)
    insert_objects([version for version, _state in versions])
    parts.store()
    today = business_date(now, company.zone)
    queue_days(ChangedDay.Subject.DEALS, [span_of(version, today) for version, _state in versions], now=now)
    return len(versions)
