"""What follows from taking leads and activities back: their derived fields, deals' next steps, days to compute."""

import datetime
from collections import defaultdict
from typing import Any

from django.db.models import Model

from accounts.business_dates import business_date
from accounts.memberships import TeamHistory
from accounts.models import Company
from pipeline.history import queue_days
from pipeline.imports.activities import Activities, refresh_next_steps
from pipeline.imports.leads import Leads
from pipeline.imports.registry import kinds_above
from pipeline.leads import fill_lead_dates, lead_days, status_of
from pipeline.models import Activity, ChangedDay, Lead


class Effects:
    """Collects the days and deals that records touch, before and after they change."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self._lead_days: set[tuple[datetime.date, datetime.date]] = set()
        self._done: set[datetime.date] = set()
        self._deals: set[int] = set()
        self._above: dict[ChangedDay.Subject, set[datetime.date]] = defaultdict(set)

    def derived(self, model: type[Model]) -> set[str]:
        """Fields that ``after`` fills."""
        kind = {Lead: Leads, Activity: Activities}.get(model)
        return set(kind.derived) if kind else set()

    def before(self, row: Any) -> None:
        """A record that is about to change, or to go."""
        if isinstance(row, Lead):
            self._lead_days |= lead_days(row)
        elif isinstance(row, Activity):
            self._done |= {row.done_on} if row.done_on else set()
            self._deals |= {row.deal_id} if row.deal_id else set()
        else:
            self._note_above(row)

    def _note_above(self, row: Any) -> None:
        for kind in kinds_above():
            if effect := kind.effect(row):
                self._above[effect[0]] |= effect[1]

    def after(self, row: Any) -> None:
        """The same record with its values put back: fill what follows from them."""
        if isinstance(row, Lead):
            fill_lead_dates(row, self.company.zone)
            row.status = status_of(row)
        elif isinstance(row, Activity):
            row.done_on = business_date(row.done_at, self.company.zone) if row.done_at else None
            if row.done_on:
                row.team_id = TeamHistory.load([row.owner_id]).team_on(row.owner_id, row.done_on)
        self.before(row)

    def queue(self, *, now: datetime.datetime) -> None:
        """Write down what was collected."""
        queue_days(ChangedDay.Subject.LEADS, self._lead_days, now=now)
        queue_days(ChangedDay.Subject.ACTIVITIES, {(day, day) for day in self._done}, now=now)
        for subject, days in self._above.items():
            queue_days(subject, {(day, day) for day in days}, now=now)
        refresh_next_steps(self._deals, self.company)
