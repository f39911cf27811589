"""Files of the real world, with the mappings kept beside them: counts and sums are those of their references."""

import datetime
import io
import json
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
from django.db.models import Count, Q, Sum

from accounts.models import Account, Rep
from accounts.rates import RateBook
from pipeline.models import CampaignSpend, Deal, Subscription
from tests.pipeline.imports.conftest import counts, told

MAPPINGS = Path(__file__).parents[2] / "data" / "mappings"
NEGATIVE = "row 7, amount: is below 0; only a deal of the kind credit may be."
ZOHO = (
    "Potential Name,Potential Owner,Created Time,Closing Date,Amount,Stage,Type,Lead Source,Age in Days\n"
    '"Fork-lift batteries, 40 pcs",Ada Berg,2024-01-31 09:30:00,2024-06-30,12500.50,Proposal,New Business,Fair,\n'
    '"Renewal ""Gold"" plan",Bo Costa,2023-11-05 09:30:00,2024-02-29,1234567.89,Closed Won,Existing Business,,\n'
    '"Pilot\nphase 1",Ada Berg,2024-03-01 09:30:00,2024-03-01,0.00,Closed Lost,New Business,Web,\n'
    "Añadir 5 licencias,Cleo Diaz,2024-02-10 09:30:00,2024-04-01,999.00,Closed Won,Existing Business,,\n"
    "東京 framework,Bo Costa,2024-05-20 09:30:00,2024-12-31,,Qualification,New Business,Web,\n"
    "=1+1 refund,Cleo Diaz,2024-04-15 09:30:00,2024-05-02,-250.00,Closed Lost,New Business,Web,\n"
)
GERMAN = (
    "Verkaufschance;Firma;Verantwortlich;Phase;Betrag;Währung;Angelegt am;Abschluss am;Herkunft\r\n"
    '"Fork-lift batteries, 40 pcs";Müller GmbH;Jörg Groß;Angebot;12.500,50;EUR;31.01.2024;30.06.2024;Messe\r\n'
    '"Renewal ""Gold"" plan";"O\'Neill & Sons; Ltd";Änne Öz;Gewonnen;1.234.567,89;EUR;05.11.2023;29.02.2024;\r\n'
    '"Pilot\nphase 1";Müller GmbH;Jörg Groß;Verloren;0,00;EUR;01.03.2024;01.03.2024;Web\r\n'
    "Añadir 5 licencias;Peña y Cía;Änne Öz;Gewonnen;999,00;EUR;10.02.2024;01.04.2024;\r\n"
    "{fifth};{client};Jörg Groß;Anfrage;;EUR;20.05.2024;31.12.2024;Web\r\n"
    "=1+1 refund;Müller GmbH;Änne Öz;Verloren;-250,00;EUR;15.04.2024;02.05.2024;Web\r\n"
)


@pytest.fixture
def take(load, public_data):
    """Imports a file of the data sets (or a text) with a kept mapping; gives the report."""

    def run(kind, content, mapping, **options):
        if isinstance(content, str):
            content = (public_data / content).read_bytes()
        told_how = json.loads((MAPPINGS / f"{mapping}.json").read_text()) if mapping else None
        return load(kind, content, mapping=told_how, **options)

    return run


def reference(public_data, name):
    return json.loads((public_data / name / "reference.json").read_text(), parse_float=Decimal)["values"]


@pytest.mark.data
def test_spend_by_campaign_channel_and_day(take, public_data):
    values = reference(public_data, "marketing_spend")
    report = take("campaigns", "marketing_spend/Marketing.csv", "spend_campaigns")
    assert (told(report), report.created) == ([], 11)
    report = take("spend", "marketing_spend/Marketing.csv", "spend_spend")
    assert (told(report), counts(report)) == ([], (308, 0, 0, 0))
    total = CampaignSpend.objects.aggregate(Sum("amount"), Sum("base_minor"))
    assert total == {"amount__sum": values["overall"]["spend"], "base_minor__sum": values["overall"]["spend"] * 100}
    for field, name in (("campaign__name", "by_campaign"), ("campaign__channel__name", "by_category")):
        spent = dict(CampaignSpend.objects.values_list(field).annotate(Sum("amount")))
        assert spent == {key: row["spend"] for key, row in values[name].items()}
    days = dict(CampaignSpend.objects.values_list("day").annotate(Sum("amount")))
    assert {f"{day}": spent for day, spent in days.items()} == {k: row["spend"] for k, row in values["by_day"].items()}


@pytest.mark.data
def test_subscriptions_month_by_month(take, public_data):
    values = reference(public_data, "ravenstack_saas")
    report = take("accounts", "ravenstack_saas/ravenstack_accounts.csv", "saas_accounts")
    assert (told(report), counts(report)) == ([], (500, 0, 0, 0))
    assert any("seats" in note and "churn_flag" in note for note in report.notes)
    report = take("subscriptions", "ravenstack_saas/ravenstack_subscriptions.csv.gz", "saas_subscriptions")
    assert (told(report), counts(report)) == ([], (5000, 0, 0, 0))
    for month, row in values["monthly"].items():
        last = _last_day(month)
        running = Subscription.objects.filter(starts_on__lte=last).filter(Q(ends_on=None) | Q(ends_on__gt=last))
        paid = running.filter(monthly_amount__gt=0)
        found = running.aggregate(total=Sum("monthly_amount")), paid.aggregate(n=Count("account", distinct=True))
        assert (found[0]["total"] or 0, found[1]["n"]) == (row["mrr_end"], row["customers_end"]), month
    plans = dict(paid.values_list("product__name").annotate(Sum("monthly_amount")))
    assert plans == values["mrr_by_plan_dec_2024"]
    assert Subscription.objects.filter(ends_on=None).count() == values["quality"]["open_ended"]


