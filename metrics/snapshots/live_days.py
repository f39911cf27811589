"""A few days that are not stored, today above all: all measures of a fact in one go, for every scope."""

import datetime
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.db.models import BigIntegerField, Count, ExpressionWrapper, F, Sum

from metrics.cells import Cell
from metrics.dimensions import TIME
from metrics.question import Question
from metrics.team_tree import TeamTree

if TYPE_CHECKING:
    from metrics.measures.measure import Measure
    from metrics.snapshots.cells import Cells

MOST_DAYS = 7
WEIGHTED = ExpressionWrapper(F("base_minor") * F("probability_bp"), BigIntegerField())
Found = dict[Any, Cell]


class LiveDays:
    """What a request has computed of days that are not stored."""

    def __init__(self, tree: Callable[[], TeamTree]) -> None:
        self._tree = tree
        self._known: dict[tuple[str, datetime.date, datetime.date], Cells] = {}
        self._levels: dict[tuple[Any, ...], list[tuple[Any, ...]]] = {}

    def flows(self, measure: "Measure", q: Question, first: datetime.date, last: datetime.date) -> Found:
        """The measure on these days by day, rep or team as the question slices it, else under the empty text."""
        key = (measure.key, first, last)
        if key not in self._known:
            self._compute(measure, q, first, last)
        found: Found = {}
        for place, cell in self._known[key].items():
            member = self._member(place, q)
            if member is not None:
                found.setdefault(member, Cell()).add(cell.total, cell.n, cell.histogram)
        return found

    def levels(self, measure: "Measure", q: Question) -> Found:
        """A level of today, by rep or team as the question slices it, else under the empty text. All levels at once."""
        key = (q.scope, q.level_day)
        if key not in self._levels:
            self._levels[key] = self._read_levels(measure, q)
        at = ("", "base_minor", "weighted").index(measure.value)
        found: Found = {}
        for rep, team, *numbers in self._levels[key]:
            raw = {"rep": rep, "team": team}.get(q.by or "", "")
            found.setdefault(raw, Cell()).add(numbers[at] or 0, numbers[0])
        return found

    @staticmethod
    def _read_levels(measure: "Measure", q: Question) -> list[tuple[Any, ...]]:
        """By rep and team: deals, money, weighted money."""
        fact = measure.fact
        rows = fact.scoped(fact.in_period(q), q).order_by()
        sums = {"n_": Count("pk"), "money_": Sum("base_minor"), "weighted_": Sum(WEIGHTED)}
        return list(rows.values_list(fact.columns["rep"], fact.columns["team"]).annotate(**sums))

    def _compute(self, measure: "Measure", q: Question, first: datetime.date, last: datetime.date) -> None:
        from metrics.snapshots.cells import compute_flows, span_question, together_with  # measures ask here

        measures = together_with(measure)
        cells = compute_flows(measures, span_question(first, last, q.company, q.today), self._tree())
        for each in measures:
            self._known[each.key, first, last] = {
                place: cell for place, cell in cells.items() if place.measure == each.key and cell.n
            }

    def _member(self, place: Any, q: Question) -> Any:
        """Under what a cell stands in the answer; None: it is not in it."""
        if q.by == "rep":
            return place.scope_id if place.scope_kind == "rep" else None
        if q.by == "team":
            is_its_own = place.scope_kind == "own" or (
                place.scope_kind == "team" and not self._tree().is_above(place.scope_id)
            )
            return place.scope_id if is_its_own else None
        if (place.scope_kind, place.scope_id) != (q.scope.kind, q.scope.id):
            return None
        return place.day if q.by in TIME else ""
