"""Files that were uploaded: kept with their mapping, tried, then imported, by a page or by a job."""

import datetime
import hashlib
import io
import json
from collections.abc import Callable
from itertools import islice, zip_longest
from typing import Any

from django.db import transaction

from accounts.actions.audit import write_audit
from accounts.models import User
from pipeline.imports.cells import clean
from pipeline.imports.known_headers import suggest
from pipeline.imports.mapping import mapping_of
from pipeline.imports.registry import find_kind
from pipeline.imports.report import ImportRefused
from pipeline.imports.running import ABORT, Result, Upload, run_import
from pipeline.imports.source import open_source
from pipeline.imports.tables import Table, open_table
from pipeline.models import ImportRun

MOST_BYTES = 25 * 1024 * 1024
AT_ONCE = 400_000
"""A file of up to so many bytes is tried while the admin waits; a larger one is a job with progress."""
LOOKED_AT = 20
"""Rows among which a value is looked for that shows what a column holds."""


@transaction.atomic
def take_in(*, kind: str, name: str, content: bytes, by: User, now: datetime.datetime) -> ImportRun:
    """Keep an uploaded file with the mapping that was used for such a file before, else with known headers.

    Raises ImportRefused for a file that can't be read or a kind that does not exist.
    """
    if len(content) > MOST_BYTES:
        raise ImportRefused(f"The file is larger than {MOST_BYTES // 1024 // 1024} MB. Split it, or use import_data.")
    columns = list(find_kind(kind).columns)
    headers = headers_of(name, content)
    mapping = _remembered(kind, headers) or {
        "columns": {header: list(ours) for header, ours in suggest(kind, headers, columns).items() if ours}
    }
    run = ImportRun.objects.create(
        kind=kind,
        file_name=name[:300],
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
        mapping=mapping,
        by=by,
        at=now,
        on_error=ABORT,
    )
    write_audit(action="upload", subject=run, by=by, now=now, detail={"kind": kind, "bytes": len(content)})
    return run


def headers_of(name: str, content: bytes) -> list[str]:
    """The header row of a file."""
    return list(_table(name, content).headers)


def examples_of(name: str, content: bytes) -> dict[str, str]:
    """Each header with the first value below it, looked for in the first rows; empty where there is none.

    A column without a header is left out: nothing could name it.
    """
    table = _table(name, content)
    rows = [cells for _number, cells in islice(table.rows(), LOOKED_AT)]
    columns = zip_longest(*rows, fillvalue="") if rows else ()
    first = [next((cell for value in column if (cell := clean(value))), "") for column in columns]
    shown = zip_longest(table.headers, first[: len(table.headers)], fillvalue="")
    return {header: example for header, example in shown if header}


def _table(name: str, content: bytes) -> Table:
    return open_table(open_source(io.BytesIO(content), name, max_bytes=MOST_BYTES))


def _remembered(kind: str, headers: list[str]) -> dict[str, Any] | None:
    """The mapping of the last import of this kind whose columns are all in this file."""
    runs = (
        ImportRun.objects.filter(kind=kind, state=ImportRun.State.DONE)
        .order_by("-pk")
        .values_list("mapping", flat=True)
    )
    for mapping in runs[:20]:
        known = {header for header, ours in (mapping.get("columns") or {}).items() if ours}
        if known and known <= set(headers):
            return mapping
    return None


def run_upload(
    run: ImportRun,
    *,
    dry_run: bool,
    now: datetime.datetime,
    by: User | None,
    progress: Callable[[int], None] = lambda rows: None,
) -> Result:
    """Try a kept file or import it, and keep what came of it on the row."""
    upload = _upload(run, dry_run=dry_run)
    result = run_import(upload, now=now, by=by, run=None if dry_run else run, progress=progress)
    if not dry_run and not result.report.refused:
        return result
    answer = result.report.as_json()
    run.created, run.updated, run.unchanged = answer["created"], answer["updated"], answer["unchanged"]
    run.skipped, run.errors, run.warnings = answer["skipped"], result.report.grouped(), answer["warnings"]
    run.state = ImportRun.State.UPLOADED if dry_run else ImportRun.State.REFUSED
    run.save()
    return result


def bad_rows_csv(run: ImportRun, *, now: datetime.datetime) -> str:
    """The bad rows of a kept file in its own columns, each with what is wrong. Writes nothing."""
    return run_import(_upload(run, dry_run=True), now=now).bad_rows_csv()


def _upload(run: ImportRun, *, dry_run: bool) -> Upload:
    mapping = mapping_of(json.loads(json.dumps(run.mapping)))
    content = io.BytesIO(bytes(run.content or b""))
    return Upload(run.kind, content, run.file_name, mapping, run.on_error, dry_run, MOST_BYTES)


def is_small(run: ImportRun) -> bool:
    """Whether the file is tried while the admin waits."""
    return len(bytes(run.content or b"")) <= AT_ONCE
