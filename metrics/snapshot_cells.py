"""What a span of days comes to, for every stored measure and scope: read from the facts, a few queries per span."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, Count, ExpressionWrapper, F, Sum

from accounts.models import Company, Team
from metrics.catalogue import METRICS
from metrics.facts import OPEN
from metrics.measures import Measure
from metrics.periods import DAY, Period, range_name
from metrics.question import Question
from metrics.scopes import COMPANY
from pipeline.models import VersionCredit


class Place(NamedTuple):
    """Where a stored cell stands."""

    measure: str
    scope_kind: str
    scope_id: int
    day: datetime.date


@dataclass
class Stored:
    """What a stored cell holds; equal when it would be written alike."""

    total: int = 0
    n: int = 0
    histogram: Counter[int] = field(default_factory=Counter)

    def add(self, total: int | None, n: int, histogram: Counter[int] | None = None) -> None:
        self.total += total or 0
        self.n += n
        if histogram:
            self.histogram.update(histogram)

    @property
    def content(self) -> tuple[int, int, tuple[tuple[int, int], ...]]:
        return self.total, self.n, tuple(sorted(self.histogram.items()))


Cells = dict[Place, Stored]


def stored_measures() -> dict[str, Measure]:
    """Every measure of the catalogue, once."""
    return {measure.key: measure for metric in METRICS.values() for measure in metric.measures()}


def span_question(first: datetime.date, last: datetime.date, company: Company, today: datetime.date) -> Question:
    """The company's question about the days from ``first`` to ``last``, as known now."""
    period = Period(first, last + DAY, range_name(first, last + DAY), "range")
    return Question(period, COMPANY, company, today, today)


class _Ancestors:
    """A team and those above it."""

    def __init__(self) -> None:
        parents = dict(Team.objects.values_list("pk", "parent_id"))
        self._chains: dict[int, tuple[int, ...]] = {}
        for team in parents:
            chain: list[int] = []
            at: int | None = team
            while at is not None and at not in chain:
                chain.append(at)
                at = parents.get(at)
            self._chains[team] = tuple(chain)

    def of(self, team: int | None) -> tuple[int, ...]:
        return self._chains.get(team or 0, ())


def compute_cells(first: datetime.date, last: datetime.date, *, company: Company, today: datetime.date) -> Cells:
    """All cells of the closed days from ``first`` to ``last``; places without a row are left out."""
    q = span_question(first, last, company, today)
    teams = _Ancestors()
    cells: Cells = defaultdict(Stored)
    levels: list[Measure] = []
    for measure in stored_measures().values():
        if measure.fact is OPEN:
            levels.append(measure)
        else:
            _add_flow(cells, measure, q, teams)
    _add_levels(cells, levels, q, teams)
    return {place: cell for place, cell in cells.items() if cell.n}


def _add_flow(cells: Cells, measure: Measure, q: Question, teams: _Ancestors) -> None:
    rows = measure.population(q).order_by()
    date, rep, team = measure.fact.date, measure.fact.columns["rep"], measure.fact.columns["team"]
    groups = [date, rep, team] + ([measure.value] if measure.histogram else [])
    column = "base_minor" if measure.value == "credit" else measure.value
    sums = {"total_": Sum(column)} if column else {"total_": Count("pk")}
    by_credit = measure.value == "credit"
    for row in rows.values(*groups).annotate(n_=Count("pk"), **sums):
        histogram = Counter({row[measure.value]: row["n_"]}) if measure.histogram else None
        cells[Place(measure.key, "company", 0, row[date])].add(row["total_"], row["n_"], histogram)
        if by_credit:
            continue
        for kind, ident in _scopes(row[rep], row[team], teams):
            cells[Place(measure.key, kind, ident, row[date])].add(row["total_"], row["n_"], histogram)
    if by_credit:
        _add_credits(cells, measure, rows, teams)


def _scopes(rep: int | None, team: int | None, teams: _Ancestors) -> Iterator[tuple[str, int]]:
    if rep is not None:
        yield "rep", rep
    for ancestor in teams.of(team):
        yield "team", ancestor


def _add_credits(cells: Cells, measure: Measure, rows: Any, teams: _Ancestors) -> None:
    """Money by shares: a deal with two credited reps of one team counts once for the team."""
    credits = VersionCredit.objects.filter(version__in=rows.values("pk"))
    seen: set[tuple[int, int]] = set()
    columns = ("version", f"version__{measure.fact.date}", "rep", "team", "base_minor")
    for version, day, rep, team, part in credits.values_list(*columns).iterator():
        cells[Place(measure.key, "rep", rep, day)].add(part, 1)
        for ancestor in teams.of(team):
            again = (version, ancestor) in seen
            seen.add((version, ancestor))
            cells[Place(measure.key, "team", ancestor, day)].add(part, 0 if again else 1)


@dataclass
class _Level:
    n: int = 0
    money: int = 0
    weighted: int = 0

    def move(self, row: dict[str, Any], sign: int) -> None:
        self.n += sign * row["n_"]
        self.money += sign * (row["money_"] or 0)
        self.weighted += sign * (row["weighted_"] or 0)


def _add_levels(cells: Cells, measures: Iterable[Measure], q: Question, teams: _Ancestors) -> None:
    """Open deals at the end of each day: the level on the first day, then what entered and what left."""
    first, last = q.period.start, q.period.last_day
    rows = OPEN.everything(q).exclude(category="omitted").order_by()
    weighted = ExpressionWrapper(F("base_minor") * F("probability_bp"), output_field=BigIntegerField())
    sums = {"n_": Count("pk"), "money_": Sum("base_minor"), "weighted_": Sum(weighted)}
    moves: dict[datetime.date, list[tuple[dict[str, Any], int]]] = defaultdict(list)
    opening: Any = rows.valid_on(first).values("owner_id", "team_id").annotate(**sums)
    moves[first] += [(row, 1) for row in opening]
    span = {"__gt": first, "__lte": last}
    for column, sign in (("valid_from", 1), ("valid_to", -1)):
        inside = {f"{column}{lookup}": day for lookup, day in span.items()}
        moving: Any = rows.filter(**inside).values(column, "owner_id", "team_id").annotate(**sums)
        for row in moving:
            moves[row[column]].append((row, sign))
    levels: dict[tuple[str, int], _Level] = defaultdict(_Level)
    day = first
    while day <= last:
        for row, sign in moves.get(day, ()):
            for scope in (("company", 0), *_scopes(row["owner_id"], row["team_id"], teams)):
                levels[scope].move(row, sign)
        for (kind, ident), level in levels.items():
            _store_level(cells, measures, kind, ident, day, level)
        day += DAY


def _store_level(
    cells: Cells, measures: Iterable[Measure], kind: str, ident: int, day: datetime.date, level: _Level
) -> None:
    totals = {"": level.n, "base_minor": level.money, "weighted": level.weighted}
    for measure in measures:
        if level.n:
            cells[Place(measure.key, kind, ident, day)].add(totals[measure.value], level.n)
