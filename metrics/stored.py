"""Reading stored figures: closed days from snapshots, what is not stored (or changed since) from the facts."""

import datetime
from collections import Counter
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Sum

from accounts.models import Rep, Team
from metrics.answers import Answers
from metrics.cells import Cell
from metrics.dimensions import ALL, TIME, Member, time_member
from metrics.models import Snapshot, SnapshotDay
from metrics.periods import DAY
from metrics.question import Question
from pipeline.models import ChangedDay

if TYPE_CHECKING:
    from metrics.measures import Measure

MOST_LIVE_DAYS = 40
"""A question with more days than this to compute live is answered live as a whole."""


class Shelf:
    """Which closed days of a span are stored and unchanged. One per request: two queries, whatever is asked.

    ``answers`` keeps what the request has asked already.
    """

    def __init__(self, today: datetime.date) -> None:
        self.today = today
        self.answers = Answers()
        self._stored: set[datetime.date] | None = None

    def _load(self) -> set[datetime.date]:
        if self._stored is None:
            stored = set(SnapshotDay.objects.filter(day__lt=self.today).values_list("day", flat=True))
            for first, last in ChangedDay.objects.values_list("day", "last_day").distinct():
                stored -= {first + n * DAY for n in range((min(last, self.today) - first).days + 1)}
            self._stored = stored
        return self._stored

    def is_stored(self, day: datetime.date) -> bool:
        return day in self._load()

    def first_day(self) -> datetime.date | None:
        return min(self._load(), default=None)

    def missing(self, first: datetime.date, last: datetime.date) -> list[datetime.date]:
        """Days of a span that must be computed live; days before the first stored one hold nothing."""
        stored, start = self._load(), self.first_day()
        if start is None:
            return [first + n * DAY for n in range((last - first).days + 1)]
        first = max(first, start)
        return [day for n in range((last - first).days + 1) if (day := first + n * DAY) not in stored]


def stored_answer(measure: "Measure", q: Question, *, level: bool) -> dict[Member, Cell] | None:
    """The measure from stored cells; None when this question has to be answered live."""
    shelf = q.shelf
    if not isinstance(shelf, Shelf) or not _serves(q, level=level):
        return None
    if level:
        return _level(measure, q) if shelf.is_stored(q.level_day) else None
    last = min(q.period.last_day, q.as_of)
    live = shelf.missing(q.period.start, last)
    if len(live) > MOST_LIVE_DAYS:
        return None
    cells = _flow(measure, q, q.period.start, last, live)
    for first, until in _runs(live):
        for member, cell in measure.live_cells(q.between(first, until)).items():
            have = cells.setdefault(member, type(cell)())
            have.add(cell.total, cell.n, cell.histogram)  # type: ignore[arg-type]
    return cells


def _serves(q: Question, *, level: bool) -> bool:
    plain = q.valid_day is None and q.known_on is None and not q.where
    slices = (None, "rep", "team") if level else (None, "rep", "team", *TIME)
    return plain and q.by in slices and (q.by not in ("rep", "team") or q.scope.kind == "company")


def _runs(days: list[datetime.date]) -> list[tuple[datetime.date, datetime.date]]:
    runs: list[list[datetime.date]] = []
    for day in days:
        if runs and day == runs[-1][1] + DAY:
            runs[-1][1] = day
        else:
            runs.append([day, day])
    return [(first, last) for first, last in runs]


def _rows(measure: "Measure", q: Question) -> Any:
    rows = Snapshot.objects.filter(measure=measure.key, grain="day", dimension="").order_by()
    if q.by == "rep":
        return rows.filter(scope_kind="rep")
    if q.by == "team":
        leaves = Team.objects.filter(children=None).values("pk")
        return rows.filter(scope_kind="team", scope_id__in=leaves)
    return rows.filter(scope_kind=q.scope.kind, scope_id=q.scope.id)


def _flow(
    measure: "Measure", q: Question, first: datetime.date, last: datetime.date, live: list[datetime.date]
) -> dict[Member, Cell]:
    rows = _rows(measure, q).filter(day__range=(first, last)).exclude(day__in=live)
    group = {"rep": "scope_id", "team": "scope_id", None: None}.get(q.by, "day")
    cells: dict[Member, Cell] = {}
    if measure.histogram:
        names = _names(q, {row[0] for row in rows.values_list(group or "measure")})
        for raw, total, n, histogram in rows.values_list(group or "measure", "total", "n", "histogram"):
            member = ALL if group is None else names[raw]
            counts = Counter({int(value): count for value, count in (histogram or {}).items()})
            cells.setdefault(member, Cell()).add(total, n, counts)
        return cells
    sums = {"total_": Sum("total"), "n_": Sum("n"), "rows_": Count("pk")}
    if group is None:
        found = rows.aggregate(**sums)
        return {ALL: Cell(found["total_"] or 0, found["n_"] or 0)}
    grouped = list(rows.values(group).annotate(**sums))
    names = _names(q, {row[group] for row in grouped})
    for row in grouped:
        cells.setdefault(names[row[group]], Cell()).add(row["total_"], row["n_"])
    return cells


def _level(measure: "Measure", q: Question) -> dict[Member, Cell]:
    rows = list(_rows(measure, q).filter(day=q.level_day).values_list("scope_id", "total", "n"))
    if q.by is None:
        return {ALL: Cell(rows[0][1], rows[0][2]) if rows else Cell()}
    names = _names(q, {ident for ident, _total, _n in rows})
    return {names[ident]: Cell(total, n) for ident, total, n in rows}


def _names(q: Question, raw: set[Any]) -> dict[Any, Member]:
    if q.by in TIME:
        return {day: time_member(q.by or "day", day) for day in raw}
    if q.by == "rep":
        reps = Rep.objects.filter(pk__in=raw)
        return {rep.pk: Member(rep.email or rep.external_id or rep.name, rep.name) for rep in reps}
    if q.by == "team":
        return {team.pk: Member(team.slug, team.name) for team in Team.objects.filter(pk__in=raw)}
    return {}
