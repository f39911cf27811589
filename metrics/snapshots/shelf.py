"""Reading stored figures: closed days from snapshots, what is not stored (or changed since) from the facts."""

import datetime
import itertools
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Max, Min

from metrics.answers import Answers, asked_once, named_once
from metrics.cells import Cell
from metrics.dimensions import ALL, TIME, Member, time_member, unknown_member
from metrics.models import Book, SnapshotDay
from metrics.periods import DAY, containing
from metrics.question import Question
from metrics.snapshots.definitions import digest_of_teams, same_measures, same_teams
from metrics.snapshots.live_days import MOST_DAYS, LiveDays
from metrics.snapshots.stored_rows import Asked, StoredRows
from metrics.team_tree import TeamTree
from pipeline.models import ChangedDay

if TYPE_CHECKING:
    from metrics.measures.measure import Measure

MOST_LIVE_SPANS = 3
"""Days to compute live are joined to so many spans at most, with the stored days between them."""
SUBJECTS = {
    "deal": ChangedDay.Subject.DEALS,
    "lead": ChangedDay.Subject.LEADS,
    "activity": ChangedDay.Subject.ACTIVITIES,
}
"""Which changes a kind of record waits for."""
Span = tuple[datetime.date, datetime.date]


class Shelf:
    """Which closed days are stored and unchanged, and their rows. One per request, so that nothing is read twice.

    ``answers`` keeps what the request has asked already.
    """

    def __init__(self, today: datetime.date) -> None:
        self.today = today
        self.answers = Answers()
        self.rows = StoredRows(lambda: self.tree)
        self.live = LiveDays(lambda: self.tree)
        self._good: dict[str, set[datetime.date]] | None = None
        self._start: datetime.date | None = None
        self._same_teams = True

    @cached_property
    def tree(self) -> TeamTree:
        """Which team is below which."""
        return TeamTree()

    def _load(self) -> dict[str, set[datetime.date]]:
        if self._good is not None:
            return self._good
        stored = _stored_days(self.today)
        changes = ChangedDay.objects.filter(day__lt=self.today, subject__in=SUBJECTS.values())
        spans = list(changes.values_list("subject", "day", "last_day").distinct()) if stored else []
        teams = digest_of_teams(self.tree.parents) if stored else ""
        self._same_teams = all(same_teams(definitions, teams) for definitions in stored)
        earliest = min((min(days) for days in stored.values()), default=self.today)
        self._start = min([earliest, *(first for _subject, first, _last in spans)]) if stored else None
        good = set().union(*(days for definitions, days in stored.items() if same_measures(definitions)))
        self._good = {subject: set(good) for subject in SUBJECTS.values()}
        for subject, first, last in spans:
            start, end = max(first, earliest), min(last, self.today)
            self._good[subject] -= {start + n * DAY for n in range((end - start).days + 1)}
        return self._good

    def knows_teams(self) -> bool:
        """Whether all days were stored with today's tree of teams."""
        self._load()
        return self._same_teams

    def is_stored(self, kind: str, day: datetime.date) -> bool:
        """Whether the figures of a kind of record are stored for a day, and none changed since."""
        return day in self._load()[SUBJECTS[kind]]

    def missing(self, kind: str, first: datetime.date, last: datetime.date) -> list[datetime.date]:
        """Days of a span that must be computed live; days before the first stored or changed one hold nothing."""
        good = self._load()[SUBJECTS[kind]]
        first = first if self._start is None else max(first, self._start)
        return [day for n in range((last - first).days + 1) if (day := first + n * DAY) not in good]

    def has_month(self, kind: str, first: datetime.date) -> bool:
        """Whether the month that begins on a day is stored as a whole."""
        last = containing(first, "month").last_day
        return self._start is not None and self._start <= last < self.today and not self.missing(kind, first, last)


def _stored_days(before: datetime.date) -> dict[str, set[datetime.date]]:
    """Which days are stored, by what they were computed with. Where they follow each other, their ends are read."""
    rows = SnapshotDay.objects.filter(day__lt=before).order_by().values_list("run__definitions")
    found: dict[str, set[datetime.date]] = {}
    for definitions, first, last, count in rows.annotate(Min("day"), Max("day"), Count("pk")):
        found[definitions] = {first + n * DAY for n in range((last - first).days + 1)}
        if count < len(found[definitions]):
            found[definitions] = set(rows.filter(run__definitions=definitions).values_list("day", flat=True))
    return found


def expect(shelf: Shelf, questions: Iterable[Question]) -> None:
    """Read what some questions of one scope need from the shelf in as few statements as possible.

    They get the same answers without it.
    """
    asked: set[Asked] = set()
    level_days: set[datetime.date] = set()
    for q in questions:
        if not _serves(shelf, q, level=False):
            return
        level_days |= {unit.last_day for unit in q.period.split(q.by)} if q.by else {q.level_day}
        first, last = q.period.start, min(q.period.last_day, q.as_of)
        for kind in SUBJECTS:
            live = _joined(shelf.missing(kind, first, last))
            asked.add(_asked(q, *_months_and_spans(shelf, kind, q, live)))
    shelf.rows.expect(asked, {day for day in level_days if shelf.is_stored("deal", day)})


