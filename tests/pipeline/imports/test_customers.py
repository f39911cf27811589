"""Accounts, contacts, products, channels, lost reasons, campaigns, spend and subscriptions."""

import datetime
from decimal import Decimal

import pytest

from accounts.models import Account, Company, Contact
from pipeline.actions.accounts import delete_account
from pipeline.actions.subscriptions import price_waiting_subscriptions
from pipeline.imports.undoing import undo_import
from pipeline.models import (
    Campaign,
    CampaignSpend,
    Channel,
    DealVersion,
    ImportRun,
    LostReason,
    Product,
    Subscription,
)
from tests.pipeline.imports.conftest import NOW, counts, told

pytestmark = pytest.mark.django_db
DAY = datetime.date


def test_accounts_are_found_by_id_then_domain_then_name(load):
    load("accounts", "name,domain\nAcme,https://ACME.test/\nBeta,\n")
    assert counts(load("accounts", "name,domain,external_id\nAcme Inc,acme.test,A1\nBeta,,A2\n")) == (0, 2, 0, 0)
    assert dict(Account.objects.values_list("external_id", "name")) == {"A1": "Acme Inc", "A2": "Beta"}
    # Another account of the same name has another id.
    assert counts(load("accounts", "name,external_id\nBeta,A3\n")) == (1, 0, 0, 0)
    assert "2 records have this name" in told(load("accounts", "name,industry\nBeta,x\n"))[0]


def test_an_empty_cell_empties_and_a_missing_column_does_not(load):
    load("accounts", "external_id,name,industry,employees\nA1,Acme,steel,7\n")
    assert counts(load("accounts", "external_id,name\nA1,Acme\n")) == (0, 0, 1, 0)
    assert counts(load("accounts", "external_id,name,industry,employees\nA1,Acme,,\n")) == (0, 1, 0, 0)
    account = Account.objects.get()
    assert (account.industry, account.employees, account.version) == ("", None, 2)


def test_a_new_segment_holds_for_open_deals_from_today(load, people):
    load("deals", "external_id,name,account,outcome,opened_at,closed_at\nD1,One,A1,open,2026-01-01,\n"
         "D2,Two,A1,won,2026-01-01,2026-02-01\n")  # fmt: skip
    load("accounts", "external_id,name,segment\nA1,Acme,large\n")
    rows = DealVersion.objects.filter(superseded_at=None, segment="large")
    assert [(row.deal.name, row.valid_from) for row in rows] == [("One", DAY(2026, 6, 15))]


def test_a_deleted_account_comes_back_by_its_id(load, people):
    delete_account(account=Account.objects.get(name="Acme"), by=None, now=NOW)
    assert counts(load("accounts", "external_id,name\nA1,Acme\n")) == (0, 1, 0, 0)
    assert Account.objects.live().filter(name="Acme").count() == 1


def test_subsidiaries(load):
    load("accounts", "name,parent,annual_revenue\nSub,Top,\nTop,,1100.04\n")
    assert Account.objects.get(name="Sub").parent.name == "Top"
    assert Account.objects.get(name="Top").annual_revenue == Decimal("1100.04")


def test_contacts(load, people):
    text = "account,name,email,phone\nA1,Cy,Cy@Acme.test,123\nBeta,Di,,\n"
    assert counts(load("contacts", text)) == (2, 0, 0, 0)
    assert counts(load("contacts", text)) == (0, 0, 2, 0)
    assert counts(load("contacts", "account,name,email,title\nA1,Cyrus,cy@acme.test,CEO\n")) == (0, 1, 0, 0)
    assert Contact.objects.get(title="CEO").name == "Cyrus"


def test_catalogue(load):
    assert counts(load("products", "name,sku,list_price,recurring\nAnvil,P-1,550,\nCare,P-2,5.5,yes\n")) == (2, 0, 0, 0)
    assert counts(load("products", "name,sku,family\nAnvil II,P-1,GTX\n")) == (0, 1, 0, 0)
    assert Product.objects.get(sku="P-1").name == "Anvil II"
    load("channels", "name,kind\nweb,\nfair,Event\n")
    assert dict(Channel.objects.values_list("name", "kind")) == {"web": "other", "fair": "event"}
    load("lost_reasons", "name,counts\nprice,\nTest,\nno show,no\n")
    assert dict(LostReason.objects.values_list("name", "counts")) == {"price": True, "Test": False, "no show": False}


