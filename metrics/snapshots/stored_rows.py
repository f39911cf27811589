"""The rows of stored cells: read once for all measures of a scope and span, because a page asks for most of them."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Case, IntegerField, Q, Sum, Value, When

from metrics.cells import Cell
from metrics.models import Snapshot
from metrics.periods import DAY, add_months, containing
from metrics.team_tree import TeamTree

if TYPE_CHECKING:
    from metrics.measures.measure import Measure

MOST_DAYS_OF_ALL = 62
"""Up to so many single days are read for all measures at once; more of them only for the one that is asked."""
LEVEL_MONTHS = 25
"""A page that asks for one level shows its course: the ends of so many months are read with it."""
Found = dict[Any, Cell]
Span = tuple[datetime.date, datetime.date]
Whose = tuple[tuple[str, ...], int | None]
"""Kinds of scope, and its id; None: all of them."""
Piece = tuple[str, datetime.date, datetime.date]
"""A stored month, a day, or a span of days that are added up: which of these, its first and its last day."""


@dataclass(frozen=True)
class Asked:
    """Kinds of scope and its id (None: all), what to group by ("", day, month, member), whole months, spans of days."""

    kinds: tuple[str, ...]
    ident: int | None
    group: str
    months: tuple[datetime.date, ...]
    spans: tuple[Span, ...]

    @property
    def days(self) -> int:
        return sum((last - first).days + 1 for first, last in self.spans)

    def pieces(self) -> list[Piece]:
        """What it is put together from; a piece is read once, whoever asks for it."""
        found = [("month", month, month) for month in self.months]
        for first, last in self.spans:
            cuts = {"day": _days, "month": _by_month}.get(self.group, _whole)(first, last)
            found += [("day" if self.group == "day" else "span", *cut) for cut in cuts]
        return found


class StoredRows:
    """What a request has read of the stored cells."""

    def __init__(self, tree: Callable[[], TeamTree]) -> None:
        self._tree = tree
        self._pieces: dict[Whose, dict[Piece, dict[str, Cell]]] = defaultdict(dict)
        self._members: dict[Asked, dict[str, Found]] = {}
        self._levels: dict[Whose, dict[datetime.date, dict[str, Found]]] = defaultdict(dict)
        self._together: dict[str, Measure] = {}

    def together(self, measures: Iterable["Measure"]) -> None:
        """Measures that will be asked for by member: the first question reads all of them."""
        self._together |= {measure.key: measure for measure in measures if not measure.fact.level}

    def expect(self, asked: Collection[Asked], level_days: Collection[datetime.date]) -> None:
        """What will be asked of one scope, read in as few statements as possible."""
        flows = [one for one in asked if one.days <= MOST_DAYS_OF_ALL]
        for kinds, ident in {(one.kinds, one.ident) for one in asked}:
            mine = [one for one in flows if (one.kinds, one.ident) == (kinds, ident)]
            self._fetch((kinds, ident), [piece for one in mine for piece in one.pieces()])
            self._fetch_levels((kinds, ident), level_days)

    def flows(self, measure: "Measure", asked: Asked) -> Found:
        """The measure's cells by group: sums of its days, the stored months as one."""
        if asked.group == "member":
            return self._of_members(measure, asked)
        if asked.days > MOST_DAYS_OF_ALL:
            return self._read(asked, [measure])[measure.key]
        pieces = asked.pieces()
        self._fetch((asked.kinds, asked.ident), pieces)
        kept = self._pieces[asked.kinds, asked.ident]
        found: Found = {}
        for piece in pieces:
            cell = kept[piece].get(measure.key)
            if cell:
                group = piece[1] if asked.group else ""
                found.setdefault(group, Cell()).add(cell.total, cell.n, cell.histogram)  # type: ignore[arg-type]
        return found

    def _of_members(self, measure: "Measure", asked: Asked) -> Found:
        if measure.key not in self._members.get(asked, {}):
            measures = {**self._together, measure.key: measure} if measure.key in self._together else {"": measure}
            self._members.setdefault(asked, {}).update(self._read(asked, list(measures.values())))
        return self._members[asked][measure.key]

    def levels(self, measure: "Measure", asked: Asked) -> Found:
        """The measure's cells on the one day that is asked."""
        day = asked.spans[0][0]
        scope = (asked.kinds, asked.ident)
        if day not in self._levels[scope]:
            self._fetch_levels(scope, {day} | ({} if asked.ident is None else _month_ends(day)).keys())
        return self._levels[scope][day].get(measure.key, {})

    def _fetch_levels(self, scope: Whose, days: Collection[datetime.date]) -> None:
        known = self._levels[scope]
        wanted = set(days) - known.keys()
        if not wanted:
            return
        known.update({at: defaultdict(dict) for at in wanted})
        rows = self._of_scope(scope, [m for m in _catalogue() if m.fact.level]).filter(grain="day", day__in=wanted)
        for key, at, ident, total, n in rows.values_list("measure", "day", "scope_id", "total", "n"):
            known[at][key].setdefault(ident, Cell()).add(total, n)

    def _fetch(self, scope: Whose, pieces: Collection[Piece]) -> None:
        """Every measure of the pieces that were not read yet."""
        known = self._pieces[scope]
        missing = {piece for piece in pieces if piece not in known}
        known.update({piece: {} for piece in missing})
        measures = [measure for measure in _catalogue() if not measure.fact.level]
        for grain in ("month", "day"):
            days = {piece[1] for piece in missing if piece[0] == grain}
            if days:
                self._add_single(known, grain, self._of_scope(scope, measures).filter(grain=grain, day__in=days))
        for spans in _apart(piece[1:] for piece in missing if piece[0] == "span"):
            self._add_spans(known, scope, measures, spans)

    @staticmethod
    def _add_single(known: dict[Piece, dict[str, Cell]], grain: str, rows: Any) -> None:
        for key, day, total, n, histogram in rows.values_list("measure", "day", "total", "n", "histogram"):
            known[grain, day, day].setdefault(key, Cell()).add(total, n, _counts(histogram))

    def _add_spans(
        self, known: dict[Piece, dict[str, Cell]], scope: Whose, measures: list["Measure"], spans: list[Span]
    ) -> None:
        """Spans that do not overlap, each added up in the database; histograms are added up here."""
        whens = [When(day__range=span, then=Value(at)) for at, span in enumerate(spans)]
        inside = Q()
        for span in spans:
            inside |= Q(day__range=span)
        summed = [measure for measure in measures if not measure.histogram]
        spread = [measure for measure in measures if measure.histogram]
        rows = self._of_scope(scope, summed).filter(inside, grain="day")
        which = Case(*whens, output_field=IntegerField())
        for key, at, total, n in (
            rows.annotate(span_=which).values_list("measure", "span_").annotate(Sum("total"), Sum("n"))
        ):
            known["span", *spans[at]].setdefault(key, Cell()).add(total, n)
        rows = self._of_scope(scope, spread).filter(inside, grain="day")
        for key, day, total, n, histogram in rows.values_list("measure", "day", "total", "n", "histogram"):
            span = next(span for span in spans if span[0] <= day <= span[1])
            known["span", *span].setdefault(key, Cell()).add(total, n, _counts(histogram))

    def _read(self, asked: Asked, measures: list["Measure"]) -> dict[str, Found]:
        found: dict[str, Found] = defaultdict(dict)
        spread = [measure for measure in measures if measure.histogram]
        summed = [measure for measure in measures if not measure.histogram]
        for when in _whens(asked):
            self._add_sums(found, asked, summed, when)
            self._add_histograms(found, asked, spread, when)
        return {measure.key: found[measure.key] for measure in measures}

    def _add_sums(self, found: dict[str, Found], asked: Asked, measures: list["Measure"], when: Q) -> None:
        if not measures:
            return
        group = _GROUPS[asked.group]
        rows = self._of_scope((asked.kinds, asked.ident), measures).filter(when).values_list("measure", *group)
        for key, *rest in rows.annotate(total_=Sum("total"), n_=Sum("n")):
            total, n = rest[-2:]
            found[key].setdefault(rest[0] if group else "", Cell()).add(total, n)

    def _add_histograms(self, found: dict[str, Found], asked: Asked, measures: list["Measure"], when: Q) -> None:
        if not measures:
            return
        group = _GROUPS[asked.group]
        rows = self._of_scope((asked.kinds, asked.ident), measures).filter(when)
        for key, total, n, histogram, *raw in rows.values_list("measure", "total", "n", "histogram", *group):
            found[key].setdefault(raw[0] if raw else "", Cell()).add(total, n, _counts(histogram))

    def _of_scope(self, scope: Whose, measures: list["Measure"]) -> Any:
        kinds, ident = scope
        keys = [measure.key for measure in measures]
        rows = Snapshot.objects.filter(measure__in=keys, scope_kind__in=kinds, dimension="").order_by()
        if ident is not None:
            return rows.filter(scope_id=ident)
        if "own" not in kinds:
            return rows
        # By team: a leaf has its own rows alone, a team above others only what is its own.
        return rows.filter(Q(scope_kind="own") | Q(scope_id__in=[0, *self._tree().leaves]))


