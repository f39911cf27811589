"""Which team a rep was in on a day, for many reps with one query."""

import datetime
from collections import defaultdict
from collections.abc import Iterable

from accounts.models import TeamMembership


class TeamHistory:
    """Memberships in memory. A day without a membership has no team."""

    def __init__(self, rows: Iterable[tuple[int, int, datetime.date | None, datetime.date | None]]) -> None:
        """``rows``: (rep id, team id, starts_on, ends_on)."""
        self._rows: dict[int, list[tuple[datetime.date, datetime.date, int]]] = defaultdict(list)
        for rep, team, starts_on, ends_on in rows:
            self._rows[rep].append((starts_on or datetime.date.min, ends_on or datetime.date.max, team))
        for spans in self._rows.values():
            spans.sort(reverse=True)

    @classmethod
    def load(cls, rep_ids: Iterable[int] | None = None) -> "TeamHistory":
        """The memberships of some reps, or of all."""
        rows = TeamMembership.objects.all()
        if rep_ids is not None:
            rows = rows.filter(rep__in=set(rep_ids))
        return cls(rows.values_list("rep_id", "team_id", "starts_on", "ends_on"))

    def team_on(self, rep_id: int | None, day: datetime.date) -> int | None:
        """The team's id on ``day``; the later membership wins where two overlap; None when in no team."""
        for start, end, team in self._rows.get(rep_id or 0, ()):
            if start <= day <= end:
                return team
        return None

    def changes(self, rep_id: int | None, after: datetime.date, before: datetime.date) -> list[datetime.date]:
        """Days strictly between two days on which the rep's team may change."""
        days: set[datetime.date] = set()
        for start, end, _team in self._rows.get(rep_id or 0, ()):
            days.add(start)
            if end < datetime.date.max:
                days.add(end + datetime.timedelta(days=1))
        return sorted(day for day in days if after < day < before)

    def spans(self, rep_id: int) -> list[tuple[datetime.date, datetime.date, int]]:
        """(first day, last day, team id) of the rep, earliest first."""
        return sorted(self._rows.get(rep_id, []))
