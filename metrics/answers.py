"""What measures came to during one request: nothing is computed twice, and months serve the periods made of them."""

from collections.abc import Callable, Collection, Hashable
from typing import Any, TypeVar

from metrics.cells import Cell, Cells
from metrics.dimensions import ALL, Member, name_members
from metrics.periods import Period
from metrics.question import Question

Found = TypeVar("Found")
UNIT = "month"
"""The slice that serves longer periods."""


class Answers:
    """Answers by measure and question, and by measure the months of a span."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, Question], Cells] = {}
        self._months: dict[tuple[object, ...], tuple[Period, Cells]] = {}
        self._others: dict[Hashable, Any] = {}
        self._names: dict[str, dict[Any, Member]] = {}

    def once(self, key: Hashable, compute: Callable[[], Found]) -> Found:
        """What ``compute`` came to the first time that it was asked for under this key."""
        if key not in self._others:
            self._others[key] = compute()
        return self._others[key]

    def named(self, dimension: str, values: Collection[Any]) -> dict[Any, Member]:
        """A member for each raw value; names that were not asked for before are read."""
        known = self._names.setdefault(dimension, {})
        known |= name_members(dimension, [value for value in values if value not in known])
        return {value: known[value] for value in values}

    def find(self, key: str, q: Question, *, level: bool) -> Cells | None:
        """The measure's cells, when they were asked before or are the sum of months that were; else None."""
        found = self._kept.get((key, q))
        return found if found is not None or level or q.by else self._from_months(key, q)

    def keep(self, key: str, q: Question, cells: Cells) -> Cells:
        self._kept[key, q] = cells
        if q.by == UNIT:
            self._months[_span_key(key, q)] = (q.period, cells)
        return cells

    def _from_months(self, key: str, q: Question) -> Cells | None:
        span, cells = self._months.get(_span_key(key, q), (None, {}))
        if span is None or not _is_made_of_months(q, span):
            return None
        total = Cell()
        for month in q.period.split(UNIT):
            cell = cells.get(Member(month.name, month.name))
            if cell:
                total.add(cell.total, cell.n, cell.histogram)  # type: ignore[arg-type]
        return {ALL: total}


def asked_once(q: Question, key: Hashable, compute: Callable[[], Found]) -> Found:
    """What ``compute`` comes to, kept for the request where the question belongs to one."""
    answers = getattr(q.shelf, "answers", None)
    return compute() if answers is None else answers.once(key, compute)


def named_once(q: Question, dimension: str, values: Collection[Any]) -> dict[Any, Member]:
    """A member for each raw value of a dimension; a request reads every name once."""
    answers = getattr(q.shelf, "answers", None)
    return name_members(dimension, values) if answers is None else answers.named(dimension, values)


def _span_key(key: str, q: Question) -> tuple[object, ...]:
    return key, q.scope, q.where, q.as_of, q.known_at


def _is_made_of_months(q: Question, span: Period) -> bool:
    """Whether the period begins and ends with months that the span holds whole; nothing lies behind the as-of day."""
    starts = q.period.start.day == 1 and q.period.start >= span.start
    ends = q.period.end.day == 1 and (q.period.end <= span.end or span.end > q.as_of)
    return starts and ends
