"""Rows that are records of one model: found again, compared, inserted or updated in bulk."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django.db.models import Model

from pipeline.imports.cells import CellError
from pipeline.imports.kind import CREATED, UNCHANGED, UPDATED, Item, Kind, Row
from pipeline.imports.ledger import plain
from pipeline.imports.writing import create_rows, has_field, update_rows


class ModelKind(Kind):
    """Rows that are records of one model, found again by external id, else by a natural key."""

    model: ClassVar[type[Model]]
    identities: ClassVar[tuple[tuple[str, ...], ...]]
    """Groups of columns by which a record is found; the first one that a row fills decides."""
    adopts: ClassVar[bool] = False
    """A row with an external id may also take over a record without one that has its natural key."""
    extra: ClassVar[frozenset[str]] = frozenset()
    """Columns that are no fields of the model."""
    derived: ClassVar[tuple[str, ...]] = ()
    """Fields that ``complete`` fills."""

    def check(self, rows: list[Row]) -> list[Item]:
        items = self.parse(rows)
        known = self.load(items)
        good = []
        for item in items:
            try:
                self._place(item, known)
            except CellError as error:
                self.task.report.problem(item.number, "", str(error))
                continue
            good.append(item)
        for name in self.columns:
            if has_field(self.model, name) and self.model._meta.get_field(name).unique:  # type: ignore[union-attr]
                self._refuse_taken(name, [item for item in good if item.verdict != UNCHANGED])
        return good

    def _refuse_taken(self, name: str, items: list[Item]) -> None:
        """Two records can't have the same name or number, neither in the file nor with one that exists."""
        told = {item.values.get(name) for item in items} - {None, ""}
        held = dict(self.model._default_manager.filter(**{f"{name}__in": told}).values_list(name, "pk"))
        for item in items:
            value, pk = item.values.get(name), item.instance.pk
            if value in (None, ""):
                continue
            row, first = self._taken.setdefault((name, value), (item.number, pk))
            if row != item.number and (pk is None or first != pk):
                self.task.report.problem(item.number, name, f"“{value}” is another {self.word}'s in row {row}.")
            elif held.get(value, pk) != pk:
                self.task.report.problem(item.number, name, f"“{value}” is another {self.word}'s already.")

    def _place(self, item: Item, known: dict[Any, list[Any]]) -> None:
        key = self.key_of(item.values)
        if self.is_repeated(item.number, key, self._told(item.values)):
            return
        item.instance = self.match(item, known)
        if item.instance is None:
            item.instance, item.verdict = self.new(item), CREATED
            for name, value in self.fields_of(item).items():
                setattr(item.instance, name, value)
        else:
            self._compare(item)
        self.placed(item)

    def placed(self, item: Item) -> None:
        """Called for each record once it is known whether it is new."""

    def _told(self, values: dict[str, Any]) -> Any:
        return {name: (value.pk or id(value)) if isinstance(value, Model) else value for name, value in values.items()}

    def new(self, item: Item) -> Any:
        made = self.model()
        if has_field(self.model, "created_at") and "created_at" not in self.columns:
            made.created_at = self.task.now  # type: ignore[attr-defined]
        return made

    def fields_of(self, item: Item) -> dict[str, Any]:
        """Model fields and the values that the row gives them."""
        return {name: value for name, value in item.values.items() if name not in self.extra}

    def _compare(self, item: Item) -> None:
        instance, meta = item.instance, self.model._meta
        for name, value in self.fields_of(item).items():
            attname = meta.get_field(name).attname  # type: ignore[union-attr]
            old = getattr(instance, attname)
            new = value.pk if isinstance(value, Model) else value
            if old != new or (isinstance(value, Model) and new is None):
                item.before[name] = plain(old)
                setattr(instance, name, value)
        if getattr(instance, "deleted_at", None):
            item.before["deleted_at"] = plain(instance.deleted_at)
            instance.deleted_at = None
        if item.before:
            item.verdict = UPDATED

    # -- finding records again

    def identity_of(self, values: dict[str, Any]) -> tuple[str, ...] | None:
        """The group of columns by which this row's record is found."""
        return next((group for group in self.identities if values.get(group[0]) not in (None, "")), None)

    def key_of(self, values: dict[str, Any]) -> Any:
        group = self.identity_of(values)
        if group is None:
            raise CellError(f"needs one of: {', '.join(group[0] for group in self.identities)}.")
        return group, self._key(group, values)

    def _key(self, group: tuple[str, ...], values: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(
            (values[n].pk or id(values[n])) if isinstance(values.get(n), Model) else values.get(n) for n in group
        )

    def load(self, items: list[Item]) -> dict[Any, list[Any]]:
        """Existing records that the rows may be about, by (identity, key): one query for each identity."""
        known: dict[Any, list[Any]] = {}
        for group in self.identities:
            keys = [item.values for item in items if item.values.get(group[0]) not in (None, "")]
            if not keys:
                continue
            rows = self.candidates(group)
            for name in group:
                told = [values.get(name) for values in keys]
                if not any(value is None or value == "" for value in told):
                    saved = {value.pk if isinstance(value, Model) else value for value in told} - {None}
                    rows = rows.filter(**{f"{name}__in": saved})
            attnames = [self.model._meta.get_field(name).attname for name in group]  # type: ignore[union-attr]
            for instance in rows:
                found = known.setdefault((group, tuple(getattr(instance, name) for name in attnames)), [])
                # A duplicate that was merged keeps its own external id; by its other names it is the one that stayed.
                by_id = group == ("external_id",)
                record = instance if by_id else getattr(instance, "merged_into", None) or instance
                if record not in found:
                    found.append(record)
        return known

    def candidates(self, group: tuple[str, ...]) -> Any:
        rows = self.model._default_manager.all()
        if group != ("external_id",) and has_field(self.model, "deleted_at"):
            rows = rows.filter(deleted_at=None)
        return rows

    def match(self, item: Item, known: dict[Any, list[Any]]) -> Any | None:
        first = True
        for group in self.identities:
            if item.values.get(group[0]) in (None, ""):
                continue
            found = known.get((group, self._key(group, item.values)), [])
            if not first:
                found = [one for one in found if not getattr(one, self.identities[0][0], None)]
            if len(found) > 1:
                raise CellError(f"{len(found)} records have this {' and '.join(group)}; name one by its external_id.")
            if found:
                return found[0]
            if not self.adopts:
                return None
            first = False
        return None

    # -- writing

    def store(self, items: list[Item]) -> None:
        touched = [item for item in items if item.verdict != UNCHANGED]
        for item in touched:
            self.complete(item)
        created = [item for item in touched if item.verdict == CREATED]
        updated = [item for item in touched if item.verdict == UPDATED]
        create_rows([item.instance for item in created], by=self.task.by)
        fields: set[str] = set(self.derived)
        for item in updated:
            fields |= set(item.before)
            self._stamp(item.instance)
        fields |= {name for name in ("updated_at", "version") if has_field(self.model, name)}
        update_rows([item.instance for item in updated], fields, by=self.task.by)
        for item in created:
            self.task.lines.created(item.number, item.instance, self.fields_of(item))
        for item in updated:
            after = {n: plain(getattr(item.instance, self.model._meta.get_field(n).attname)) for n in item.before}  # type: ignore[union-attr]
            self.task.lines.updated(item.number, item.instance, item.before, after)
        self.stored(touched)

    def _stamp(self, instance: Any) -> None:
        if has_field(self.model, "version"):
            instance.version += 1
        if has_field(self.model, "updated_at"):
            instance.updated_at = self.task.now

    def complete(self, item: Item) -> None:
        """Fill what follows from the row's values, before it is written."""

    def stored(self, items: Iterable[Item]) -> None:
        """What follows from a chunk that was written."""
