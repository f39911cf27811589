"""The rows of stored cells: read once for all measures of a scope and span, because a page asks for most of them."""

import datetime
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q, Sum

from accounts.models import Team
from metrics.cells import Cell
from metrics.models import Snapshot
from metrics.periods import DAY, add_months

if TYPE_CHECKING:
    from metrics.measures import Measure

MOST_DAYS_OF_ALL = 62
"""Up to so many single days are read for all measures at once; more of them only for the one that is asked."""
LEVEL_MONTHS = 25
"""A page that asks for one level shows its course: the ends of so many months are read with it."""
Found = dict[Any, Cell]


@dataclass(frozen=True)
class Asked:
    """Kinds of scope and its id (None: all), what to group by ("", day or member), whole months, spans of days."""

    kinds: tuple[str, ...]
    ident: int | None
    group: str
    months: tuple[datetime.date, ...]
    spans: tuple[tuple[datetime.date, datetime.date], ...]

    @property
    def days(self) -> int:
        return sum((last - first).days + 1 for first, last in self.spans)

    @property
    def is_small(self) -> bool:
        """Whether reading all measures costs little more than reading one."""
        return self.group != "member" and self.days <= MOST_DAYS_OF_ALL


class StoredRows:
    """What a request has read of the stored cells."""

    def __init__(self) -> None:
        self._flows: dict[Asked, dict[str, Found]] = {}
        self._levels: dict[tuple[Any, ...], dict[datetime.date, dict[str, Found]]] = {}
        self._leaves: set[int] | None = None

    def flows(self, measure: "Measure", asked: Asked) -> Found:
        """The measure's cells by group: sums of its days, the stored months as one."""
        if not asked.is_small:
            return self._read(asked, [measure])[measure.key]
        if asked not in self._flows:
            self._flows[asked] = self._read(asked, [m for m in _catalogue() if not m.fact.level])
        return self._flows[asked][measure.key]

    def levels(self, measure: "Measure", asked: Asked) -> Found:
        """The measure's cells on the one day that is asked."""
        day = asked.spans[0][0]
        known = self._levels.setdefault((asked.kinds, asked.ident), {})
        if day not in known:
            wanted = {day} | ({} if asked.ident is None else _month_ends(day)).keys() - known.keys()
            known.update({at: defaultdict(dict) for at in wanted})
            rows = self._of_scope(asked, [m for m in _catalogue() if m.fact.level]).filter(grain="day", day__in=wanted)
            for key, at, ident, total, n in rows.values_list("measure", "day", "scope_id", "total", "n"):
                known[at][key].setdefault(ident, Cell()).add(total, n)
        return known[day].get(measure.key, {})

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
        rows = self._of_scope(asked, measures).filter(when).values_list("measure", *group)
        for key, *rest in rows.annotate(total_=Sum("total"), n_=Sum("n")):
            total, n = rest[-2:]
            found[key].setdefault(rest[0] if group else "", Cell()).add(total, n)

    def _add_histograms(self, found: dict[str, Found], asked: Asked, measures: list["Measure"], when: Q) -> None:
        if not measures:
            return
        group = _GROUPS[asked.group]
        rows = self._of_scope(asked, measures).filter(when)
        for key, total, n, histogram, *raw in rows.values_list("measure", "total", "n", "histogram", *group):
            counts = Counter({int(value): count for value, count in (histogram or {}).items()})
            found[key].setdefault(raw[0] if raw else "", Cell()).add(total, n, counts)

    def _of_scope(self, asked: Asked, measures: list["Measure"]) -> Any:
        keys = [measure.key for measure in measures]
        rows = Snapshot.objects.filter(measure__in=keys, scope_kind__in=asked.kinds, dimension="").order_by()
        if asked.ident is not None:
            return rows.filter(scope_id=asked.ident)
        if "own" not in asked.kinds:
            return rows
        # By team: a leaf has its own rows alone, a team above others only what is its own.
        return rows.filter(Q(scope_kind="own") | Q(scope_id__in=[0, *self._leaf_teams()]))

    def _leaf_teams(self) -> set[int]:
        if self._leaves is None:
            self._leaves = set(Team.objects.filter(children=None).values_list("pk", flat=True))
        return self._leaves


_GROUPS: dict[str, tuple[str, ...]] = {"": (), "day": ("day",), "member": ("scope_id",)}


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


def _month_ends(day: datetime.date) -> dict[datetime.date, None]:
    start = day.replace(day=1)
    return {add_months(start, -n) - DAY: None for n in range(LEVEL_MONTHS)}


def _catalogue() -> list["Measure"]:
    from metrics.snapshot_cells import stored_measures  # the catalogue's measures read these rows

    return list(stored_measures().values())
