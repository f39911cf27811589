"""Importing on the page: try, mend the mapping, import, get the bad rows back."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.jobs import queue_job
from accounts.models import Account, Team
from pipeline.imports.known_headers import suggest
from pipeline.imports.mapping import FileMapping, translate
from pipeline.imports.meanings import meanings_of
from pipeline.imports.registry import find_kind
from pipeline.imports.report import ImportRefused
from pipeline.models import Deal, ImportRun, Product

GOOD = b"Account Name,Industry,Number of Employees\nOrchid,retail,12\nLotus,energy,\n"
BAD = b"name,employees\nOrchid,twelve\nLotus,3\n"


@pytest.fixture
def admin(client, cast):
    client.force_login(cast.admin)
    return client


def upload(client, content, name="accounts.csv", kind="accounts"):
    return client.post(reverse("pipeline:import_list"), {"kind": kind, "file": SimpleUploadedFile(name, content)})


def sent(run, **values):
    """What the mapping form sends when nothing is touched."""
    columns, headers = run.mapping["columns"], bytes(run.content).decode().splitlines()[0].split(",")
    fed = {f"column_{n}": columns[header][0] for n, header in enumerate(headers) if header in columns}
    return {"on_error": "abort", **fed, **values}


def test_a_known_export_needs_no_mapping_and_nothing_is_written_before_the_import(admin):
    before = Account.objects.count()
    answer = upload(admin, GOOD)
    run = ImportRun.objects.get()
    assert answer.url == reverse("pipeline:import_detail", args=[run.pk])
    assert (run.state, run.created, run.errors) == ("uploaded", 2, [])
    assert Account.objects.count() == before
    admin.post(answer.url, sent(run, **{"import": ""}))
    run.refresh_from_db()
    assert (run.state, run.created) == ("done", 2)
    assert Account.objects.get(name="Orchid").employees == 12


def test_a_bad_row_is_named_and_comes_back_as_a_file(admin):
    url = upload(admin, BAD).url
    page = admin.get(url).content.decode()
    assert "twelve" in page
    assert "employees" in page
    rows = admin.get(reverse("pipeline:import_errors", args=[ImportRun.objects.get().pk])).content.decode()
    assert rows.splitlines()[0] == "name,employees,error"
    assert rows.splitlines()[1].startswith("Orchid,twelve,")
    assert len(rows.splitlines()) == 2


def test_bad_rows_can_be_left_out(admin):
    url = upload(admin, BAD).url
    run = ImportRun.objects.get()
    admin.post(url, sent(run, on_error="skip", **{"import": ""}))
    run.refresh_from_db()
    assert (run.state, run.created, run.skipped) == ("done", 1, 1)


def test_a_team_above_that_is_not_there_yet_can_be_made_on_the_page(admin):
    content = b"manager,regional_office\nDustin,Central\nMelvin,Central\n"
    url = upload(admin, content, "teams.csv", "teams").url
    picked = {"on_error": "abort", "column_0": "name", "column_1": "parent", "import": ""}
    assert admin.post(url, picked).status_code == 302
    assert "there is no team “Central”" in admin.get(url).content.decode()
    admin.post(url, {**picked, "create_missing": "teams"})
    below = Team.objects.filter(parent__name="Central").values_list("name", flat=True)
    assert sorted(below) == ["Dustin", "Melvin"]


def test_the_mapping_is_remembered_for_the_next_file(admin):
    content = b"firm,branch\nOrchid,retail\n"
    url = upload(admin, content).url
    admin.post(url, {"on_error": "abort", "column_0": "name", "column_1": "industry", "import": ""})
    assert Account.objects.get(name="Orchid").industry == "retail"
    upload(admin, b"firm,branch\nLotus,energy\n")
    assert ImportRun.objects.order_by("-pk")[0].created == 1


def test_a_column_that_is_not_ours_is_refused_with_those_that_are(admin):
    url = upload(admin, GOOD).url
    answer = admin.post(url, sent(ImportRun.objects.get(), column_0="nom"))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "nom is not one of the available choices" in page
    assert '<option value="annual_revenue">Annual revenue</option>' in page


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n1234", b"%PDF-1.7\n"])
def test_what_is_no_table_is_refused(admin, content):
    answer = upload(admin, content)
    assert answer.status_code == 422
    assert not ImportRun.objects.exists()


def test_a_file_that_only_says_it_is_a_table_is_told_by_its_beginning():
    with pytest.raises(ImportRefused, match=f"it reads: {'D' * 40}…, x. Known are: name, "):
        translate(["D" * 700, "x"], FileMapping(), find_kind("deals").columns)


def test_imports_are_for_admins(client, cast):
    for name in ("rep", "manager", "leader"):
        client.force_login(getattr(cast, name))
        assert client.get(reverse("pipeline:import_list")).status_code == 404


def test_an_import_is_undone_on_its_page(admin):
    url = upload(admin, GOOD).url
    run = ImportRun.objects.get()
    admin.post(url, sent(run, **{"import": ""}))
    assert Account.objects.filter(name="Orchid").exists()
    admin.post(reverse("pipeline:import_undo", args=[run.pk]))
    run.refresh_from_db()
    assert run.state == "undone"
    assert not Account.objects.live().filter(name="Orchid").exists()


def test_each_column_of_the_file_has_a_picker_with_a_guess_and_a_value(admin):
    content = b"Company,Website,Owner,Headcount,Mood\n,,,,\nOrchid,orchid.test,Rep,12,fine\n"
    page = admin.get(upload(admin, content).url).content.decode()
    assert ImportRun.objects.get().mapping["columns"] == {
        "Company": ["name"], "Website": ["domain"], "Owner": ["owner"], "Headcount": ["employees"],
    }  # fmt: skip
    assert '<option value="domain" selected>Domain</option>' in page
    assert "orchid.test" in page
    assert "What “Mood” feeds" in page


def test_one_column_feeds_two_and_a_third_of_a_mapping_file_stays(admin):
    url = upload(admin, b"firm\nOrchid\n").url
    admin.post(url, {"on_error": "abort", "column_0": "name", "also_0": "segment", "try": ""})
    run = ImportRun.objects.get()
    assert run.mapping["columns"] == {"firm": ["name", "segment"]}
    run.mapping = {"columns": {"firm": ["name", "segment", "industry"]}}
    run.save()
    admin.post(url, {"on_error": "abort", "column_0": "name", "also_0": "region", "import": ""})
    account = Account.objects.get(name="Orchid")
    assert (account.segment, account.region, account.industry) == ("", "Orchid", "Orchid")


def test_headers_of_a_real_export_are_known():
    deals = suggest("deals", ["opportunity_id", "sales_agent", "product", "account", "deal_stage", "engage_date",
                              "close_date", "close_value"], list(find_kind("deals").columns))  # fmt: skip
    assert deals == {
        "opportunity_id": ("external_id", "name"), "sales_agent": ("owner",), "product": ("product",),
        "account": ("account",), "deal_stage": ("stage",), "engage_date": ("opened_at",),
        "close_date": ("closed_at", "expected_close_on"), "close_value": ("amount",),
    }  # fmt: skip


def test_what_is_wrong_stands_there_once_with_its_rows_and_a_word_gets_its_meaning(admin):
    Product.objects.create(name="GTX Pro")
    rows = b"id,deal_stage,product,value\n1,Engaging,GTXPro,5\n2,Engaging,GTX Pro,5\n3,Qualification,GTXPro,5\n"
    url = upload(admin, rows, "deals.csv", "deals").url
    run = ImportRun.objects.get()
    told = [(one["row"], one["column"], one["rows"], one["value"]) for one in run.errors]
    assert told == [(2, "product", 2, "GTXPro"), (3, "stage", 1, "Engaging")]
    assert run.skipped == 3
    page = admin.get(url).content.decode()
    assert "there is no product “GTXPro”; allowed are existing ones by sku or name, or let missing products" in page
    assert "What “GTXPro” stands for" in page

    product, stage = meanings_of(run, find_kind("deals"))
    said = {product.key: "=GTX Pro", stage.key: "=Discovery"}
    fed = {
        "column_0": "external_id",
        "also_0": "name",
        "column_1": "stage",
        "column_2": "product",
        "column_3": "amount",
    }
    admin.post(url, {"on_error": "abort", **fed, **said, "import": ""})
    run.refresh_from_db()
    assert (run.state, run.created) == ("done", 3)
    assert run.mapping["values"] == {"product": {"GTXPro": "GTX Pro"}, "stage": {"Engaging": "Discovery"}}
    deals = Deal.objects.filter(external_id__in="123").order_by("external_id")
    assert [(deal.name, deal.stage.name, deal.lines.get().product.name) for deal in deals] == [
        ("1", "Discovery", "GTX Pro"), ("2", "Discovery", "GTX Pro"), ("3", "Qualification", "GTX Pro"),
    ]  # fmt: skip


def test_a_word_that_is_none_of_a_few_gets_one_of_them(admin):
    rows = b"id,phase,value,closed\n1,Engaging,5,\n2,WON,5,2026-10-01\n3,Engaging,5,\n"
    url = upload(admin, rows, "deals.csv", "deals").url
    columns = {"column_0": "external_id", "also_0": "name", "column_1": "outcome", "column_2": "amount"}
    fed = {"on_error": "abort", **columns, "column_3": "closed_at"}
    admin.post(url, fed)
    run = ImportRun.objects.get()
    assert [(one["row"], one["rows"], one["value"]) for one in run.errors] == [(2, 2, "Engaging")]
    (outcome,) = meanings_of(run, find_kind("deals"))
    assert outcome.names == ("open", "won", "lost")
    admin.post(url, {**fed, outcome.key: "=open", "import": ""})
    outcomes = Deal.objects.filter(external_id__in="123").values_list("external_id", "outcome")
    assert dict(outcomes) == {"1": "open", "2": "won", "3": "open"}


def test_a_word_may_stand_for_nothing_and_what_was_said_can_be_taken_back(admin):
    url = upload(admin, b"name,owner\nOrchid,Nobody\n").url
    (owner,) = meanings_of(ImportRun.objects.get(), find_kind("accounts"))
    fed = {"on_error": "abort", "column_0": "name", "column_1": "owner"}
    admin.post(url, {**fed, owner.key: "-", "try": ""})
    run = ImportRun.objects.get()
    assert (run.created, run.mapping["values"]) == (1, {"owner": {"Nobody": ""}})
    assert '<option value="-" selected>' in admin.get(url).content.decode()
    admin.post(url, {**fed, owner.key: "", "try": ""})
    run = ImportRun.objects.get()
    assert (run.skipped, run.mapping["values"]) == (1, {})


def test_dates_are_picked_as_they_are_written(admin):
    content = b"id,stage,opened_at\n1,Qualification,31/12/2025\n"
    url = upload(admin, content, "deals.csv", "deals").url
    assert "“31/12/2025” is no date in ISO form" in admin.get(url).content.decode()
    fed = {
        "on_error": "abort",
        "column_0": "external_id",
        "also_0": "name",
        "column_1": "stage",
        "column_2": "opened_at",
    }
    admin.post(url, {**fed, "date_format": "%d/%m/%Y", "import": ""})
    assert Deal.objects.get(external_id="1").opened_at.date() == datetime.date(2025, 12, 31)
    other = admin.post(url, {**fed, "date_format": "%q"})
    assert other.status_code in (302, 422)


def test_a_page_whose_file_is_being_read_follows_by_itself_and_tells_no_counts(admin, cast):
    url = upload(admin, GOOD).url
    assert "Refresh" not in admin.get(url)
    run, now = ImportRun.objects.get(), datetime.datetime(2026, 10, 5, tzinfo=datetime.UTC)
    run.job = queue_job(kind="import", key="1", arguments={"run": run.pk, "dry_run": True}, by=cast.admin, now=now)
    run.save()
    answer = admin.get(url)
    assert answer["Refresh"] == "2"
    assert "What would be done" not in answer.content.decode()


def test_a_header_with_a_columns_own_name_goes_first():
    assert suggest("accounts", ["Company", "Name"], ["name", "domain"]) == {"Company": (), "Name": ("name",)}


@pytest.mark.parametrize(
    ("kind", "header", "ours"),
    [
        ("deals", "Company", "account"), ("contacts", "Company", "account"), ("leads", "Company", "company"),
        ("accounts", "Company", "name"), ("users", "Company", None), ("leads", "Title", None),
        ("deals", "Title", "name"),
        ("contacts", "Title", "title"), ("deals", "Sales rep", "owner"), ("reps", "Sales agent", "name"),
        ("products", "sales_price", "list_price"), ("accounts", "subsidiary_of", "parent"),
        ("leads", "E-Mail", "email"),
    ],
)  # fmt: skip
def test_the_same_header_means_what_the_rows_are(kind, header, ours):
    assert suggest(kind, [header], list(find_kind(kind).columns)) == {header: (ours,) if ours else ()}


def test_columns_without_a_header_have_no_picker(admin):
    page = admin.get(upload(admin, b"name,,\nOrchid,1,2\n").url).content.decode()
    assert "What “name” feeds" in page
    assert "column_1" not in page
