"""What a span of days comes to, for every stored measure and scope: one query for each fact, however many measures.

Scopes: ``company`` 0; ``rep`` and its id, 0 for rows of nobody; ``team`` and its id for a team with all below it, 0 for
rows without a team; ``own`` for the rows that a team with others below it has itself.
"""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, Count, ExpressionWrapper, F, Sum

from accounts.models import Company
from metrics.catalogue import METRICS
from metrics.facts.fact import OPEN, Fact
from metrics.measures.measure import Measure
from metrics.periods import DAY, Period, range_name
from metrics.question import Question
from metrics.scopes import COMPANY
from metrics.team_tree import ScopeKey, TeamTree
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
    """Every measure of the catalogue that is stored by day, once."""
    measures = (measure for metric in METRICS.values() for measure in metric.measures())
    return {measure.key: measure for measure in measures if not measure.live}


def span_question(first: datetime.date, last: datetime.date, company: Company, today: datetime.date) -> Question:
    """The company's question about the days from ``first`` to ``last``, as known now."""
    period = Period(first, last + DAY, range_name(first, last + DAY), "range")
    return Question(period, COMPANY, company, today, today)


def compute_cells(first: datetime.date, last: datetime.date, *, company: Company, today: datetime.date) -> Cells:
    """All cells of the closed days from ``first`` to ``last``; places without a row are left out."""
    q = span_question(first, last, company, today)
    tree = TeamTree()
    cells: Cells = defaultdict(Stored)
    for measures in _by_statement():
        if measures[0].fact is OPEN:
            cells.update(_levels(measures, q, tree))
        else:
            cells.update(compute_flows(measures, q, tree))
    return {place: cell for place, cell in cells.items() if cell.n}


def compute_levels(first: datetime.date, last: datetime.date, *, company: Company, today: datetime.date) -> Cells:
    """Those of ``compute_cells`` that are levels: what was open at the end of each day."""
    measures = [measure for measure in stored_measures().values() if measure.fact is OPEN]
    cells = _levels(measures, span_question(first, last, company, today), TeamTree())
    return {place: cell for place, cell in cells.items() if cell.n}


def _levels(measures: list[Measure], q: Question, tree: TeamTree) -> Cells:
    cells: Cells = defaultdict(Stored)
    for alike in _by_condition(measures):
        _add_levels(cells, alike, q, tree)
    return cells


def together_with(measure: Measure) -> list[Measure]:
    """The measures that one statement computes with this one."""
    return next(measures for measures in _by_statement() if measure in measures)


def _by_statement() -> list[list[Measure]]:
    """The stored measures by fact; one with a histogram needs a statement of its own."""
    groups: dict[object, list[Measure]] = defaultdict(list)
    for measure in stored_measures().values():
        groups[measure.key if measure.histogram else id(measure.fact)].append(measure)
    return list(groups.values())


def compute_flows(measures: list[Measure], q: Question, tree: TeamTree) -> Cells:
    """The cells of measures that ``together_with`` puts together."""
    cells: Cells = defaultdict(Stored)
    if measures[0].histogram:
        _add_histogram(cells, measures[0], q, tree)
    else:
        _add_flows(cells, measures[0].fact, measures, q, tree)
    return cells


def _columns(fact: Fact) -> tuple[str, str, str]:
    return fact.date, fact.columns["rep"], fact.columns["team"]


def _add_flows(cells: Cells, fact: Fact, measures: list[Measure], q: Question, tree: TeamTree) -> None:
    """Every measure of a fact from one pass over its rows, by day, rep and team."""
    asked: dict[str, Any] = {}
    for at, measure in enumerate(measures):
        condition = measure.condition(q) or None
        asked[f"n_{at}"] = Count("pk", filter=condition)
        if measure.value:
            asked[f"total_{at}"] = Sum(measure.column, filter=condition)
    rows = fact.in_period(q).order_by().values_list(*_columns(fact)).annotate(**asked)
    for day, rep, team, *found in rows:
        numbers = iter(found)
        scopes = tree.cells_of(rep, team)
        for measure in measures:
            n = next(numbers)
            total = next(numbers) if measure.value else n
            if not n:
                continue
            cells[Place(measure.key, "company", 0, day)].add(total, n)
            if not measure.is_shared:
                for kind, ident in scopes:
                    cells[Place(measure.key, kind, ident, day)].add(total, n)
    for measure in measures:
        if measure.is_shared:
            _add_credits(cells, measure, q, tree)