def test_spend_of_a_real_kind_of_export(load):
    mapping = {
        "columns": {"c_date": "day", "campaign_name": "campaign", "mark_spent": "amount"},
        "decimal_comma": True,
        "defaults": {"currency": "USD"},
    }
    load("channels", "name\nsocial\n")
    load("campaigns", "name;channel;budget\ntier1;social;1.000,50\n", mapping={"decimal_comma": True})
    assert Campaign.objects.get().budget == Decimal("1000.5")
    load("rates", "currency,day,rate\nUSD,2021-02-01,1.25\n")
    text = "id;c_date;campaign_name;mark_spent\n1;2021-02-01;tier1;7307,37\n2;2021-02-02;tier1;0\n"
    report = load("spend", text, mapping=mapping)
    assert counts(report) == (2, 0, 0, 0)
    # 7307.37 / 1.25 = 5845.896
    assert list(CampaignSpend.objects.order_by("day").values_list("base_minor", flat=True)) == [584590, 0]
    assert counts(load("spend", text, mapping=mapping)) == (0, 0, 2, 0)
    assert told(load("spend", "campaign,day,amount\nnone,2021-02-01,1\n"))[0].startswith(
        "row 2, campaign: there is no campaign “none”; allowed are existing ones by name."
    )


def test_subscriptions(load, people):
    text = "external_id,account,product,monthly_amount,starts_on,ends_on,churn_reason\nS1,A1,P-1,99.50,2026-01-01,,\n"
    assert counts(load("subscriptions", text)) == (1, 0, 0, 0)
    assert counts(load("subscriptions", text)) == (0, 0, 1, 0)
    ended = text.replace("2026-01-01,,", "2026-01-01,2026-05-01,price")
    assert counts(load("subscriptions", ended)) == (0, 1, 0, 0)
    row = Subscription.objects.get()
    assert (row.currency, row.monthly_amount, row.ends_on) == ("EUR", Decimal("99.5"), DAY(2026, 5, 1))
    loose = "account,monthly_amount,starts_on\nA1,5,2026-01-01\n"
    assert counts(load("subscriptions", loose)) == (1, 0, 0, 0)
    assert counts(load("subscriptions", loose)) == (0, 0, 1, 0)
    assert told(load("subscriptions", "account,monthly_amount,starts_on,ends_on\nA1,5,2026-02-01,2026-01-01\n")) == [
        "row 2, ends_on: 2026-01-01 lies before starts_on 2026-02-01."
    ]


def test_a_month_is_worth_what_the_rate_of_its_first_day_says(load, people):
    load("rates", "currency,day,rate\nUSD,2026-01-01,1.25\nUSD,2026-02-01,2\n")
    head = "external_id,account,monthly_amount,currency,starts_on\n"
    load("subscriptions", f"{head}s1,A1,100,USD,2026-01-01\ns2,A1,83.3333,EUR,2026-01-01\ns3,A1,5,GBP,2026-01-01\n")
    priced = Subscription.objects.order_by("external_id").values_list("base_minor", flat=True)
    assert list(priced.all()) == [8000, 8333, None]
    number = load("subscriptions", f"{head}s1,A1,300,USD,2026-02-01\n").import_id
    assert list(priced.all()) == [15000, 8333, None]
    undo_import(run=ImportRun.objects.get(pk=number), by=None, now=NOW + datetime.timedelta(hours=1))
    assert list(priced.all()) == [8000, 8333, None]
    load("rates", "currency,day,rate\nGBP,2026-01-01,0.8\n")
    assert price_waiting_subscriptions(company=Company.current()) == 1
    assert list(priced.all()) == [8000, 8333, 625]
