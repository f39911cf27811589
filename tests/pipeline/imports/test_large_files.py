"""Large files: in chunks, twice read, the same outcome as in one go."""

import datetime
import io
import zipfile

import pytest

from accounts.models import Account, ExchangeRate
from pipeline.imports import running
from pipeline.imports.undoing import undo_import
from pipeline.models import Deal, DealVersion, ImportedRow, ImportRun, Lead, Stage
from tests.pipeline.imports.conftest import NOW, counts, told

pytestmark = pytest.mark.django_db
EVERYTHING = ["accounts", "reps", "teams", "products", "stages", "channels"]


@pytest.fixture
def small_chunks(monkeypatch):
    monkeypatch.setattr(running, "CHUNK", 7)
    monkeypatch.setattr(running, "ONE_TRANSACTION", 20)


def rows(count: int) -> str:
    lines = [f"D{n},Deal {n},Account {n % 5},Rep {n % 3},Stage {n % 4},{n},2026-01-01" for n in range(count)]
    return "external_id,name,account,owner,stage,amount,opened_at\n" + "\n".join(lines) + "\n"


def test_chunks_give_what_one_transaction_gives(load, people, small_chunks):
    report = load("deals", rows(60), mapping={"create_missing": EVERYTHING})
    assert counts(report) == (60, 0, 0, 0)
    assert (Deal.objects.count(), DealVersion.objects.count()) == (60, 60)
    assert Account.objects.filter(name__startswith="Account").count() == 5
    assert Stage.objects.filter(name__startswith="Stage").count() == 4
    assert counts(load("deals", rows(60), mapping={"create_missing": EVERYTHING})) == (0, 0, 60, 0)
    run = ImportRun.objects.get(pk=report.import_id)
    assert (run.state, run.created) == ("done", 60)
    assert ImportedRow.objects.filter(run=run, model="pipeline.deal").count() == 60
    undo_import(run=run, by=None, now=NOW + datetime.timedelta(hours=1))
    assert not Deal.objects.live().exists()


def test_one_bad_row_in_a_large_file_and_nothing_is_written(load, people, small_chunks):
    report = load("deals", rows(60) + "D60,Last,A1,a1,,x,2026-01-01\n", mapping={"create_missing": EVERYTHING})
    assert [problem.row for problem in report.problems] == [62]
    assert not Deal.objects.exists()
    assert not Account.objects.filter(name__startswith="Account").exists()


def test_bad_rows_of_a_large_file_may_be_skipped(load, people, small_chunks):
    text = rows(30) + "D30,Bad,A1,a1,,x,2026-01-01\n" + "D31,Good,A1,a1,Stage 1,5,2026-01-01\n"
    report = load("deals", text, mapping={"create_missing": EVERYTHING}, on_error="skip")
    assert counts(report) == (31, 0, 0, 1)
    assert set(Deal.objects.values_list("name", flat=True)) >= {"Good", "Deal 29"}


def test_leads_and_trees_in_chunks(load, small_chunks):
    leads = "\n".join(f"Lead {n},x{n}@x.test,2026-01-02" for n in range(50))
    assert counts(load("leads", f"name,email,created_at\n{leads}\n")) == (50, 0, 0, 0)
    assert Lead.objects.count() == 50
    tree = "\n".join(f"Account {n},{f'Account {n + 1}' if n < 49 else ''}" for n in range(50))
    assert counts(load("accounts", f"name,parent\n{tree}\n")) == (50, 0, 0, 0)
    assert Account.objects.get(name="Account 0").parent.name == "Account 1"
    again = "\n".join(f"Lead {n},x{n}@x.test,2026-01-02" for n in range(40))
    assert told(load("leads", f"name,email,created_at\n{again}\nOther,x3@x.test,2026-01-03\n"))[0] == (
        "row 42: says something else than row 5 about the same lead."
    )


def test_parts_of_deals_in_chunks(load, people, small_chunks):
    load("deals", rows(30).replace("Account 0", "A1"), mapping={"create_missing": EVERYTHING})
    lines = "\n".join(f"D{n},P-1,{n % 2 + 1}" for n in range(30) for _ in range(2))
    assert counts(load("deal_lines", f"deal,product,quantity\n{lines}\n")) == (60, 0, 0, 0)
    assert Deal.objects.get(name="Deal 7").lines.count() == 2


def test_an_import_in_between_is_noticed(load, company, monkeypatch):
    check = running._Import.check

    def meanwhile(self):
        check(self)
        monkeypatch.setattr(running._Import, "check", check)
        load("products", "name\nAnvil\n")

    monkeypatch.setattr(running._Import, "check", meanwhile)
    report = load("products", "name\nAnvil\nBolt\n")
    assert told(report) == ["row 1: Another import was written while this file was checked. Start this one again."]
    assert ImportRun.objects.count() == 1


def test_the_history_of_the_central_bank_as_it_is(load, company):
    text = "Date,USD,JPY,CYP,\n2026-04-13,1.1684,186.75,N/A,\n2026-04-10,1.1711,186.43,N/A,\n"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("eurofxref-hist.csv", text)
    report = load("rates", out.getvalue(), name="eurofxref-hist.zip")
    assert (told(report), counts(report)) == ([], (4, 0, 0, 0))
    assert str(ExchangeRate.objects.get(currency="USD", day="2026-04-13", base="EUR").rate.normalize()) == "1.1684"
    assert counts(load("rates", out.getvalue())) == (0, 0, 4, 0)
