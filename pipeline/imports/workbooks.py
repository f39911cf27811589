"""The first visible sheet of an .xlsx, read row by row; nothing in it is executed or followed."""

import datetime
import re
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from typing import IO, Any

from openpyxl import load_workbook

from pipeline.imports.cells import Typed
from pipeline.imports.report import ImportRefused
from pipeline.imports.source import MEGABYTE

_FORMULA = re.compile(rb"<(\w+:)?f[ >/]")
_MAX_GAP = 2000
"""Empty rows in a row, after which a sheet is over."""


def sheet_records(stream: IO[bytes], notes: list[str]) -> Iterator[list[str]]:
    """The cells of the sheet as text: dates ISO, numbers plain. ImportRefused when it can't be read."""
    try:
        has_formulas = _has_formulas(stream)
        values = _rows(stream, values=True, notes=notes)
        formulas = _rows(stream, values=False, notes=[]) if has_formulas else None
        gap = 0
        for row in values:
            told = next(formulas) if formulas else row
            cells = [_text(value, raw) for value, raw in zip(row, told, strict=False)]
            gap = 0 if any(cells) else gap + 1
            if gap > _MAX_GAP:
                return
            yield cells
    except ImportRefused:
        raise
    except Exception as error:  # a hostile file breaks openpyxl in many ways; none may reach the user
        raise ImportRefused("The workbook is damaged, locked or no .xlsx that can be read.") from error


def _has_formulas(stream: IO[bytes]) -> bool:
    stream.seek(0)
    with zipfile.ZipFile(stream) as archive:
        for info in archive.infolist():
            if not info.filename.startswith("xl/worksheets/"):
                continue
            with archive.open(info) as sheet:
                tail = b""
                while block := sheet.read(MEGABYTE):
                    if _FORMULA.search(tail + block):
                        return True
                    tail = block[-16:]
    return False


def _rows(stream: IO[bytes], *, values: bool, notes: list[str]) -> Iterator[tuple[Any, ...]]:
    stream.seek(0)
    book = load_workbook(stream, read_only=True, data_only=values, keep_links=False)
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if not sheets:
        raise ImportRefused("The workbook has no visible sheet.")
    if len(sheets) > 1:
        note = f"The workbook has {len(sheets)} sheets; only the first, “{sheets[0].title}”, was read."
        if note not in notes:
            notes.append(note)
    sheets[0].reset_dimensions()
    return sheets[0].iter_rows(values_only=True)


def _text(value: Any, told: Any) -> str:
    if value is None:
        if isinstance(told, str) and told.startswith("="):
            return told
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return Typed("yes" if value else "no")
    if isinstance(value, datetime.datetime):
        midnight = value.time() == datetime.time.min
        return Typed(value.date().isoformat() if midnight else value.isoformat(" ", "seconds"))
    if isinstance(value, datetime.date):
        return Typed(value.isoformat())
    if isinstance(value, int):
        return Typed(str(value))
    if isinstance(value, float):
        return Typed(_number(value))
    return str(value)


def _number(value: float) -> str:
    """A float as the number a person typed: the shortest text that gives it again, without exponent."""
    text = f"{Decimal(repr(value)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
