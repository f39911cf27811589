"""A month of eleven real campaigns: spend, cost per lead and ROMI are those that pandas made of the same file.

The reference takes an order for a customer and knows no costs; so its ROMI is ours (deals without known costs count
whole), and its CAC, spend by order, is none of ours: new customers are accounts, which the file does not have.
Sums compare exactly, its ratios, rounded to six decimals, to half a millionth.
"""

import csv
import datetime
import json
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command

from metrics.asking import ask
from pipeline.models import Campaign, Lead
from tests.metrics.everyone import everyone
from tests.metrics.test_worked_cases import CASES

pytestmark = [pytest.mark.data, pytest.mark.django_db]
NOW = datetime.datetime(2026, 7, 1, 12, tzinfo=datetime.UTC)
HALF_A_MILLIONTH = Decimal("5e-7")
WITH_LEADS = ("facebook_retargeting", "google_hot", "facebook_lal")
"""Campaigns whose leads are made: 4,248 of the file's 65,579."""


def members(slug, by):
    asked = ask(slug, {"period": "2021-02", "by": by}, user=everyone(), now=NOW, stored=False)
    return {row.member.key: row.value for row in asked.figure(NOW).by}


def load(kind, path, mapping=None):
    options = ["--mapping", str(CASES.parent / "mappings" / f"{mapping}.json")] if mapping else []
    call_command("import_data", kind, str(path), *options, "--json", stdout=StringIO())


@pytest.fixture
def february(settings, public_data, tmp_path):
    settings.COMPANY_TIME_ZONE, settings.BASE_CURRENCY = "UTC", "USD"
    folder = public_data / "marketing_spend"
    load("campaigns", folder / "Marketing.csv", "spend_campaigns")
    load("spend", folder / "Marketing.csv", "spend_spend")
    with (folder / "Marketing.csv").open() as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    with (tmp_path / "deals.csv").open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["external_id", "name", "outcome", "amount", "opened_at", "closed_at", "campaign"])
        for row in rows:
            revenue = Decimal(row["revenue"].replace(",", "."))
            out.writerow([row["id"], f"Day {row['id']}", "won", revenue, row["c_date"], row["c_date"],
                          row["campaign_name"].lower()])  # fmt: skip
    load("deals", tmp_path / "deals.csv")
    campaigns = {row.name: row for row in Campaign.objects.all()}
    leads = []
    for row in rows:
        campaign = campaigns[row["campaign_name"].lower()]
        day = datetime.datetime.fromisoformat(f"{row['c_date']}T12:00:00+00:00")
        made = int(row["leads"]) if campaign.name in WITH_LEADS else 0
        leads += [
            Lead(name="Lead", campaign=campaign, channel=campaign.channel, created_at=day, created_on=day.date())
            for _ in range(made)
        ]
    Lead.objects.bulk_create(leads, batch_size=1000)
    return json.loads((folder / "reference.json").read_text())["values"]


def test_spend_cost_per_lead_and_romi_are_the_references(february):
    compared = 0
    for by, wanted in (("campaign", february["by_campaign"]), ("day", february["by_day"])):
        spend, romi, revenue = (members(slug, by) for slug in ("marketing_spend", "romi", "attributed_revenue"))
        assert spend.keys() == wanted.keys()
        for key, values in wanted.items():
            assert spend[key].value == Decimal(str(values["spend"]))
            assert revenue[key].value == Decimal(str(values["revenue"]))
            assert abs(romi[key].value - Decimal(str(values["romi"]))) <= HALF_A_MILLIONTH
            compared += 3
    costs = members("cost_per_lead", "campaign")
    for key in WITH_LEADS:
        assert abs(costs[key].value - Decimal(str(february["by_campaign"][key]["cpl"]))) <= HALF_A_MILLIONTH
    whole = ask("romi", {"period": "2021-02"}, user=everyone(), now=NOW, stored=False).figure(NOW)
    assert abs(whole.value.value - Decimal(str(february["overall"]["romi"]))) <= HALF_A_MILLIONTH
    assert whole.warnings == ["308 deals without known costs, counted at 0"]
    assert compared == 3 * (11 + 28)
