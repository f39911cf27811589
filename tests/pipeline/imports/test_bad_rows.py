"""Rows that can't be: each is named with its column and what is allowed; nothing or the rest is written."""

import pytest

from accounts.models import Account
from pipeline.models import Deal, ImportRun, Lead, Product
from tests.pipeline.imports.conftest import counts, told

pytestmark = pytest.mark.django_db
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
