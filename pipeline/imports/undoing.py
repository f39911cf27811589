"""Put back what an import changed: records, newest kinds first, then say what was left and why."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db import models, transaction

from accounts.actions.audit import write_audit
from accounts.errors import ActionRefused
from accounts.models import Company, TeamMembership, User
from pipeline.actions.memberships import follow_teams
from pipeline.imports.effects import Effects
from pipeline.imports.ledger import content_of, digest_of
from pipeline.imports.registry import kinds_above
from pipeline.imports.undone import Undone
from pipeline.imports.undone_deals import undo_deals
from pipeline.imports.uses import used_elsewhere
from pipeline.imports.writing import has_field, update_rows
from pipeline.models import ImportedRow, ImportRun

BATCH = 500
DEALS = "pipeline.deal"
ORDER = (
    "pipeline.touch", "pipeline.activity", "pipeline.lead", "pipeline.subscription", "pipeline.campaignspend", DEALS,
    "accounts.contact", "accounts.account", "pipeline.campaign", "pipeline.stage", "pipeline.pipeline",
    "pipeline.product", "pipeline.channel", "pipeline.lostreason", "accounts.teammembership", "accounts.rep",
    "accounts.user", "accounts.team", "accounts.exchangerate",
)  # fmt: skip
"""Models in the order in which they are put back: what refers to others first."""


@transaction.atomic
def undo_import(*, run: ImportRun, by: User | None, now: datetime.datetime) -> Undone:
    """Take back what the import made and changed; what was edited since, or is in use by now, stays and is listed.

    ActionRefused when it was never written or is undone already.
    """
    run = ImportRun.objects.select_for_update(of=("self",)).defer("content").get(pk=run.pk)
    if run.state == ImportRun.State.UNDONE:
        raise ActionRefused(f"Import {run.pk} is undone already.")
    if run.state not in (ImportRun.State.DONE, ImportRun.State.RUNNING):
        raise ActionRefused(f"Import {run.pk} wrote nothing.")
    undone = Undone()
    work = _Undo(undone, by, now)
    for kind in kinds_above():
        kind.undo(run, undone, work.put_back, by=by, now=now)
    for label in ORDER:
        if label == DEALS:
            undo_deals(run, undone, by=by, now=now)
        else:
            work.put_back(run, label)
    work.effects.queue(now=now)
    if work.reps:
        follow_teams(work.reps, since=None, now=now)
    run.state = ImportRun.State.UNDONE
    run.save(update_fields=["state"])
    detail = {"removed": undone.removed, "restored": undone.restored, "left": len(undone.left)}
    write_audit(action="undo import", subject=run, by=by, now=now, detail=detail)
    return undone


class _Undo:
    """An undo at work, for models without a history of events."""

    def __init__(self, undone: Undone, by: User | None, now: datetime.datetime) -> None:
        self.undone, self.by, self.now = undone, by, now
        self.effects = Effects(Company.current())
        self.reps: set[int] = set()

    def put_back(self, run: ImportRun, label: str) -> None:
        """The run's records of a model, the newest change first, a batch at a time."""
        lines = ImportedRow.objects.filter(run=run, model=label).order_by("-pk")
        batch: list[ImportedRow] = []
        for line in lines.iterator(chunk_size=BATCH):
            batch.append(line)
            if len(batch) == BATCH:
                self._batch(apps.get_model(label), batch)
                batch = []
        if batch:
            self._batch(apps.get_model(label), batch)

    def _batch(self, model: type[models.Model], lines: list[ImportedRow]) -> None:
        rows = model._base_manager.in_bulk([line.object_id for line in lines])
        self._restore(model, [line for line in lines if not line.created], rows)
        self._remove(model, [line for line in lines if line.created], rows)

    def _restore(self, model: type[models.Model], lines: list[ImportedRow], rows: dict[int, Any]) -> None:
        changed: dict[int, Any] = {}
        fields: set[str] = set()
        for line in lines:
            row = rows.get(line.object_id)
            if row is None:
                continue
            if content_of(row, line.after) != line.after:
                self.undone.leave(line.row, row, "was changed since.")
                continue
            self.effects.before(row)
            for name, value in line.before.items():
                column: Any = model._meta.get_field(name)
                setattr(row, column.attname, column.to_python(value) if value is not None else None)
            self.effects.after(row)
            changed[row.pk] = row
            fields |= set(line.before)
            self.undone.restored += 1
        self._stamp(model, changed.values(), fields)
        update_rows(list(changed.values()), fields | self.effects.derived(model), by=self.by, reason="import undone")
        self._note_reps(changed.values())

    def _stamp(self, model: type[models.Model], rows: Iterable[Any], fields: set[str]) -> None:
        for name in ("version", "updated_at"):
            if has_field(model, name):
                fields.add(name)
                for row in rows:
                    setattr(row, name, row.version + 1 if name == "version" else self.now)

    def _remove(self, model: type[models.Model], lines: list[ImportedRow], rows: dict[int, Any]) -> None:
        found: dict[int, Any] = {}
        numbers: dict[int, int] = {}
        for line in lines:
            row = rows.get(line.object_id)
            if row is None or getattr(row, "deleted_at", None):
                continue
            numbers[row.pk] = line.row
            if digest_of(content_of(row, line.after["fields"])) != line.after["digest"]:
                self.undone.leave(line.row, row, "was changed since.")
            else:
                found[row.pk] = row
        for pk in sorted(used_elsewhere(model, set(found)), key=numbers.__getitem__):
            self.undone.leave(numbers[pk], found.pop(pk), "others refer to it.")
        self._note_reps(found.values())
        for row in found.values():
            self.effects.before(row)
        self._delete(model, found)
        self.undone.removed += len(found)

    def _delete(self, model: type[models.Model], found: dict[int, Any]) -> None:
        if not found:
            return
        if has_field(model, "deleted_at"):
            for row in found.values():
                row.deleted_at = self.now
            fields = {"deleted_at"}
            self._stamp(model, found.values(), fields)
            update_rows(list(found.values()), fields, by=self.by, reason="import undone")
            return
        rows = model._base_manager.filter(pk__in=found)
        if has_field(model, "parent"):
            rows.update(parent=None)
        rows.delete()

    def _note_reps(self, rows: Iterable[Any]) -> None:
        """Reps whose memberships change; their deals follow."""
        self.reps |= {row.rep_id for row in rows if isinstance(row, TeamMembership)}