def _last_day(month: str) -> datetime.date:
    first = datetime.date.fromisoformat(f"{month}-01")
    return (first + datetime.timedelta(days=32)).replace(day=1) - datetime.timedelta(days=1)


@pytest.fixture(params=["around the conversions", pytest.param("whole", marks=pytest.mark.long)])
def bank_file(request, public_data):
    """The zip as it is, or all of its columns and of its rows those of some days before each conversion."""
    whole = (public_data / "ecb_fx" / "eurofxref-hist.zip").read_bytes()
    if request.param == "whole":
        return whole
    days = [datetime.date.fromisoformat(case["day"]) for case in reference(public_data, "ecb_fx")["conversions"]]
    near = {(day - datetime.timedelta(days=n)).isoformat() for day in days for n in range(12)}
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        name = archive.namelist()[0]
        head, *rows = archive.read(name).decode().splitlines()
    part = io.BytesIO()
    with zipfile.ZipFile(part, "w") as archive:
        archive.writestr(name, "\n".join([head, *(row for row in rows if row[:10] in near)]))
    return part.getvalue()


@pytest.mark.data
def test_the_history_of_the_central_bank(take, company, public_data, bank_file):
    """Twenty conversions, each with the rates it was worked out with, and days without one."""
    values = reference(public_data, "ecb_fx")
    report = take("rates", bank_file, "")
    assert told(report) == []
    company.rate_max_age_days = 7
    book = RateBook.load(set(values["currencies"]) | {"EUR"}, company)
    for case in values["conversions"]:
        factor = book.factor(case["source"], case["target"], datetime.date.fromisoformat(case["day"]))
        if case.get("result_2dp") is None:
            assert factor is None, case
        else:
            got = Decimal(case["amount"]) * factor.numerator / factor.denominator
            assert abs(got - Decimal(case["result_2dp"])) <= Decimal("0.01"), case


@pytest.mark.data
@pytest.mark.parametrize("name", ["hubspot_deals", "salesforce_report", "salesforce_export", "pipedrive_deals"])
def test_deals_of_other_programs(take, public_data, name):
    """Six made-up deals; the negative one that is no credit note is refused, the others are as they were made."""
    file = {"salesforce_export": "salesforce_data_export_Opportunity"}.get(name, name)
    path = f"crm_export_headers/{file}.csv"
    assert (counts(take("deals", path, name)), Deal.objects.count()) == ((0, 0, 0, 1), 0)
    report = take("deals", path, name, on_error="skip")
    assert (told(report), counts(report)) == ([NEGATIVE], (5, 0, 0, 1))
    _check_the_five(report)
    assert counts(take("deals", path, name, on_error="skip")) == (0, 0, 5, 1)


def test_deals_of_zoho(take, company):
    report = take("deals", ZOHO.encode(), "zoho_potentials", on_error="skip")
    assert (told(report), counts(report)) == ([NEGATIVE], (5, 0, 0, 1))
    _check_the_five(report)


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252"])
def test_deals_of_a_german_spreadsheet(take, company, encoding):
    """Semicolons, decimal commas, days first; with a byte order mark, or in an alphabet that lacks Japanese."""
    names = ("東京 framework", "東京商事") if encoding == "utf-16" else ("Tokio", "Tokio AG")
    text = GERMAN.format(fifth=names[0], client=names[1])
    report = take("deals", text.encode(encoding), "german_deals", on_error="skip")
    assert (told(report), counts(report)) == ([NEGATIVE], (5, 0, 0, 1))
    _check_the_five(report, names[0])
    assert set(Account.objects.values_list("name", flat=True)) == {
        "Müller GmbH", "O'Neill & Sons; Ltd", "Peña y Cía", names[1],
    }  # fmt: skip
    assert set(Rep.objects.values_list("name", flat=True)) == {"Jörg Groß", "Änne Öz"}
    assert any("Windows-1252" in note for note in report.notes) == (encoding == "cp1252")


def _check_the_five(report, fifth="東京 framework"):
    assert report.notes["amount missing: 1 deals"] == 1
    assert set(Deal.objects.values_list("name", "outcome", "amount")) == {
        ("Fork-lift batteries, 40 pcs", "open", Decimal("12500.50")),
        ('Renewal "Gold" plan', "won", Decimal("1234567.89")),
        ("Pilot\nphase 1", "lost", Decimal(0)),
        ("Añadir 5 licencias", "won", Decimal(999)),
        (fifth, "open", None),
    }
    won = Deal.objects.filter(outcome="won")
    assert won.aggregate(total=Sum("amount"))["total"] == Decimal("1235566.89")
    closed = {deal.name: deal.closed_at.date() - datetime.date(2024, 1, 1) for deal in won}
    assert {name: 58 <= gap.days <= 91 for name, gap in closed.items()} == dict.fromkeys(closed, True)
    assert Deal.objects.get(name__startswith="Fork").expected_close_on == datetime.date(2024, 6, 30)