_GROUPS: dict[str, tuple[str, ...]] = {"": (), "day": ("day",), "month": ("day",), "member": ("scope_id",)}


def _whens(asked: Asked) -> list[Q]:
    """Conditions on grain and day, each for a statement of its own: an index serves it."""
    whens = []
    if asked.months:
        whens.append(Q(grain="month", day__in=asked.months))
    if asked.spans:
        spans = Q()
        for span in asked.spans:
            spans |= Q(day__range=span)
        whens.append(Q(grain="day") & spans)
    return whens


def _days(first: datetime.date, last: datetime.date) -> list[Span]:
    days = [first + n * DAY for n in range((last - first).days + 1)]
    return [(day, day) for day in days]


def _by_month(first: datetime.date, last: datetime.date) -> list[Span]:
    """The span, cut where months end."""
    cuts = []
    while first <= last:
        end = min(containing(first, "month").last_day, last)
        cuts.append((first, end))
        first = end + DAY
    return cuts


def _whole(first: datetime.date, last: datetime.date) -> list[Span]:
    return [(first, last)]


def _apart(spans: Iterable[Span]) -> list[list[Span]]:
    """The spans in lists in which none overlaps another."""
    lists: list[list[Span]] = []
    for span in sorted(spans):
        home = next((one for one in lists if one[-1][1] < span[0]), None)
        if home is None:
            lists.append([span])
        else:
            home.append(span)
    return lists


def _counts(histogram: dict[str, int] | None) -> Counter[int] | None:
    return Counter({int(value): count for value, count in histogram.items()}) if histogram else None


def _month_ends(day: datetime.date) -> dict[datetime.date, None]:
    start = day.replace(day=1)
    return {add_months(start, -n) - DAY: None for n in range(LEVEL_MONTHS)}


def _catalogue() -> list["Measure"]:
    from metrics.snapshots.cells import stored_measures  # the catalogue's measures read these rows

    return list(stored_measures().values())
