"""A few days that are not stored, today above all: all measures of a fact in one go, for every scope."""

import datetime
from typing import TYPE_CHECKING, Any

from metrics.cells import Cell
from metrics.dimensions import TIME
from metrics.question import Question

if TYPE_CHECKING:
    from metrics.measures import Measure
    from metrics.snapshot_cells import Cells, TeamTree

MOST_DAYS = 7
Found = dict[Any, Cell]


class LiveDays:
    """What a request has computed of days that are not stored."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, datetime.date, datetime.date], Cells] = {}
        self._tree: TeamTree | None = None

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

    def _compute(self, measure: "Measure", q: Question, first: datetime.date, last: datetime.date) -> None:
        from metrics.snapshot_cells import TeamTree, compute_flows, span_question, together_with  # measures ask here

        self._tree = self._tree or TeamTree()
        measures = together_with(measure)
        cells = compute_flows(measures, span_question(first, last, q.company, q.today), self._tree)
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
                place.scope_kind == "team" and self._tree is not None and not self._tree.is_above(place.scope_id)
            )
            return place.scope_id if is_its_own else None
        if (place.scope_kind, place.scope_id) != (q.scope.kind, q.scope.id):
            return None
        return place.day if q.by in TIME else ""
