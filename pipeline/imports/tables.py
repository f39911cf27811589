"""A file as a table: one row of headers, then records with their numbers (the header is row 1)."""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain

from pipeline.imports.cells import clean
from pipeline.imports.report import ImportRefused
from pipeline.imports.source import Source
from pipeline.imports.workbooks import sheet_records

MAX_COLUMNS = 500
MAX_ROWS = 2_000_000
_DELIMITERS = (",", ";", "\t", "|")

Record = tuple[int, list[str]]


@dataclass
class Table:
    """``headers`` as written; ``read`` gives the records after the header, from the start each time it is called."""

    headers: list[str]
    read: Callable[[], Iterator[Record]]
    notes: list[str] = field(default_factory=list)
    delimiter: str = ","
    is_sheet: bool = False
    """Rows of a sheet end with their last filled cell; rows of a text have all their cells."""
    dropped: set[int] = field(default_factory=set)
    """Numbers of the records below the table, which belong to no row (the foot of a report)."""
    ragged: dict[int, str] = field(default_factory=dict)
    """Why a record does not fit the header, by its number; filled while reading."""

    def rows(self) -> Iterator[Record]:
        """Records that are not empty, each with as many cells as there are headers."""
        width = len(self.headers)
        for number, cells in self._without_foot():
            if number > MAX_ROWS:
                raise ImportRefused(f"The file has more than {MAX_ROWS:,} rows. Split it.", number)
            if len(cells) > width and not any(clean(cell) for cell in cells[width:]):
                cells = cells[:width]
            if self.is_sheet and len(cells) < width:
                cells = [*cells, *[""] * (width - len(cells))]
            if len(cells) != width:
                self.ragged[number] = f"has {len(cells)} cells, but there are {width} columns."
            yield number, cells

    def _without_foot(self) -> Iterator[Record]:
        """Lines of one cell at the end, after an empty line, are a report's foot and no rows."""
        held: list[Record] = []
        after_gap = False
        for number, cells in self.read():
            if not any(clean(cell) for cell in cells):
                after_gap = True
                continue
            if (held or after_gap) and self._is_foot(cells):
                held.append((number, cells))
                continue
            yield from held
            held = []
            yield number, cells
        self.dropped = {number for number, _cells in held}

    def _is_foot(self, cells: list[str]) -> bool:
        if len(self.headers) == 1 or not clean(cells[0]):
            return False
        return len(cells) == 1 or (self.is_sheet and not any(clean(cell) for cell in cells[1:]))


def open_table(source: Source) -> Table:
    """The table of a file; ImportRefused when it has no usable header."""
    if source.encoding:
        delimiter = _delimiter(source)
        table = _with_header(lambda: _records(source, delimiter))
        table.delimiter = delimiter
    else:
        table = _with_header(lambda: sheet_records(source.stream, source.notes))
        table.is_sheet = True
    table.notes = source.notes
    return table


def _with_header(read: Callable[[], Iterator[list[str]]]) -> Table:
    """The first record that is not empty names the columns; numbers count on from there."""
    skipped = 0
    for cells in read():
        if any(clean(cell) for cell in cells):
            break
        skipped += 1
    else:
        raise ImportRefused("The file holds no row at all, not even a header.")
    headers = [clean(cell) for cell in cells]
    while headers and not headers[-1]:
        headers.pop()
    if len(headers) > MAX_COLUMNS:
        raise ImportRefused(f"The header has {len(headers)} columns; at most {MAX_COLUMNS} are read.")
    twice = [name for name, count in Counter(name.casefold() for name in headers if name).items() if count > 1]
    if twice:
        raise ImportRefused(f"The header names a column twice: {', '.join(twice[:10])}.")

    def records() -> Iterator[Record]:
        rows = read()
        for _ in range(skipped + 1):
            next(rows)
        yield from enumerate(rows, start=2)

    return Table(headers, records)


def _text(source: Source) -> io.TextIOWrapper:
    source.stream.seek(0)
    kept = io.TextIOWrapper(source.stream, encoding=source.encoding, newline="")
    return kept


def _delimiter(source: Source) -> str:
    """The mark that parts the header into most columns; the file may name it in a first line ``sep=;``."""
    text = _text(source)
    try:
        head = text.read(65_536)
    finally:
        text.detach()
    first = head.splitlines()[0] if head else ""
    if first.lower().startswith("sep=") and len(first) == 5:
        return first[4]
    counts = {}
    for mark in _DELIMITERS:
        try:
            header = next((row for row in csv.reader(io.StringIO(head, newline=""), delimiter=mark) if row), [])
        except csv.Error:
            header = []
        counts[mark] = len(header)
    return max(_DELIMITERS, key=lambda mark: counts[mark])


def _records(source: Source, delimiter: str) -> Iterator[list[str]]:
    text = _text(source)
    number = 0
    try:
        first = text.readline()
        lines = text if first.lower().startswith("sep=") and len(first.strip()) == 5 else chain([first], text)
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        for cells in reader:
            number += 1
            yield cells
    except csv.Error as error:
        raise ImportRefused(_csv_problem(error), number + 1) from error
    finally:
        text.detach()


def _csv_problem(error: csv.Error) -> str:
    words = str(error)
    if "field larger" in words:
        return "A cell here has more than 131,072 characters; perhaps a quotation mark is not closed."
    if "end of data" in words:
        return "A quotation mark that opens in this row is never closed."
    return f"The row is no valid CSV: {words}. Quotation marks inside a quoted cell are doubled."
