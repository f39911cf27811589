"""Run an import: check the whole file first, then write it, in one transaction or, when it is large, in chunks."""

import csv
import datetime
import io
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import IO, Any

from django.db import DataError, IntegrityError, models, transaction

from accounts.actions.audit import write_audit
from accounts.business_dates import business_date
from accounts.exports import safe_cell
from accounts.models import Company, User
from pipeline.imports.book import Book
from pipeline.imports.cells import Reader
from pipeline.imports.kind import Item, Kind, Row, Task
from pipeline.imports.ledger import Ledger
from pipeline.imports.mapping import FileMapping, Translation, translate
from pipeline.imports.rates import unfold_wide
from pipeline.imports.registry import find_kind
from pipeline.imports.report import ImportRefused, Report
from pipeline.imports.source import MAX_FILE, Source, open_source
from pipeline.imports.tables import Table, open_table
from pipeline.models import ImportRun

CHUNK = 2000
ONE_TRANSACTION = 20_000
ABORT, SKIP = "abort", "skip"


@dataclass
class Result:
    """What came of an import, with the table for whoever wants the bad rows back."""

    report: Report
    table: Table | None = None

    def bad_rows(self) -> Iterator[list[str]]:
        """The bad rows in the file's own columns plus ``error``, header first, as safe text."""
        if self.table is None:
            return
        told: dict[int, list[str]] = {}
        for problem in self.report.problems:
            words = f"{problem.column}: {problem.message}" if problem.column else problem.message
            told.setdefault(problem.row, []).append(words)
        yield [*self.table.headers, "error"]
        for number, cells in self.table.rows():
            if number in told:
                yield [*map(safe_cell, cells), safe_cell("; ".join(told[number]))]

    def bad_rows_csv(self) -> str:
        text = io.StringIO()
        csv.writer(text, delimiter=self.table.delimiter if self.table else ",").writerows(self.bad_rows())
        return text.getvalue()


@dataclass(frozen=True)
class Upload:
    """A file to import, and how. ``mapping`` None: the headers are ours."""

    kind: str
    stream: IO[bytes]
    file_name: str
    mapping: FileMapping | None = None
    on_error: str = ABORT
    dry_run: bool = False
    max_bytes: int = MAX_FILE


def run_import(
    upload: Upload, *, now: datetime.datetime, by: User | None = None, run: ImportRun | None = None,
    progress: Callable[[int], None] = lambda rows: None,
) -> Result:  # fmt: skip
    """Import a file. What can't be used at all is a problem of the report like any bad row; nothing is raised.

    ``run``: the row that was made when the file was uploaded; without one it is made when something is written.
    """
    report = Report(upload.kind, dry_run=upload.dry_run)
    result = Result(report)
    written = _written()
    try:
        kind_class = find_kind(upload.kind)
        source = open_source(upload.stream, upload.file_name, max_bytes=upload.max_bytes)
        table = open_table(source)
        result.table = unfold_wide(table) if upload.kind == "rates" else table
        work = _Import(kind_class, source, result.table, upload.mapping or FileMapping(), report, now, by, progress)
        work.check()
        if report.problems and upload.on_error == ABORT:
            _refuse(report)
        elif not upload.dry_run:
            work.write(run, upload.on_error, written)
    except ImportRefused as refusal:
        report.problem(refusal.row, refusal.column, str(refusal))
        _refuse(report)
    except (IntegrityError, DataError, OverflowError) as error:
        report.problem(1, "", f"The database refused a row, perhaps because somebody saved the same record: {error}.")
        _refuse(report)
    return result


def _refuse(report: Report) -> None:
    report.refused = True
    if report.import_id is not None:
        words = f"Stopped half-way: what was written before is import {report.import_id}, which can be undone."
        report.problem(1, "", words)
    elif not report.dry_run:
        report.created = report.updated = report.unchanged = 0


def _written() -> dict[str, int]:
    """How many imports have been written and undone; another count tells that one came in between."""
    states = (ImportRun.State.RUNNING, ImportRun.State.DONE, ImportRun.State.UNDONE)
    rows = ImportRun.objects.filter(state__in=states).values_list("state").annotate(models.Count("pk"))
    return dict(rows.order_by())


