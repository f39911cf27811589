"""Records that stand below others of the same kind, which may come later in the same file."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from pipeline.imports.cells import CellError
from pipeline.imports.kind import CREATED, UNCHANGED, UPDATED, Item, Row
from pipeline.imports.records import ModelKind

SLICE = 2000


class TreeKind(ModelKind):
    """A kind with a ``parent`` column that refers to its own shelf."""

    extra = frozenset({"parent"})

    @property
    def keeps_items(self) -> bool:
        return "parent" in self.task.columns

    def prefetch(self, rows: list[Row]) -> None:
        super().prefetch(rows)
        self.task.book.prefetch(self.name, {row.cells.get("parent", "") for row in rows})

    def settle(self, items: list[Item]) -> None:
        if "parent" not in self.task.columns:
            return
        rows = [item for item in items if item.instance is not None]
        own = {
            text: item for item in rows for text in (item.values.get("name"), item.values.get("external_id")) if text
        }
        bad: set[int] = set()
        found: dict[int, Any] = {}
        while True:
            before = len(bad)
            for item in rows:
                if item.number not in bad:
                    self._resolve(item, own, found, bad)
            if len(bad) == before:
                break
        self._place_below([item for item in rows if item.number not in bad], found)

    def _resolve(self, item: Item, own: dict[str, Item], found: dict[int, Any], bad: set[int]) -> None:
        text = item.values.get("parent")
        if not text:
            return
        row = own.get(text)
        try:
            known = self.task.book.look(self.name, text)
            if known is None and row is not None and row.number not in bad:
                known = row.instance
            found[item.number] = known or self.task.book.find(self.name, text, item.number)
        except CellError as error:
            self.task.report.problem(item.number, "parent", str(error))
            bad.add(item.number)

    def _place_below(self, rows: list[Item], found: dict[int, Any]) -> None:
        above = {_identity(item.instance): found.get(item.number) for item in rows if "parent" in item.values}
        stored = dict(self.model._default_manager.exclude(parent=None).values_list("pk", "parent"))
        for item in rows:
            if "parent" not in item.values:
                continue
            parent = found.get(item.number)
            if _loops(item.instance, above, stored):
                self.task.report.problem(item.number, "parent", f"leads in a circle back to “{item.instance}”.")
                continue
            self._set(item, parent)

    def _set(self, item: Item, parent: Any) -> None:
        instance = item.instance
        if item.verdict != CREATED:
            if instance.parent_id == (parent.pk if parent else None) and (parent is None or parent.pk):
                return
            item.before["parent"] = instance.parent_id
            item.verdict = UPDATED
        instance.parent = parent

    def batches(self, items: list[Item]) -> Iterator[list[Item]]:
        """Parents before their children."""
        rows = [item for item in items if item.instance is not None and item.verdict != UNCHANGED]
        rank = {id(item.instance): item for item in rows}
        levels = sorted(((_depth(item, rank), item.number, item) for item in rows), key=lambda level: level[:2])
        for _depth_of, group in groupby(levels, key=lambda level: level[0]):
            level = [item for _d, _n, item in group]
            for start in range(0, len(level), SLICE):
                yield level[start : start + SLICE]


def _identity(instance: Any) -> Any:
    return instance.pk or id(instance)


def _loops(start: Any, above: dict[Any, Any], stored: dict[int, int]) -> bool:
    """Whether the way up from a record comes back to it, with the file's parents before the stored ones."""
    first = current = _identity(start)
    seen = set()
    while current is not None and current not in seen:
        seen.add(current)
        parent = above.get(current) if current in above else stored.get(current)
        current = parent if parent is None or isinstance(parent, int) else _identity(parent)
        if current == first:
            return True
    return False


def _depth(item: Item, rank: dict[int, Item]) -> int:
    depth, parent = 0, item.instance.parent if item.instance.parent_id is None else None
    while parent is not None and id(parent) in rank:
        depth += 1
        parent = parent.parent if parent.parent_id is None else None
    return depth
