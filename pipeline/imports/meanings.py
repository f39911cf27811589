"""Words of a file that name nothing here, and what they may stand for: picked on the page, kept in the mapping."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pipeline.imports.book import SHELVES
from pipeline.imports.kind import Kind
from pipeline.models import ImportRun, Stage

MOST = 30
MOST_NAMES = 200
"""Of a sort of record with more, a name is typed instead of picked."""


@dataclass(frozen=True)
class Meaning:
    """A text of the file in one of our columns. ``ours``: what it was said to stand for, None while nobody said."""

    column: str
    theirs: str
    ours: str | None
    rows: int
    names: tuple[str, ...]
    may_be_empty: bool

    @property
    def key(self) -> str:
        """The name of its field: the same for the same text, whatever else the file holds."""
        return "means_" + hashlib.sha256(f"{self.column}\n{self.theirs}".encode()).hexdigest()[:12]


def meanings_of(run: ImportRun, kind: type[Kind]) -> list[Meaning]:
    """What the last try of a file did not know, the most frequent first, after what the mapping says of such words."""
    said = [
        (column, theirs, ours, 0)
        for column, words in (run.mapping.get("values") or {}).items()
        for theirs, ours in words.items()
        if theirs != "*"
    ]
    told = {(column, ours) for column, _theirs, ours, _rows in said}
    unknown = [
        (one["column"], one["value"], None, one["rows"])
        for one in run.errors
        if one.get("value") and (one["column"], one["value"]) not in told
    ]
    unknown.sort(key=lambda one: -one[3])
    names = _Names(kind)
    return [
        Meaning(column, theirs, ours, rows, names.of(column), not kind.columns[column].required)
        for column, theirs, ours, rows in [*said, *unknown][:MOST]
        if column in kind.columns
    ]


class _Names:
    """What may be named in each column, read once."""

    def __init__(self, kind: type[Kind]) -> None:
        self.kind = kind
        self._known: dict[str, tuple[str, ...]] = {}

    def of(self, column: str) -> tuple[str, ...]:
        if column not in self._known:
            rows = self._rows(column)
            names = list(dict.fromkeys(rows(MOST_NAMES + 1))) if rows else []
            self._known[column] = tuple(names) if len(names) <= MOST_NAMES else ()
        return self._known[column]

    def _rows(self, column: str) -> Callable[[int], Any] | None:
        shelf = SHELVES.get(self.kind.columns[column].shelf)
        if shelf:
            key = "name" if "name" in shelf.keys else shelf.keys[0]
            return lambda most: shelf.rows().order_by(key).values_list(key, flat=True)[:most]
        if words := self.kind.columns[column].words:
            return lambda most: words[:most]
        if column == "stage":
            stages = Stage.objects.order_by("pipeline__position", "position")
            return lambda most: stages.values_list("name", flat=True)[:most]
        return None
