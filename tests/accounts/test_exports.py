import csv
import datetime
import io
from decimal import Decimal

import pytest

from accounts.exports import SafeWriter, safe_cell


@pytest.mark.parametrize(
    "text",
    [
        "=1+1", "+49 89 1", "-5", "@SUM(A1)", "\tx", "\rx", "\nx", " =1", '"=1', "'=1", "＝1", "|calc", "%0A", "\0=1",
        "\ufeff=1",
    ],
)  # fmt: skip
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(text):
    assert safe_cell(text).startswith("'")


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, ""),
        (Decimal("-5.00"), "-5.00"),
        (Decimal("1E+3"), "1000"),
        (-7, "-7"),
        (True, "yes"),
        (datetime.date(2026, 11, 20), "2026-11-20"),
        (datetime.datetime(2026, 11, 20, 9, 5, tzinfo=datetime.UTC), "2026-11-20T09:05:00+00:00"),
        ("Karlsson & Söner, AB", "Karlsson & Söner, AB"),
    ],
)
def test_values_are_written_plainly(value, cell):
    assert safe_cell(value) == cell


def test_a_long_file_comes_in_pieces_and_reads_back():
    rows = [[number, f"name, {number}"] for number in range(450)]
    pieces = list(SafeWriter(["id", "=name"], bom=True).pieces(rows))
    assert len(pieces) == 3
    read = list(csv.reader(io.StringIO("".join(pieces).removeprefix("\ufeff"))))
    assert read[0] == ["id", "'=name"]
    assert read[1:] == [[str(number), name] for number, name in rows]
