"""Stored figures against the records: what a span of days comes to when it is computed again."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from accounts.models import Company, Rep, Team
from metrics.periods import DAY, containing
from metrics.snapshots.cells import Cells, Place, compute_cells
from metrics.snapshots.one_moment import one_moment
from metrics.snapshots.rows import differing, stored_cells, sum_of_days
from metrics.snapshots.storing import changed_days, month_spans


@dataclass(frozen=True)
class Difference:
    """A stored figure that the records do not give: (total, n, histogram) of both, None where there is no cell.

    ``grain``: day, or month for the sum of a month, which stands under its first day. ``is_waiting``: somebody changed
    the day since; pages compute it live until the next night stores it.
    """

    place: Place
    grain: str
    stored: tuple[Any, ...] | None
    recomputed: tuple[Any, ...] | None
    is_waiting: bool = False

    def __str__(self) -> str:
        place, of = self.place, "month of " if self.grain == "month" else ""
        stored, fresh = ("nothing" if cell is None else str(cell[:2]) for cell in (self.stored, self.recomputed))
        words = f"{place.measure} of {place.scope_kind} {place.scope_id} on {of}{place.day}: stored {stored}, "
        return words + f"recomputed {fresh}" + (" (changed since; the next night stores it)" if self.is_waiting else "")

    def as_json(self, scopes: dict[tuple[str, int], str]) -> dict[str, Any]:
        """For programs; ``scopes`` has the names that ``name_scopes`` gives."""
        return {
            "measure": self.place.measure,
            "scope": scopes[self.place.scope_kind, self.place.scope_id],
            "day": self.place.day.isoformat(),
            "grain": self.grain,
            "stored": _parts(self.stored),
            "recomputed": _parts(self.recomputed),
            "changed_since": self.is_waiting,
        }


def _parts(cell: tuple[Any, ...] | None) -> dict[str, int] | None:
    return None if cell is None else {"total": cell[0], "n": cell[1]}


def name_scopes(found: Sequence[Difference]) -> dict[tuple[str, int], str]:
    """The names of scopes by kind and id: company, team:north, rep:ann@example.com, own:region; none for nobody."""
    kinds = {(one.place.scope_kind, one.place.scope_id) for one in found}
    teams = dict(Team.objects.values_list("pk", "slug"))
    reps = {rep.pk: rep.email or rep.external_id or str(rep.pk) for rep in Rep.objects.all()}
    names = {"team": teams, "own": teams, "rep": reps}
    return {
        (kind, pk): kind if kind == "company" else f"{kind}:{names[kind].get(pk, 'none') if pk else 'none'}"
        for kind, pk in kinds
    }


def compare_days(
    days: Sequence[datetime.date], *, company: Company, today: datetime.date
) -> Iterator[tuple[int, list[Difference]]]:
    """Compute stored days again, a month at most at a time: how many days are done, and what differs in these."""
    done, months = 0, set()
    for first, last in month_spans(days):
        found = differences(first, last, company=company, today=today)
        if (month := containing(first, "month").start) not in months:
            months.add(month)
            found += month_differences(month)
        done += (last - first).days + 1
        yield done, found


def differences(
    first: datetime.date, last: datetime.date, *, company: Company, today: datetime.date
) -> list[Difference]:
    """Stored cells of a span that the facts do not give; those of days that somebody changed since say so."""
    with one_moment():
        stored, fresh = stored_cells(first, last), compute_cells(first, last, company=company, today=today)
        waiting = changed_days([first + n * DAY for n in range((last - first).days + 1)])
    return _found(stored, fresh, "day", waiting)


def month_differences(day: datetime.date) -> list[Difference]:
    """Stored cells of the day's month that its days do not add up to; none when it is not stored."""
    month = containing(day, "month")
    with one_moment():
        stored = stored_cells(month.start, month.start, "month")
        added = sum_of_days(month.start, month.last_day) if stored else {}
    return _found(stored, added, "month", set())


def _found(stored: Cells, fresh: Cells, grain: str, waiting: set[datetime.date]) -> list[Difference]:
    def content(cells: Cells, place: Place) -> tuple[Any, ...] | None:
        return cells[place].content if place in cells else None

    return [
        Difference(place, grain, content(stored, place), content(fresh, place), place.day in waiting)
        for place in sorted(differing(stored, fresh))
    ]