def stored_answer(measure: "Measure", q: Question, *, level: bool) -> dict[Member, Cell] | None:
    """The measure from stored cells; None when this question has to be answered live."""
    shelf = q.shelf
    if not isinstance(shelf, Shelf) or not _serves(shelf, q, level=level):
        return None
    kind = measure.fact.kind
    if level:
        return _level(shelf, measure, q)
    first, last = q.period.start, min(q.period.last_day, q.as_of)
    live = _joined(shelf.missing(kind, first, last))
    if live == [(first, last)] and (last - first).days >= MOST_DAYS:
        return None
    found = shelf.rows.flows(measure, _asked(q, *_months_and_spans(shelf, kind, q, live)))
    parts = [found]
    cells: dict[Member, Cell] = {}
    for start, end in live:
        if (end - start).days < MOST_DAYS:
            parts.append(shelf.live.flows(measure, q, start, end))
        else:
            for member, cell in measure.live_cells(q.between(start, end)).items():
                cells.setdefault(member, Cell()).add(cell.total, cell.n, cell.histogram)  # type: ignore[arg-type]
    names = _names(q, {raw for part in parts for raw in part})
    for part in parts:
        for raw, cell in part.items():
            cells.setdefault(names[raw], Cell()).add(cell.total, cell.n, cell.histogram)  # type: ignore[arg-type]
    return cells or ({ALL: Cell()} if q.by is None else {})


def run_of(q: Question) -> int | None:
    """The run that stored the newest day behind an answer from stored figures; None when all of it is live."""
    if q.book is not None:
        book = Book.objects.filter(pk=q.book.id)
        return asked_once(q, ("run", q.book), lambda: book.values_list("run", flat=True).first())
    if not isinstance(q.shelf, Shelf) or q.valid_day is not None or q.known_at is not None or q.where:
        return None
    days = SnapshotDay.objects.filter(day__gte=q.period.start, day__lte=q.level_day).order_by("-day")
    return asked_once(q, ("run", q.period), lambda: days.values_list("run", flat=True).first())


def _serves(shelf: Shelf, q: Question, *, level: bool) -> bool:
    plain = q.valid_day is None and q.known_at is None and not q.where
    slices = (None, "rep", "team") if level else (None, "rep", "team", *TIME)
    if not plain or q.by not in slices or (q.by in ("rep", "team") and q.scope.kind != "company"):
        return False
    return shelf.knows_teams() or not (q.by == "team" or q.scope.kind == "team")


def _joined(days: list[datetime.date]) -> list[Span]:
    """Consecutive days as spans; where these are too many, the narrowest gaps are closed."""
    spans: list[Span] = []
    for day in days:
        if spans and spans[-1][1] + DAY == day:
            spans[-1] = (spans[-1][0], day)
        else:
            spans.append((day, day))
    gaps = sorted(range(1, len(spans)), key=lambda at: spans[at][0] - spans[at - 1][1], reverse=True)
    cuts = [0, *sorted(gaps[: MOST_LIVE_SPANS - 1]), len(spans)]
    return [(spans[a][0], spans[b - 1][1]) for a, b in itertools.pairwise(cuts) if a < b]


def _asked(q: Question, months: list[datetime.date], spans: list[Span]) -> Asked:
    kinds = {"rep": ("rep",), "team": ("team", "own")}.get(q.by or "", (q.scope.kind,))
    ident = None if q.by in ("rep", "team") else q.scope.id
    group = ("day" if q.by in ("day", "week") else "month") if q.by in TIME else "member" if q.by else ""
    return Asked(kinds, ident, group, tuple(months), tuple(spans))


def _months_and_spans(shelf: Shelf, kind: str, q: Question, live: list[Span]) -> tuple[list[datetime.date], list[Span]]:
    """What a question takes from the shelf: the months that are stored as such, and the spans of days around them."""
    months: list[datetime.date] = []
    spans: list[Span] = []
    day, last = q.period.start, min(q.period.last_day, q.as_of)
    by_months = q.by not in ("day", "week")
    for first, end in [*live, (last + DAY, last + DAY)]:
        while day < first:
            month = containing(day, "month")
            until = min(month.last_day, first - DAY)
            if by_months and (day, until) == (month.start, month.last_day) and shelf.has_month(kind, day):
                months.append(day)
            elif spans and spans[-1][1] + DAY == day:
                spans[-1] = (spans[-1][0], until)
            else:
                spans.append((day, until))
            day = until + DAY
        day = end + DAY
    return months, spans


def _level(shelf: Shelf, measure: "Measure", q: Question) -> dict[Member, Cell] | None:
    if shelf.is_stored(measure.fact.kind, q.level_day):
        found = shelf.rows.levels(measure, _asked(q, [], [(q.level_day, q.level_day)]))
    elif q.level_day >= q.today:
        found = shelf.live.levels(measure, q)
    else:
        return None
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
    named = named_once(q, q.by, [ident for ident in raw if ident])
    unknown = unknown_member()
    return {ident: named.get(ident, unknown) for ident in raw}
