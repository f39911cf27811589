"""``import_data`` as scripts call it."""

import json

import pytest
from django.core.management import call_command

from pipeline.models import ImportRun, Product

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(tmp_path, capsys, company):
    """Runs the command on a text; the exit code, what it printed and what it complained of."""

    def call(kind, text, *options, mapping=None):
        path = tmp_path / "rows.csv"
        path.write_text(text)
        if mapping:
            (tmp_path / "mapping.json").write_text(mapping)
            options = (*options, "--mapping", str(tmp_path / "mapping.json"))
        code = 0
        try:
            call_command("import_data", kind, str(path), *options)
        except SystemExit as stopped:
            code = stopped.code
        return code, *capsys.readouterr()

    return call


def test_json(run):
    code, out, err = run("products", "name,colour\nAnvil,red\n", "--json")
    assert (code, err) == (0, "")
    assert json.loads(out) == {
        "created": 1, "updated": 0, "unchanged": 0, "skipped": 0, "errors": [],
        "warnings": [{"message": "Columns that are not imported: colour.", "rows": 0}],
        "import_id": ImportRun.objects.get().pk,
    }  # fmt: skip


def test_a_bad_row_is_told_on_both_ways(run):
    code, out, err = run("products", "name,list_price\nAnvil,1\nBolt,dear\n", "--json")
    assert code == 1
    answer = json.loads(out)
    assert (answer["created"], answer["skipped"], answer["import_id"]) == (0, 1, None)
    assert answer["errors"][0]["row"] == 3
    assert answer["errors"][0]["column"] == "list_price"
    assert err.startswith("row 3, list_price: “dear” is no number")
    assert err.endswith("Nothing was written.\n")
    assert not Product.objects.exists()


def test_skip_writes_the_bad_rows_to_a_file(run, tmp_path):
    errors = tmp_path / "bad.csv"
    text = "name,list_price\nAnvil,1\nBolt,dear\n"
    code, out, _err = run("products", text, "--on-error", "skip", "--errors", str(errors))
    assert code == 0
    assert out.startswith("products: 1 created, 0 updated, 0 unchanged, 1 skipped (import ")
    assert errors.read_text().splitlines()[0] == "name,list_price,error"
    assert errors.read_text().splitlines()[1].startswith("Bolt,dear,")


def test_dry_run_counts_and_writes_nothing(run):
    code, out, _err = run("products", "name\nAnvil\nBolt\n", "--dry-run", "--json")
    answer = json.loads(out)
    assert (code, answer["created"], answer["import_id"]) == (0, 2, None)
    assert not Product.objects.exists()
    assert not ImportRun.objects.exists()


def test_an_unknown_kind_lists_the_known_ones(run):
    code, _out, err = run("widgets", "name\nAnvil\n")
    assert code == 1
    assert err.startswith("row 1: There is no kind “widgets”; possible are users, teams, reps, memberships, accounts")


def test_files_that_are_not_there(run, tmp_path, capsys):
    with pytest.raises(SystemExit) as stopped:
        call_command("import_data", "products", str(tmp_path / "none.csv"))
    assert stopped.value.code == 1
    assert "No such file or directory" in capsys.readouterr().err
    code, _out, err = run("products", "name\nAnvil\n", mapping="{")
    assert (code, "The mapping is no valid JSON" in err) == (1, True)