def _add_histogram(cells: Cells, measure: Measure, q: Question, tree: TeamTree) -> None:
    groups = (*_columns(measure.fact), measure.value)
    rows: Any = measure.population(q).order_by().values_list(*groups).annotate(n_=Count("pk"))
    for day, rep, team, value, n in rows:
        for kind, ident in (("company", 0), *tree.cells_of(rep, team)):
            cells[Place(measure.key, kind, ident, day)].add(value * n, n, Counter({value: n}))


def _add_credits(cells: Cells, measure: Measure, q: Question, tree: TeamTree) -> None:
    """Money by shares: a deal with two credited reps of one team counts once for the team."""
    credits = VersionCredit.objects.filter(version__in=measure.population(q).order_by().values("pk"))
    seen: set[tuple[int, ScopeKey]] = set()
    columns = ("version", f"version__{measure.fact.date}", "rep", "team", measure.part)
    for version, day, rep, team, part in credits.values_list(*columns).iterator():
        cells[Place(measure.key, "rep", rep, day)].add(part, 1)
        for scope in tree.cells_of_team(team):
            again = (version, scope) in seen
            seen.add((version, scope))
            cells[Place(measure.key, *scope, day)].add(part, 0 if again else 1)


@dataclass
class _Level:
    n: int = 0
    money: int = 0
    weighted: int = 0

    def move(self, sign: int, n: int, money: int | None, weighted: int | None) -> None:
        self.n += sign * n
        self.money += sign * (money or 0)
        self.weighted += sign * (weighted or 0)


def _by_condition(measures: Iterable[Measure]) -> list[list[Measure]]:
    """Measures that take the same rows of their fact."""
    groups: list[list[Measure]] = []
    for measure in measures:
        alike = next((group for group in groups if group[0].where == measure.where), None)
        if alike is None:
            groups.append([measure])
        else:
            alike.append(measure)
    return groups


def _add_levels(cells: Cells, measures: list[Measure], q: Question, tree: TeamTree) -> None:
    """Open deals at the end of each day: the level on the first day, then what entered and what left.

    Of ``measures`` that take the same rows.
    """
    first, last = q.period.start, q.period.last_day
    rows = OPEN.everything(q).exclude(category="omitted").filter(measures[0].condition(q)).order_by()
    weighted = ExpressionWrapper(F("base_minor") * F("probability_bp"), output_field=BigIntegerField())
    sums = {"n_": Count("pk"), "money_": Sum("base_minor"), "weighted_": Sum(weighted)}
    moves: dict[datetime.date, list[tuple[Any, ...]]] = defaultdict(list)
    opening: Any = rows.valid_on(first).values_list("owner_id", "team_id").annotate(**sums)
    moves[first] += [(1, *row) for row in opening]
    for column, sign in (("valid_from", 1), ("valid_to", -1)):
        inside = {f"{column}__gt": first, f"{column}__lte": last}
        moving: Any = rows.filter(**inside) if last > first else rows.none()
        for day, *row in moving.values_list(column, "owner_id", "team_id").annotate(**sums):
            moves[day].append((sign, *row))
    levels: dict[ScopeKey, _Level] = defaultdict(_Level)
    day = first
    while day <= last:
        for sign, rep, team, *numbers in moves.get(day, ()):
            for scope in (("company", 0), *tree.cells_of(rep, team)):
                levels[scope].move(sign, *numbers)
        for scope, level in levels.items():
            _store_level(cells, measures, scope, day, level)
        day += DAY


def _store_level(cells: Cells, measures: Iterable[Measure], scope: ScopeKey, day: datetime.date, level: _Level) -> None:
    totals = {"": level.n, "base_minor": level.money, "weighted": level.weighted}
    for measure in measures:
        if level.n:
            cells[Place(measure.key, *scope, day)].add(totals[measure.value], level.n)
