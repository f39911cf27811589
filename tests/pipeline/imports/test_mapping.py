"""Mapping files, and what they make of other programs' exports."""

import json
from pathlib import Path

import pytest

from accounts.models import Account
from pipeline.imports.mapping import read_mapping
from pipeline.imports.report import ImportRefused
from pipeline.models import Deal
from tests.pipeline.imports.conftest import told

pytestmark = pytest.mark.django_db
MAPPINGS = Path(__file__).parents[2] / "data" / "mappings"
CREATE = ["accounts", "reps", "teams", "products", "stages", "channels"]


@pytest.mark.parametrize("path", sorted(MAPPINGS.glob("*.json")), ids=lambda path: path.stem)
def test_the_kept_mappings_can_be_read(path):
    assert read_mapping(path.read_text()).columns


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("{", "The mapping is no valid JSON"),
        ("[]", "The mapping in the mapping must be an object"),
        ('{"column": {}}', "The mapping has unknown keys “column”; known are columns, values"),
        ('{"columns": {"a": 1}}', "columns.a in the mapping must be a column's name or a list"),
        ('{"values": {"outcome": "won"}}', "values of outcome in the mapping must be an object"),
        ('{"decimal_comma": "yes"}', "decimal_comma in the mapping is true or false."),
        ('{"date_format": "%H:%M"}', "date_format “%H:%M” in the mapping must name day, month and year"),
        ('{"create_missing": ["deals"]}', "create_missing in the mapping is a list of: accounts, reps"),
    ],
)
def test_a_mapping_that_cannot_be(content, problem):
    with pytest.raises(ImportRefused, match=problem.replace("(", r"\(")):
        read_mapping(content)


def test_a_mapping_names_only_columns_of_the_kind(load):
    report = load("products", "x\n1\n", mapping={"columns": {"x": "nome"}})
    assert told(report) == [
        "row 1: The mapping names unknown columns “nome”; "
        "known are name, sku, family, list_price, unit_cost, launched_on, recurring."
    ]
    assert load("products", "y,name\n1,Anvil\n", mapping={"columns": {"x": "sku"}}).notes == {
        "The file has no column “x”, which the mapping names.": 0,
        "Columns that are not imported: y.": 0,
    }


def test_one_column_feeds_several_and_values_translate_after_that(load):
    mapping = {
        "columns": {"Id": ["external_id", "name"], "State": ["stage", "outcome"], "Opened": "opened_at"},
        "values": {"outcome": {"Won!": "won", "*": "open"}},
        "defaults": {"closed_at": "", "currency": "USD", "pipeline": "Direct"},
        "create_missing": ["stages"],
    }
    report = load("deals", "Id,State,Opened\nX1,Talk,2026-01-01\nX2,,2026-01-01\n", mapping=mapping)
    assert told(report) == []
    one, two = Deal.objects.order_by("name")
    assert (one.name, one.external_id, one.stage.name, one.outcome, one.currency) == ("X1", "X1", "Talk", "open", "USD")
    # An empty cell stays empty, whatever “*” says; the deal begins in the first open stage.
    assert (two.outcome, two.stage.name, two.pipeline.name) == ("open", "Talk", "Direct")


def test_the_first_of_two_columns_that_is_filled_counts(load):
    mapping = {"columns": {"Won time": "closed_at", "Lost time": "closed_at", "Status": "outcome"}}
    text = "name,Status,Won time,Lost time\nOne,won,2026-02-01,\nTwo,Lost,,2026-03-01\n"
    assert told(load("deals", text, mapping=mapping)) == []
    assert [deal.closed_at.date().isoformat() for deal in Deal.objects.order_by("name")] == ["2026-01-31", "2026-02-28"]


def test_dates_and_numbers_as_the_mapping_says(load):
    mapping = {"date_format": "%d.%m.%Y", "decimal_comma": True}
    text = (
        "name;amount;opened_at;expected_close_on\n"
        "One;1.234.567,89;05.03.2026;31.12.2026\n"
        "Two;1 234,5;05.03.2026 09:30;\n"
        "Three;12;05.03.2026 09:30:15;\n"
    )
    assert told(load("deals", text, mapping=mapping)) == []
    rows = {deal.name: (str(deal.amount.normalize()), deal.opened_at.isoformat()) for deal in Deal.objects.all()}
    assert rows == {
        "One": ("1234567.89", "2026-03-04T23:00:00+00:00"),
        "Two": ("1234.5", "2026-03-05T08:30:00+00:00"),
        "Three": ("12", "2026-03-05T08:30:15+00:00"),
    }
    wrong = load("deals", "name;amount;opened_at\nFour;1.234;2026-03-05\n", mapping=mapping)
    assert told(wrong)[0].startswith("row 2, amount: “1.234” is no number")
    assert "write 1234,56" in told(wrong)[0]
    assert told(wrong)[1] == "row 2, opened_at: “2026-03-05” is no date written as %d.%m.%Y."


@pytest.mark.parametrize(
    ("text", "value"),
    [("1,234.56", "1234.56"), ("1,234,567", "1234567"), ("1 234.5", "1234.5"), ("1'234.50", "1234.5"), ("+.5", "0.5")],
)
def test_thousands_that_can_mean_one_thing_only(load, text, value):
    load("accounts", f'name,annual_revenue\nAcme,"{text}"\n')
    assert str(Account.objects.get().annual_revenue.normalize()) == value


def test_the_mapping_is_kept_with_the_import(load):
    from pipeline.models import ImportRun

    mapping = {"columns": {"Title": "name"}, "decimal_comma": True}
    load("products", "Title\nAnvil\n", mapping=mapping)
    kept = ImportRun.objects.get().mapping
    assert kept["columns"] == {"Title": ["name"]}
    assert read_mapping(json.dumps(kept)).decimal_comma is True
