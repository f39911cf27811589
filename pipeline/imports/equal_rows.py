"""Rows that may truly be there twice, such as two equal fares of one day."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, ClassVar

from pipeline.imports.kind import Item
from pipeline.imports.records import ModelKind


class EqualRowsKind(ModelKind):
    """Without an external id or a natural key a row is found by all that it says, and counted: the third equal row of a
    file is the third equal record. So a file that is read twice changes nothing, and one that has grown adds what is
    new; a row that was corrected is another record, because nothing tells which one it was.
    """

    loose: ClassVar[tuple[str, ...]]
    """Fields by which such a row is found."""

    def __init__(self, task: Any) -> None:
        super().__init__(task)
        self._times: Counter[Any] = Counter()

    def restart(self) -> None:
        super().restart()
        self._times = Counter()

    def identity_of(self, values: dict[str, Any]) -> tuple[str, ...]:
        """The first identity of which the row fills every column; else all that it says."""
        filled = (group for group in self.identities if all(values.get(name) not in (None, "") for name in group))
        return next(filled, self.loose)

    def key_of(self, values: dict[str, Any]) -> Any:
        group = self.identity_of(values)
        key = self._key(group, values)
        return (group, key, self._times[key]) if group == self.loose else (group, key)

    def _key(self, group: tuple[str, ...], values: Mapping[str, Any]) -> tuple[Any, ...]:
        key = super()._key(group, values)
        return tuple("" if part is None else part for part in key) if group == self.loose else key

    def load(self, items: list[Item]) -> dict[Any, list[Any]]:
        known: dict[Any, list[Any]] = {}
        for group in (*self.identities, self.loose):
            some = [item for item in items if self.identity_of(item.values) == group]
            if not some:
                continue
            if group == self.loose:
                rows = self.loose_rows(some)
            else:
                rows = self.candidates(group).filter(**{f"{group[0]}__in": {item.values[group[0]] for item in some}})
            if group != ("external_id",):
                rows = rows.filter(external_id=None)
            attnames = [self.model._meta.get_field(name).attname for name in group]  # type: ignore[union-attr]
            for one in rows.order_by("pk"):
                told = {name: getattr(one, attname) for name, attname in zip(group, attnames, strict=True)}
                known.setdefault((group, self._key(group, told)), []).append(one)
        return known

    def loose_rows(self, items: list[Item]) -> Any:
        """Existing records among which those of some rows are, by what has an index."""
        raise NotImplementedError

    def match(self, item: Item, known: dict[Any, list[Any]]) -> Any | None:
        group = self.identity_of(item.values)
        key = self._key(group, item.values)
        found = known.get((group, key), [])
        number = 0
        if group == self.loose:
            number = self._times[key]
            self._times[key] += 1
        return found[number] if number < len(found) else None
