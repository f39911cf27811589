"""Taking an import's events of deals back: events are never deleted, others put the state before them back."""

import datetime
from collections import defaultdict
from typing import Any

from accounts.business_dates import business_date
from accounts.models import Company, User
from pipeline.history import Change, append_changes
from pipeline.imports.ledger import content_of, digest_of
from pipeline.imports.undone import Undone
from pipeline.models import Credit, Deal, DealEvent, DealLine, ImportedRow, ImportRun

BATCH = 1000
LINE = ("product_id", "quantity", "unit_price", "discount", "unit_cost")


def undo_deals(run: ImportRun, undone: Undone, *, by: User | None, now: datetime.datetime) -> None:
    """Deals that the import made are deleted, those it changed are as they were; what changed since stays."""
    ids = sorted(set(DealEvent.objects.filter(import_run=run).values_list("deal", flat=True)))
    for start in range(0, len(ids), BATCH):
        _Batch(run, ids[start : start + BATCH], undone, by, now).undo()


class _Batch:
    def __init__(
        self, run: ImportRun, ids: list[int], undone: Undone, by: User | None, now: datetime.datetime
    ) -> None:  # fmt: skip
        self.run, self.undone, self.by, self.now = run, undone, by, now
        self.deals = Deal.objects.in_bulk(ids)
        self.events: dict[int, list[DealEvent]] = defaultdict(list)
        for event in DealEvent.objects.filter(deal__in=ids).order_by("pk"):
            self.events[event.deal_id].append(event)
        self.lines: dict[int, list[ImportedRow]] = defaultdict(list)
        for line in ImportedRow.objects.filter(run=run, model="pipeline.deal", object_id__in=ids).order_by("-pk"):
            self.lines[line.object_id].append(line)
        states = ImportRun.objects.filter(state=ImportRun.State.UNDONE).values_list("pk", flat=True)
        self.undone_runs: set[int | None] = set(states)
        self.changes: list[Change] = []
        self.parts: list[tuple[Deal, dict[str, Any]]] = []

    def undo(self) -> None:
        touched = []
        for pk, deal in self.deals.items():
            if self._was_changed(deal):
                row = self.lines[pk][-1].row if self.lines[pk] else 0
                self.undone.leave(row, deal, "was changed since.")
                continue
            touched.append(deal)
            if any(line.created for line in self.lines[pk]):
                self._delete(deal)
            else:
                self._restore(deal)
            deal.version += 1
            deal.updated_at = self.now
        fields = ["name", "external_id", "probability", "forecast_category", "version", "updated_at"]
        Deal.objects.bulk_update(touched, fields, batch_size=200)
        for deal, before in self.parts:
            _put_parts_back(deal, before)
        append_changes(self.changes, now=self.now, company=Company.current())

    def _was_changed(self, deal: Deal) -> bool:
        """Whether anything but this import, and imports that are undone, changed the deal after it."""
        events = self.events[deal.pk]
        first = min(event.pk for event in events if event.import_run_id == self.run.pk)
        others = {event.import_run_id for event in events if event.pk > first} - {self.run.pk}
        if others - self.undone_runs:
            return True
        return any(not _is_as_left(deal, line) for line in self.lines[deal.pk][:1])

    def _delete(self, deal: Deal) -> None:
        self._append(deal, {"deleted": self.now.isoformat()}, None)
        self.undone.removed += 1

    def _restore(self, deal: Deal) -> None:
        others = [event for event in self.events[deal.pk] if event.import_run_id != self.run.pk]
        for event in self.events[deal.pk]:
            if event.import_run_id == self.run.pk:
                self._append(deal, {key: _value(others, key, event) for key in event.patch}, event)
        for line in self.lines[deal.pk]:
            for name, value in line.before.items():
                if name in ("lines", "credits"):
                    self.parts.append((deal, line.before))
                else:
                    setattr(deal, name, Deal._meta.get_field(name).to_python(value))  # type: ignore[union-attr]
        self.undone.restored += 1

    def _append(self, deal: Deal, patch: dict[str, Any], event: DealEvent | None) -> None:
        day = event.effective_on if event else business_date(self.now, Company.current().zone)
        at = event.effective_at if event else self.now
        reason = f"Import {self.run.pk} undone."
        self.changes.append(Change(deal.pk, patch, day, at, by=self.by, reason=reason, import_run_id=self.run.pk))


def _is_as_left(deal: Deal, line: ImportedRow) -> bool:
    if line.created:
        return digest_of(content_of(deal, line.after["fields"])) == line.after["digest"]
    plain = {name: value for name, value in line.after.items() if name not in ("lines", "credits", "history")}
    return content_of(deal, plain) == plain


def _value(others: list[DealEvent], key: str, event: DealEvent) -> Any:
    """What a field was at an event's time, had the import's events not been."""
    far = datetime.datetime.max.replace(tzinfo=datetime.UTC)
    first, *rest = others
    rest.sort(key=lambda one: (one.effective_on, one.effective_at or far, one.pk))
    value = first.patch.get(key)
    for other in rest:
        if (other.effective_on, other.effective_at or far) <= (event.effective_on, event.effective_at or far):
            value = other.patch.get(key, value)
    return value


def _put_parts_back(deal: Deal, before: dict[str, Any]) -> None:
    if "lines" in before:
        deal.lines.all().delete()
        DealLine.objects.bulk_create(
            DealLine(deal=deal, position=place, **dict(zip(LINE, parts, strict=True)))
            for place, parts in enumerate(before["lines"] or [])
        )
    if "credits" in before:
        deal.credits.all().delete()
        Credit.objects.bulk_create(Credit(deal=deal, rep_id=rep, share=share) for rep, share in before["credits"] or [])
