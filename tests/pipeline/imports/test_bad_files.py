"""Files that no table should be: each ends in a report that says why, and nothing is written."""

import datetime
import gzip
import io
import zipfile

import pytest
from openpyxl import Workbook

from accounts.models import Account
from pipeline.models import Deal, ImportedRow, ImportRun, Lead, Product
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


BAD_ROWS = {
    "bracket amount": (
        "deals",
        "name,amount\nOne,(5)",
        "row 2, amount: “(5)” is no number that can be read in one way",
    ),
    "currency sign": ("deals", "name,amount\nOne,€ 5", "row 2, amount: “€ 5” is no number"),
    "comma of which kind": ("deals", 'name,amount\nOne,"1,234"', "row 2, amount: “1,234” is no number"),
    "two marks": ("deals", 'name,amount\nOne,"1.234,56"', "row 2, amount: “1.234,56” is no number"),
    "not a number": ("deals", "name,amount\nOne,NaN", "row 2, amount: “NaN” is no number"),
    "infinite": ("deals", "name,amount\nOne,Infinity", "row 2, amount: “Infinity” is no number"),
    "exponent": ("deals", "name,amount\nOne,1e400", "row 2, amount: “1e400” is no number"),
    "twenty digits": (
        "deals",
        "name,amount\nOne,12345678901234567890",
        "row 2, amount: “12345678901234567890” is too large",
    ),
    "other digits": ("deals", "name,amount\nOne,١٢", "row 2, amount: “١٢” is no number"),
    "negative revenue": ("accounts", "name,annual_revenue\nAcme,-1", "row 2, annual_revenue: “-1” is below 0."),
    "day or month first": (
        "deals",
        "name,opened_at\nOne,03/04/2026",
        "row 2, opened_at: “03/04/2026” is no date in ISO form",
    ),
    "no such day": ("deals", "name,opened_at\nOne,2026-02-30", "row 2, opened_at: “2026-02-30” is no date"),
    "hour 24": ("deals", "name,opened_at\nOne,2026-02-03 24:00", "row 2, opened_at: “2026-02-03 24:00” is no date"),
    "counted days": (
        "deals",
        "name,opened_at\nOne,45000",
        "row 2, opened_at: “45000” is no date in ISO form, such as 2026-03-31. A number",
    ),
    "year 0": ("deals", "name,opened_at\nOne,0000-01-01", "row 2, opened_at: “0000-01-01” is no date"),
    "year 1": (
        "deals",
        "name,opened_at\nOne,0001-01-01",
        "row 2, opened_at: “0001-01-01”: the year must lie between 1900",
    ),
    "year 10000": ("deals", "name,opened_at\nOne,10000-01-01", "row 2, opened_at: “10000-01-01” is no date"),
    "end before start": (
        "reps",
        "name,hired_on,left_on\nAnn,2026-02-01,2026-01-01",
        "row 2, left_on: 2026-01-01 lies before hired_on",
    ),
    "no address": (
        "contacts",
        "account,name,email\nAcme,Cy,cy at acme",
        "row 2, email: “cy at acme” is no e-mail address.",
    ),
    "long address": ("contacts", f"account,name,email\nAcme,Cy,{'c' * 300}@x.test", "row 2, email: "),
    "too long": ("accounts", f"name\n{'x' * 301}", "row 2, name: has 301 characters; at most 300 are allowed."),
    "control characters": ("accounts", "name\nAc\x07me", "row 2, name: has characters that are no text"),
    "two rows disagree": (
        "accounts",
        "name,industry\nNew,steel\nNew,wood",
        "row 3: says something else than row 2 about the same account.",
    ),
    "unknown owner": ("accounts", "name,owner\nNew,nobody", "row 2, owner: there is no rep “nobody”"),
    "circle": ("teams", "name,parent\nA,C\nB,A\nC,B", "row 2, parent: leads in a circle back to “A”."),
    "own parent": ("accounts", "name,parent\nNew,New", "row 2, parent: leads in a circle back to “New”."),
    "half a percent too much": (
        "stages",
        "name,probability\nTalk,101%",
        "row 2, probability: “101%” is no fraction from 0 to 1",
    ),
    "probability of another kind": (
        "stages",
        "name,probability\nTalk,2147483648",
        "row 2, probability: “2147483648” is no fraction from 0 to 1",
    ),
    "decimals beyond what is kept": (
        "deals",
        "name,amount\nOne,1.00000000000000000000000000000000000001",
        "row 2, amount: “1.00000000000000000000000000000000000001” has more than 4 decimals.",
    ),
    "one name, two numbers": (
        "products",
        "name,sku\nCog,P-7\nCog,P-8",
        "row 3, name: “Cog” is another product's in row 2.",
    ),
    "the name of another number": (
        "products",
        "name,sku\nAnvil,P-7",
        "row 2, name: “Anvil” is another product's already.",
    ),
    "not yes, not no": (
        "products",
        "name,recurring\nCog,perhaps",
        "row 2, recurring: “perhaps” is not allowed; allowed are yes and no.",
    ),
    "half a person": ("accounts", "name,employees\nNew,2.5", "row 2, employees: “2.5” is no whole number from 0 to"),
    "formula as a number": ("deals", "name,amount\nOne,=1+1", "row 2, amount: “=1+1” is no number"),
}


@pytest.mark.parametrize("case", BAD_ROWS)
def test_unusable_rows(load, people, case):
    kind, content, problem = BAD_ROWS[case]
    before = ImportRun.objects.count(), Account.objects.count()
    report = load(kind, content + "\n")
    assert told(report)[0].startswith(problem)
    assert counts(report)[:3] == (0, 0, 0)
    assert (ImportRun.objects.count(), Account.objects.count()) == before
    assert not Deal.objects.exists()


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


def test_skipping_gives_the_bad_rows_back(read):
    text = "name;list_price;colour\nAnvil;5;red\nBolt;dear;=1+1\nCog;;\n"
    result = read("products", text, on_error="skip")
    assert counts(result.report) == (2, 0, 0, 1)
    assert set(Product.objects.values_list("name", flat=True)) == {"Anvil", "Cog"}
    header, row = result.bad_rows_csv().splitlines()
    assert header == "name;list_price;colour;error"
    # Nothing in the file runs in a spreadsheet, and the importer takes the apostrophe off again.
    assert row.startswith("Bolt;dear;'=1+1;")
    assert "list_price: “dear” is no number" in row
    run = ImportRun.objects.get()
    assert (run.created, run.skipped, run.errors[0]["row"]) == (2, 1, 3)


def test_one_bad_row_and_nothing_is_written(load, people):
    rows = "\n".join(f"Lead {n},x{n}@x.test,2026-01-02" for n in range(3000))
    report = load("leads", f"name,email,created_at\n{rows}\nLast,,tomorrow\n")
    assert told(report) == ["row 3002, created_at: “tomorrow” is no date in ISO form, such as 2026-03-31."]
    assert not Lead.objects.exists()


def test_all_problems_of_a_row_are_told(load, people):
    report = load("deals", "name,amount,opened_at,owner\n,x,y,z\n")
    assert sorted(problem.column for problem in report.problems) == ["amount", "name", "opened_at", "owner"]
    assert report.as_json()["errors"][0]["row"] == 2