class _Import:
    """One import at work."""

    def __init__(
        self, kind_class: type[Kind], source: Source, table: Table, mapping: FileMapping, report: Report,
        now: datetime.datetime, by: User | None, progress: Callable[[int], None],
    ) -> None:  # fmt: skip
        self.source, self.table, self.report, self.progress = source, table, report, progress
        company = Company.current()
        self.translation: Translation = translate(table.headers, mapping, kind_class.columns)
        missing = [
            name
            for name, column in kind_class.columns.items()
            if column.required and name not in self.translation.columns
        ]
        if missing:
            raise ImportRefused(
                f"The column {' and '.join(missing)} is required for {kind_class.name} and missing; the file has "
                f"{', '.join(table.headers[:30])}.",
                column=missing[0],
            )
        self.task = Task(
            company=company,
            now=now,
            today=business_date(now, company.zone),
            by=by,
            reader=Reader(company.zone, mapping.date_format, mapping.decimal_comma),
            book=Book(mapping.create_missing, now),
            report=report,
            mapping=mapping,
            columns=self.translation.columns,
            shared_close=self.translation.shared_close,
        )
        self.kind = kind_class(self.task)
        self.kept: list[Item] | None = []

    # -- the first pass

    def check(self) -> None:
        """Read every row and say what would come of it."""
        verdicts: Counter[str] = Counter()
        total = 0
        for rows in self._chunks(set()):
            total += len(rows)
            items = self.kind.check(rows)
            bad = self.report.bad_rows
            items = [item for item in items if item.number not in bad]
            verdicts.update(item.verdict for item in items)
            if self.kept is not None:
                self.kept += items
            if total > ONE_TRANSACTION and not self._keeps_all():
                self.kept = None
            self.progress(total)
        self._note_reading()
        self.kind.settle(self.kept or [])
        if self.kept is not None:
            bad = self.report.bad_rows
            self.kept = [item for item in self.kept if item.number not in bad]
            verdicts = Counter(item.verdict for item in self.kept)
        self.total = total
        self._count(verdicts)

    def _keeps_all(self) -> bool:
        return self.kind.whole or getattr(self.kind, "keeps_items", False)

    def _count(self, verdicts: Counter[str]) -> None:
        report = self.report
        report.created, report.updated = verdicts["created"], verdicts["updated"]
        report.unchanged = verdicts["unchanged"]
        report.skipped = len(report.bad_rows)

    def _note_reading(self) -> None:
        for note in [*self.table.notes, *self.translation.notes]:
            self.report.warn(note)
        if self.table.dropped:
            count = len(self.table.dropped)
            self.report.warn(
                f"{count} lines below the table were left out, from row {min(self.table.dropped)} on", count
            )
        if not self.kept and self.kept is not None and not self.report.problems:
            self.report.warn("The file has a header, but no rows")

    def _chunks(self, without: set[int]) -> Iterator[list[Row]]:
        rows = self._rows(without)
        while chunk := list(islice(rows, CHUNK)):
            yield chunk

    def _rows(self, without: set[int]) -> Iterator[Row]:
        for number, cells in self.table.rows():
            if number in without:
                continue
            if reason := self.table.ragged.get(number):
                if not without:
                    self.report.problem(number, "", reason)
                continue
            yield Row(number, self.translation.cells(cells))

    # -- the second pass

    def write(self, run: ImportRun | None, on_error: str, written: dict[str, int]) -> None:
        """``written``: the imports that there were before the check."""
        if self.kept is not None and (self.total <= ONE_TRANSACTION):
            with transaction.atomic():
                self._begin(run, on_error, written)
                self._store_kept(lambda: transaction.atomic(savepoint=False))
                self._end()
            self.report.import_id = self.run.pk
        else:
            with transaction.atomic():
                self._begin(run, on_error, written)
            self.report.import_id = self.run.pk
            if self.kept is None:
                self._store_again()
            else:
                self._store_kept(transaction.atomic)
            with transaction.atomic():
                self._end()

    def _store_kept(self, atomic: Callable[[], Any]) -> None:
        batches = getattr(self.kind, "batches", _slices)(self.kept or [])
        for items in batches:
            with atomic():
                self._store(items)

    def _store_again(self) -> None:
        """Read a large file a second time, a chunk in memory at a time."""
        self.kind.restart()
        bad = self.report.bad_rows
        for rows in self._chunks(bad or {0}):
            with transaction.atomic():
                self._store([item for item in self.kind.check(rows) if item.number not in self.report.bad_rows])
            self.progress(rows[-1].number)

    def _store(self, items: list[Item]) -> None:
        bad = self.report.bad_rows
        made = self.task.book.store_missing(bad, self.task.lines, self.task.by)
        for shelf, count in made.items():
            self.report.warn(f"{count} {shelf.replace('_', ' ')} that rows name were created", count)
        self.kind.store(items)
        self.task.lines.flush()

    def _begin(self, run: ImportRun | None, on_error: str, written: dict[str, int]) -> None:
        """One import at a time: what the check found must still hold."""
        list(Company.objects.select_for_update().filter(pk=self.task.company.pk))
        if _written() != written:
            raise ImportRefused("Another import was written while this file was checked. Start this one again.")
        run = run or ImportRun(file_name=self.source.name[:300], at=self.task.now, by=self.task.by)
        run.kind, run.sha256 = self.kind.name, self.source.sha256
        run.mapping, run.on_error, run.state = self.task.mapping.as_json(), on_error, ImportRun.State.RUNNING
        run.save()
        self.task.run_id, self.task.ledger = run.pk, Ledger(run)
        self.run = run

    def _end(self) -> None:
        self.kind.finish()
        self.task.lines.flush()
        report, run = self.report, self.run
        report.skipped = len(report.bad_rows)
        answer = report.as_json()
        run.created, run.updated, run.unchanged = report.created, report.updated, report.unchanged
        run.skipped, run.errors, run.warnings = report.skipped, report.grouped(), answer["warnings"]
        run.state = ImportRun.State.DONE
        run.save()
        counts = {key: answer[key] for key in ("created", "updated", "unchanged", "skipped")}
        write_audit(action="import", subject=run, by=self.task.by, now=self.task.now, detail=counts)


def _slices(items: list[Item]) -> Iterator[list[Item]]:
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]
