"""Reading stored figures: closed days from snapshots, what is not stored (or changed since) from the facts."""

import datetime
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from metrics.answers import Answers
from metrics.cells import Cell
from metrics.definitions import digest_of_teams, same_measures, same_teams
from metrics.dimensions import ALL, TIME, UNKNOWN, Member, name_members, time_member
from metrics.models import SnapshotDay
from metrics.periods import DAY, containing
from metrics.question import Question
from metrics.stored_rows import Asked, StoredRows
from pipeline.models import ChangedDay

if TYPE_CHECKING:
    from metrics.measures import Measure

MOST_LIVE_DAYS = 40
"""A question with more days than this to compute live is answered live as a whole."""
Days = list[datetime.date]


class Shelf:
    """Which closed days are stored and unchanged, and their rows. One per request, so that nothing is read twice.

    ``answers`` keeps what the request has asked already.
    """

    def __init__(self, today: datetime.date) -> None:
        self.today = today
        self.answers = Answers()
        self.rows = StoredRows()
        self._good: set[datetime.date] | None = None
        self._start: datetime.date | None = None
        self._same_teams = True

    def _load(self) -> set[datetime.date]:
        if self._good is None:
            stored = dict(SnapshotDay.objects.filter(day__lt=self.today).values_list("day", "run__definitions"))
            spans = list(ChangedDay.objects.filter(day__lt=self.today).values_list("day", "last_day").distinct())
            teams = digest_of_teams() if stored else ""
            self._same_teams = all(same_teams(definitions, teams) for definitions in set(stored.values()))
            self._start = min([*stored, *(first for first, _last in spans)], default=None) if stored else None
            self._good = {day for day, definitions in stored.items() if same_measures(definitions)}
            for first, last in spans if stored else ():
                first = max(first, min(stored))
                self._good -= {first + n * DAY for n in range((min(last, self.today) - first).days + 1)}
        return self._good

    def is_stored(self, day: datetime.date) -> bool:
        return day in self._load()

    def knows_teams(self) -> bool:
        """Whether all days were stored with today's tree of teams."""
        self._load()
        return self._same_teams

    def missing(self, first: datetime.date, last: datetime.date) -> Days:
        """Days of a span that must be computed live; days before the first stored or changed one hold nothing."""
        good = self._load()
        if self._start is None:
            return [first + n * DAY for n in range((last - first).days + 1)]
        first = max(first, self._start)
        return [day for n in range((last - first).days + 1) if (day := first + n * DAY) not in good]

    def has_month(self, first: datetime.date) -> bool:
        """Whether the month that begins on a day is stored as a whole."""
        last = containing(first, "month").last_day
        return last < self.today and not self.missing(first, last) and self._start is not None and self._start <= last


def stored_answer(measure: "Measure", q: Question, *, level: bool) -> dict[Member, Cell] | None:
    """The measure from stored cells; None when this question has to be answered live."""
    shelf = q.shelf
    if not isinstance(shelf, Shelf) or not _serves(shelf, q, level=level):
        return None
    if level:
        return _level(shelf, measure, q) if shelf.is_stored(q.level_day) else None
    last = min(q.period.last_day, q.as_of)
    live = shelf.missing(q.period.start, last)
    if len(live) > MOST_LIVE_DAYS:
        return None
    cells = _flow(shelf, measure, q, last, live)
    for first, until in _runs(live):
        for member, cell in measure.live_cells(q.between(first, until)).items():
            have = cells.setdefault(member, Cell())
            have.add(cell.total, cell.n, cell.histogram)  # type: ignore[arg-type]
    return cells


def _serves(shelf: Shelf, q: Question, *, level: bool) -> bool:
    plain = q.valid_day is None and q.known_on is None and not q.where
    slices = (None, "rep", "team") if level else (None, "rep", "team", *TIME)
    if not plain or q.by not in slices or (q.by in ("rep", "team") and q.scope.kind != "company"):
        return False
    return shelf.knows_teams() or not (q.by == "team" or q.scope.kind == "team")


def _runs(days: Days) -> Iterator[tuple[datetime.date, datetime.date]]:
    """Runs of consecutive days."""
    start = before = None
    for day in days:
        if before is None or start is None:
            start = day
        elif day != before + DAY:
            yield start, before
            start = day
        before = day
    if start is not None and before is not None:
        yield start, before


def _asked(q: Question, months: Days, spans: list[tuple[datetime.date, datetime.date]]) -> Asked:
    kinds = {"rep": ("rep",), "team": ("team", "own")}.get(q.by or "", (q.scope.kind,))
    ident = None if q.by in ("rep", "team") else q.scope.id
    return Asked(kinds, ident, "day" if q.by in TIME else "member" if q.by else "", tuple(months), tuple(spans))


def _flow(shelf: Shelf, measure: "Measure", q: Question, last: datetime.date, live: Days) -> dict[Member, Cell]:
    months, spans = _months_and_days(shelf, q, last, live)
    found = shelf.rows.flows(measure, _asked(q, months, spans))
    cells: dict[Member, Cell] = {}
    names = _names(q, found.keys())
    for raw, cell in found.items():
        cells.setdefault(names[raw], Cell()).add(cell.total, cell.n, cell.histogram)  # type: ignore[arg-type]
    return cells or ({ALL: Cell()} if q.by is None else {})


def _months_and_days(
    shelf: Shelf, q: Question, last: datetime.date, live: Days
) -> tuple[Days, list[tuple[datetime.date, datetime.date]]]:
    """The whole months of a question that are stored as such, and the spans of days around them."""
    months: Days = []
    spans: list[tuple[datetime.date, datetime.date]] = []
    skipped = set(live)
    day = q.period.start
    by_days = q.by in ("day", "week")
    while day <= last:
        month = containing(day, "month")
        until = min(month.last_day, last)
        if not by_days and day == month.start and until == month.last_day and shelf.has_month(day):
            months.append(day)
        else:
            stored = [at for n in range((until - day).days + 1) if (at := day + n * DAY) not in skipped]
            spans += _runs([at for at in stored if shelf.is_stored(at)])
        day = until + DAY
    return months, _joined(spans)


def _joined(spans: list[tuple[datetime.date, datetime.date]]) -> list[tuple[datetime.date, datetime.date]]:
    joined: list[tuple[datetime.date, datetime.date]] = []
    for first, last in spans:
        if joined and joined[-1][1] + DAY == first:
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    return joined


def _level(shelf: Shelf, measure: "Measure", q: Question) -> dict[Member, Cell]:
    found = shelf.rows.levels(measure, _asked(q, [], [(q.level_day, q.level_day)]))
    if q.by is None:
        return {ALL: next(iter(found.values()), Cell())}
    names = _names(q, found.keys())
    cells: dict[Member, Cell] = {}
    for raw, cell in found.items():
        cells.setdefault(names[raw], Cell()).add(cell.total, cell.n)  # type: ignore[arg-type]
    return cells


def _names(q: Question, raw: Any) -> dict[Any, Member]:
    if q.by is None:
        return dict.fromkeys(raw, ALL)
    if q.by in TIME:
        return {day: time_member(q.by, day) for day in raw}
    named = name_members(q.by, [ident for ident in raw if ident])
    return {ident: named.get(ident, UNKNOWN) for ident in raw}
