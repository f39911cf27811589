"""Files that no table should be: each ends in a report that says why, and nothing is written."""

import datetime
import gzip
import io
import zipfile

import pytest
from openpyxl import Workbook

from pipeline.models import Deal, ImportedRow, ImportRun, Product
from tests.pipeline.imports.conftest import counts, told

pytestmark = pytest.mark.django_db
MEGABYTE = 1_048_576
MIDNIGHT = datetime.datetime(2026, 1, 10)  # noqa: DTZ001


def sheet(*rows, **kwargs) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for title in kwargs.get("more", ()):
        book.create_sheet(title).append(["name"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def zipped(*files: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return out.getvalue()


BAD_FILES = {
    "empty": (b"", "row 1: The file is empty."),
    "only blanks": (b"\n\n  \n", "row 1: The file holds no row at all"),
    "only separators": (b";;;\n;;;\n", "row 1: The file holds no row at all"),
    "no header": (b"Anvil,P-1\nBolt,P-2\n", "row 1: No column of the file is known."),
    "header twice": (b"name,sku,NAME\na,b,c\n", "row 1: The header names a column twice: name."),
    "required column missing": (b"sku,family\nP-1,x\n", "row 1, name: The column name is required for products"),
    "too many columns": (",".join(f"c{n}" for n in range(600)).encode(), "row 1: The header has 600 columns"),
    "program named csv": (b"MZ\x90\x00" + b"\0" * 500, "row 1: This is a program"),
    "pdf": (b"%PDF-1.7 name", "row 1: This is a PDF"),
    "old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "row 1: This is an old .xls workbook (save it as .xlsx)"),
    "nul": (b"name\nAn\0vil\n", "row 1: The file holds NUL characters (line 2)."),
    "half utf-16": ("name\nAnvil\n".encode("utf-16") + b"\xd8", "row 1: The file begins like UTF-16"),
    "invalid utf-8 in the middle": (
        "name\nÄrmel\nÖse\nÜbergang\nStra".encode() + b"\xdf" + b"e\n",
        "row 5: Line 5 has bytes that are no UTF-8",
    ),
    "no encoding at all": (b"name\n\x81\x8d\n", "row 2: Line 2 is neither UTF-8 nor Windows-1252"),
    "open quotation mark": (
        b'name,sku\nAnvil,P-1\n"Bolt,P-2\nCog,P-3\n',
        "row 3: A quotation mark that opens in this row",
    ),
    "text after quotes": (b'name,sku\n"An"vil,P-1\n', "row 2: The row is no valid CSV"),
    "endless cell": (b"name\n" + b"x" * 140_000 + b"\n", "row 2: A cell here has more than 131,072 characters"),
    "cut gzip": (gzip.compress(b"name\n" + b"Anvil\n" * 9000)[:-20], "row 1: The packed file is damaged"),
    "cut workbook": (sheet(["name"], ["Anvil"])[:-200], "row 1: The archive is damaged"),
    "archive of two": (zipped(("a.csv", b"name\n"), ("b.csv", b"name\n")), "row 1: The archive holds 2 files"),
    "gzip bomb": (gzip.compress(b"0" * (30 * MEGABYTE)), "row 1: Unpacked, the file is larger"),
    "zip bomb": (zipped(("a.csv", b"0" * (30 * MEGABYTE))), "row 1: Unpacked, the file would be 30 MB"),
    "workbook bomb": (
        zipped(
            ("[Content_Types].xml", b"x"), ("xl/workbook.xml", b"x"), ("xl/worksheets/sheet1.xml", b"<" * 30 * MEGABYTE)
        ),
        "row 1: Unpacked, the file would be 30 MB",
    ),
    "no workbook inside": (
        zipped(("[Content_Types].xml", b"x"), ("xl/workbook.xml", b"x")),
        "row 1: The workbook is damaged",
    ),
    "entities": (
        zipped(
            ("[Content_Types].xml", b'<!DOCTYPE a [<!ENTITY x "xx"><!ENTITY y "&x;&x;">]><a>&y;</a>'),
            ("xl/workbook.xml", b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'),
        ),
        "row 1: The workbook is damaged",
    ),
    "fewer cells": (b"name,sku,family\nAnvil,P-1\n", "row 2: has 2 cells, but there are 3 columns."),
    "more cells": (b"name,sku\nAnvil,P-1,extra\n", "row 2: has 3 cells, but there are 2 columns."),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_unusable_files(load, case):
    content, problem = BAD_FILES[case]
    report = load("products", content)
    assert told(report)[0].startswith(problem)
    assert report.refused
    assert not Product.objects.exists()
    assert not ImportRun.objects.exists()
    assert not ImportedRow.objects.exists()


def test_too_large(load):
    report = load("products", b"name\n" + b"x\n" * MEGABYTE, max_bytes=MEGABYTE)
    assert told(report) == ["row 1: The file is larger than 1 MB. Split it."]


GOOD_FILES = {
    "byte order mark": ("\ufeffname,family\nÄrmel,x\n".encode(), "Ärmel"),
    "utf-16": ("name,family\nÄrmel,x\n".encode("utf-16"), "Ärmel"),
    "utf-16 without mark": ("name,family\nÄrmel,x\n".encode("utf-16-le"), "Ärmel"),
    "windows": ("name,family\nÄrmel,x\n".encode("cp1252"), "Ärmel"),
    "semicolon": (b"name;family\nAnvil;x\n", "Anvil"),
    "tab": (b"name\tfamily\nAnvil\tx\n", "Anvil"),
    "sep line": (b"sep=;\r\nname;family\r\nAnvil;x\r\n", "Anvil"),
    "carriage returns": (b"name,family\rAnvil,x\r", "Anvil"),
    "mixed line ends": (b"name,family\r\nAnvil,x\nBolt,x\r\n", "Anvil"),
    "other order and case": (b" Family , NAME\nx,Anvil\n", "Anvil"),
    "blank lines and empty columns": (b"name,family,\n\nAnvil,x,\n,,\n", "Anvil"),
    "line break in a cell": (b'name,family\n"An\nvil",x\n', "An\nvil"),
    "quotes": (b'name,family\n"An ""old"" anvil, red",x\n', 'An "old" anvil, red'),
    "formula as a text": (b"name,family\n=cmd|' /C calc'!A0,x\n", "=cmd|' /C calc'!A0"),
    "disarmed formula": (b"name,family\n'=1+1 refund,x\n", "=1+1 refund"),
    "letters with marks": ("name,family\nA\u0308rmel,x\n".encode(), "Ärmel"),
    "invisible": ("name,family\n\u200bAnvil\u00a0,x\n".encode(), "Anvil"),
    "emoji and right to left": ("name,family\n⚒️ סַדָּן,x\n".encode(), "⚒️ סַדָּן"),
    "gzip": (gzip.compress(b"name,family\nAnvil,x\n"), "Anvil"),
    "zip": (zipped(("export.csv", b"name,family\nAnvil,x\n")), "Anvil"),
    "workbook": (sheet(["name", "family"], ["Anvil", "x"]), "Anvil"),
}


@pytest.mark.parametrize("case", GOOD_FILES)
def test_files_that_look_odd_but_are_fine(load, case):
    content, name = GOOD_FILES[case]
    report = load("products", content, name="table.CsV")
    assert told(report) == []
    assert Product.objects.order_by("pk").first().name == name
    assert Product.objects.first().family == "x"


def test_windows_text_comes_with_a_warning(load):
    report = load("products", "name\nÄrmel\n".encode("cp1252"))
    assert "read as Windows-1252" in next(iter(report.notes))


def test_header_alone_is_no_error(load):
    report = load("products", "name,sku\n")
    assert (counts(report), report.refused, list(report.notes)) == (
        (0, 0, 0, 0),
        False,
        ["The file has a header, but no rows"],
    )


def test_unknown_columns_are_named(load):
    report = load("products", "name,colour,weight\nAnvil,red,9\n")
    assert report.notes == {"Columns that are not imported: colour, weight.": 0}
    assert counts(report) == (1, 0, 0, 0)


def test_typed_cells_of_a_workbook(load, people):
    when = datetime.datetime(2026, 1, 10, 9, 30)  # noqa: DTZ001
    content = sheet(
        ["external_id", "name", "amount", "opened_at", "expected_close_on"],
        [1001, "One", 12500.5, when, datetime.date(2026, 12, 31)],
        [1002.0, "Two", 1234567, MIDNIGHT, None],
        more=["Notes"],
    )
    report = load("deals", content, mapping={"date_format": "%d.%m.%Y", "decimal_comma": True})
    assert told(report) == []
    one, two = Deal.objects.order_by("external_id")
    assert (one.external_id, str(one.amount.normalize()), one.opened_at.isoformat()) == (
        "1001", "12500.5", "2026-01-10T08:30:00+00:00",
    )  # fmt: skip
    assert (two.external_id, two.amount, two.opened_at.isoformat()) == ("1002", 1234567, "2026-01-09T23:00:00+00:00")
    assert "The workbook has 2 sheets; only the first, “Sheet”, was read." in report.notes


def test_formulas_of_a_workbook_without_a_stored_value(load):
    report = load("deals", sheet(["name", "amount"], ["One", "=1+1"]))
    assert told(report)[0].startswith("row 2, amount: “=1+1” is no number")


def test_the_foot_of_a_report_is_left_out(load):
    report = load("products", 'name,sku\nAnvil,P-1\n\n\n"Products Report"\n"Generated By:  Ada"\n')
    assert counts(report) == (1, 0, 0, 0)
    assert report.notes["2 lines below the table were left out, from row 5 on"] == 2
