"""Statements as a workbook for payroll: one sheet of statements, one of the lines of those that are approved."""

import datetime
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

import xlsxwriter

from accounts.money import from_minor, minor_digits
from metrics.models import Statement, StatementLine

SHEET_ROWS = 1_048_575
"""So many rows fit below the head of a sheet."""
SAME_DAY = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)
"""What the file says of its making, so that the same statements give the same bytes."""
STATEMENT_HEAD = (
    "rep", "email", "external_id", "period", "starts_on", "ends_on", "plan", "version", "currency", "total", "state",
    "hash",
)  # fmt: skip
LINE_HEAD = (
    "rep", "email", "period", "plan", "version", "component", "kind", "deal", "closed_on", "basis", "share", "from",
    "rate", "of_period", "currency", "amount", "text",
)  # fmt: skip


def statement_cells(row: Statement) -> list[Any]:
    """One statement, in the order of STATEMENT_HEAD; its rep, version and plan are joined."""
    rep, version = row.rep, row.version
    return [
        rep.name, rep.email or "", rep.external_id or "", row.period, row.starts_on, row.ends_on, version.plan.name,
        version.number, row.currency, row.total, row.status, row.hash,
    ]  # fmt: skip


def line_cells(line: StatementLine, row: Statement) -> list[Any]:
    """One line of a statement, in the order of LINE_HEAD."""
    return [
        row.rep.name, row.rep.email or "", row.period, row.version.plan.name, row.version.number, line.component or "",
        line.kind, line.deal_key or "", line.closed_on or "", line.basis or "", line.share or "", line.step or "",
        line.rate or "", line.of_period or "", row.currency, from_minor(line.amount_minor, row.currency), line.text,
    ]  # fmt: skip


def workbook(rows: Sequence[Statement], lines: Iterable[StatementLine]) -> bytes:
    """The file. Amounts are numbers with the decimals of their currency; text is text, whatever it begins with."""
    by_id = {row.pk: row for row in rows}
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheets = (
            ("Statements", STATEMENT_HEAD, (statement_cells(row) for row in rows)),
            (
                "Lines",
                LINE_HEAD,
                (line_cells(line, by_id[line.statement_id]) for line in lines),
            ),
        )
        book.set_properties({"created": SAME_DAY})
        for name, head, cells in sheets:
            _write(book, name, head, cells)
    return file.getvalue()


def _write(book: Any, name: str, head: Sequence[str], rows: Iterable[list[Any]]) -> None:
    sheet, bold, looks = book.add_worksheet(name), book.add_format({"bold": True}), {}
    sheet.freeze_panes(1, 0)
    for column, word in enumerate(head):
        sheet.write_string(0, column, word, bold)
    for number, cells in enumerate(rows, 1):
        if number > SHEET_ROWS:
            break
        currency = cells[head.index("currency")]
        for column, value in enumerate(cells):
            if isinstance(value, Decimal):
                if currency not in looks:
                    digits = minor_digits(currency)
                    looks[currency] = book.add_format({"num_format": "0" + ("." + "0" * digits if digits else "")})
                sheet.write_number(number, column, value, looks[currency])
            elif isinstance(value, int):
                sheet.write_number(number, column, value)
            else:
                sheet.write_string(number, column, str(value))
