"""Tables that leave the program as CSV: streamed, and harmless in a spreadsheet."""

import csv
import datetime
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.http import StreamingHttpResponse

# What a spreadsheet reads as a formula, also behind blanks, quotes or as a full-width character.
_FORMULA = re.compile(r"^[\s\"'\0\ufeff]*[=+\-@\t\r\n\0|%＝＋－＠]")
_ROWS_A_PIECE = 200


class SafeWriter:
    """Writes rows of text, numbers, days and instants; text that a spreadsheet would run gets an apostrophe in front.

    Decimals are plain text, never in exponents; instants are ISO with their offset; None is an empty cell.
    """

    def __init__(self, header: Sequence[str], *, bom: bool = False) -> None:
        self.header = list(header)
        self.bom = bom

    def pieces(self, rows: Iterable[Sequence[Any]]) -> Iterator[str]:
        """The file in pieces of some hundred rows, header first."""
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\r\n")
        if self.bom:
            buffer.write("\ufeff")
        writer.writerow([safe_cell(name) for name in self.header])
        for position, row in enumerate(rows, start=1):
            writer.writerow([safe_cell(value) for value in row])
            if position % _ROWS_A_PIECE == 0:
                yield _taken(buffer)
        yield _taken(buffer)

    def response(self, rows: Iterable[Sequence[Any]], file_name: str) -> StreamingHttpResponse:
        """The file as a download, sent while it is being written."""
        response = StreamingHttpResponse(self.pieces(rows), content_type="text/csv; charset=utf-8")
        response.headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
        return response


def safe_cell(value: Any) -> str:
    """One value as text that no spreadsheet runs; numbers stay numbers."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, datetime.datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, datetime.date):
        return value.isoformat()
    text = str(value).replace("\0", "")
    return f"'{text}" if _FORMULA.match(text) else text


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text
