"""Products, channels, campaigns, spend, rates, the company and the settings' home."""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.actions.configuration import create_row
from accounts.actions.rates import change_rate, create_rate
from accounts.errors import ActionRefused
from accounts.models import AuditEntry, Company, ExchangeRate
from accounts.working_days import WorkingCalendar
from pipeline.actions.catalogue import change_channel
from pipeline.actions.spend import create_spend, take_in_rate
from pipeline.models import Campaign, CampaignSpend, ChangedDay, Channel, Lead, Product
from tests.cast import NOW
from tests.pipeline.statements import statements_of

TODAY = NOW.date()
DAY = datetime.timedelta(days=1)
WORK = {
    "working_weekdays": ["1", "2", "3", "4"],
    "opens_at": "08:30",
    "closes_at": "17:00",
    "holidays": "2026-12-25 Christmas Day\n\n2026-12-26",
}
LISTS = ("product_list", "channel_list", "campaign_list", "rate_list", "rep_list", "pipeline_list", "lost_reason_list")


@pytest.fixture
def admin(client, cast):
    client.force_login(cast.admin)
    return client


@pytest.fixture
def campaign(cast):
    return create_row(Campaign, name="Autumn", by=cast.admin, now=NOW)


@pytest.mark.parametrize("page", ["settings", "settings_company", *LISTS])
@pytest.mark.parametrize("role", ["rep", "manager", "leader", "admin"])
def test_the_set_up_is_for_admins(client, cast, page, role):
    client.force_login(getattr(cast, role))
    assert client.get(reverse(f"pipeline:{page}")).status_code == (200 if role == "admin" else 404)


@pytest.mark.parametrize("page", LISTS)
def test_a_list_costs_the_same_for_many(admin, cast, page):
    few = len(statements_of(admin, reverse(f"pipeline:{page}")))
    channel = Channel.objects.create(name="Web")
    for n in range(20):
        Product.objects.create(name=f"P {n}")
        Channel.objects.create(name=f"C {n}")
        row = Campaign.objects.create(name=f"K {n}", channel=channel)
        CampaignSpend.objects.create(campaign=row, day=TODAY, amount=1, currency="EUR", base_minor=100)
        ExchangeRate.objects.create(currency="USD", day=TODAY - n * DAY, rate=1)
    assert len(statements_of(admin, reverse(f"pipeline:{page}"))) <= few + 1


def test_the_checklist_ticks_off_what_is_done(admin, cast):
    def left():
        return {step.page for step in admin.get(reverse("pipeline:settings")).context["steps"] if not step.is_done}

    assert left() == {
        "pipeline:settings_company", "pipeline:lost_reason_list", "pipeline:channel_list", "pipeline:product_list",
    }  # fmt: skip
    body = {"name": "Acme", "fiscal_year_start_month": "4", "rate_max_age_days": "14", "leaderboard": "on", **WORK}
    assert admin.post(reverse("pipeline:settings_company"), body).status_code == 302
    assert left() == {"pipeline:lost_reason_list", "pipeline:channel_list", "pipeline:product_list"}
    company = Company.current()
    assert (company.name, company.fiscal_year_start_month, company.rate_max_age_days, company.leaderboard) == (
        "Acme", 4, 14, True,
    )  # fmt: skip
    calendar = WorkingCalendar.of(company)
    christmas = datetime.date(2026, 12, 25)
    assert (calendar.weekdays, calendar.holidays) == ({0, 1, 2, 3}, {christmas, christmas + DAY})


@pytest.mark.parametrize(
    "wrong",
    [
        {"fiscal_year_start_month": "13"}, {"rate_max_age_days": "-1"}, {"name": ""}, {"working_weekdays": []},
        {"working_weekdays": ["8"]}, {"closes_at": "08:30"}, {"opens_at": "8 o'clock"},
        {"holidays": "2026-02-30 No day"},
    ],
)  # fmt: skip
def test_a_company_that_makes_no_sense_is_refused(admin, cast, wrong):
    body = {"name": "Acme", "fiscal_year_start_month": "4", "rate_max_age_days": "14", **WORK}
    answer = admin.post(reverse("pipeline:settings_company"), body | wrong)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == list(wrong)


def test_zone_and_currency_are_shown_and_stay(admin, cast):
    page = admin.get(reverse("pipeline:settings_company")).content.decode()
    assert "Zone and currency stay" in page
    body = {"name": "Acme", "fiscal_year_start_month": "1", "rate_max_age_days": "31", **WORK}
    admin.post(reverse("pipeline:settings_company"), body | {"base_currency": "JPY", "time_zone": "Asia/Tokyo"})
    assert Company.current().base_currency == "EUR"


def test_a_product_is_made_changed_and_deleted(admin, cast):
    body = {"name": "Plan", "sku": "", "list_price": "1.250,50", "unit_cost": "0"}
    assert admin.post(reverse("pipeline:product_create"), body).status_code == 302
    product = Product.objects.get(name="Plan")
    assert (product.sku, product.list_price, product.unit_cost) == (None, Decimal("1250.50"), 0)
    twin = admin.post(reverse("pipeline:product_create"), body)
    assert twin.status_code == 422
    admin.post(reverse("pipeline:product_edit", args=[product.pk]), body | {"list_price": ""})
    change = AuditEntry.objects.get(action="change", subject_kind="product")
    assert change.detail == {"from": {"list_price": "1250.5000"}, "to": {"list_price": None}}
    assert admin.post(reverse("pipeline:product_delete", args=[product.pk])).status_code == 302
    assert not Product.objects.exists()


def test_a_value_below_zero_is_refused(admin, cast):
    answer = admin.post(reverse("pipeline:product_create"), {"name": "Plan", "list_price": "-1"})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["list_price"]


def test_a_channel_in_use_stays(admin, cast):
    channel = create_row(Channel, name="Web", kind="organic", by=cast.admin, now=NOW)
    Lead.objects.filter(pk=cast.owns["rep"].lead.pk).update(channel=channel)
    answer = admin.post(reverse("pipeline:channel_delete", args=[channel.pk]))
    assert answer.status_code == 422
    assert "1 lead" in answer.content.decode()
    assert "1 lead" in admin.get(reverse("pipeline:channel_delete", args=[channel.pk])).content.decode()


def test_turning_a_channel_outbound_queues_the_days_of_its_answered_leads(cast):
    channel = create_row(Channel, name="Web", kind="organic", by=cast.admin, now=NOW)
    Lead.objects.filter(pk=cast.owns["rep"].lead.pk).update(channel=channel, response_minutes=5)
    ChangedDay.objects.all().delete()
    change_channel(channel=channel, name="Web", kind="paid", by=cast.admin, now=NOW)
    assert not ChangedDay.objects.exists()
    change_channel(channel=channel, name="Web", kind="outbound", by=cast.admin, now=NOW)
    assert [(row.subject, row.day) for row in ChangedDay.objects.all()] == [("leads", TODAY)]


def test_a_campaign_ends_after_it_starts(admin, cast):
    body = {"name": "Autumn", "status": "running", "starts_on": "2026-10-02", "ends_on": "2026-10-01"}
    answer = admin.post(reverse("pipeline:campaign_create"), body)
    assert list(answer.context["form"].errors) == ["ends_on"]
    assert admin.post(reverse("pipeline:campaign_create"), body | {"ends_on": "2026-10-03"}).status_code == 302


def test_a_campaign_with_spend_stays(admin, cast, campaign):
    create_spend(campaign=campaign, day=TODAY, amount=Decimal(10), currency="EUR", by=cast.admin, now=NOW)
    answer = admin.post(reverse("pipeline:campaign_delete", args=[campaign.pk]))
    assert answer.status_code == 422
    assert "1 day of spend" in answer.content.decode()


# --- spend and rates


def test_spend_is_converted_at_the_rate_of_its_day(cast, campaign):
    create_rate(currency="USD", base="EUR", day=TODAY - DAY, rate=Decimal("1.25"), by=cast.admin, now=NOW)
    spend = create_spend(campaign=campaign, day=TODAY, amount=Decimal(10), currency="usd", by=cast.admin, now=NOW)
    assert (spend.currency, spend.base_minor) == ("USD", 800)


def test_spend_waits_for_a_rate_and_is_converted_when_it_comes(cast, campaign):
    spend = create_spend(campaign=campaign, day=TODAY, amount=Decimal(10), currency="USD", by=cast.admin, now=NOW)
    assert spend.base_minor is None
    take_in_rate(currency="USD", base="EUR", day=TODAY, rate=Decimal("1.25"), by=cast.admin, now=NOW)
    spend.refresh_from_db()
    assert spend.base_minor == 800


def test_a_rate_that_is_corrected_moves_nothing(cast, campaign):
    rate = create_rate(currency="USD", base="EUR", day=TODAY, rate=Decimal("1.25"), by=cast.admin, now=NOW)
    spend = create_spend(campaign=campaign, day=TODAY, amount=Decimal(10), currency="USD", by=cast.admin, now=NOW)
    change_rate(row=rate, rate=Decimal(2), by=cast.admin, now=NOW)
    spend.refresh_from_db()
    assert spend.base_minor == 800


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"day": TODAY + DAY}, "day"),
        ({"currency": "XXQ"}, "currency"),
        ({"amount": Decimal("1.005")}, "amount"),
    ],
)
def test_spend_that_makes_no_sense_is_refused(cast, campaign, wrong, field):
    values = {"day": TODAY, "amount": Decimal(1), "currency": "EUR"} | wrong
    with pytest.raises(ActionRefused) as refused:
        create_spend(campaign=campaign, by=cast.admin, now=NOW, **values)
    assert refused.value.field == field


def test_spend_of_a_day_is_entered_once_and_can_be_changed(admin, cast, campaign):
    address = reverse("pipeline:spend_create", args=[campaign.pk])
    body = {"day": "2026-11-02", "amount": "99,90", "currency": "eur"}
    assert admin.post(address, body).status_code == 302
    twice = admin.post(address, body)
    assert (twice.status_code, list(twice.context["form"].errors)) == (422, ["day"])
    spend = CampaignSpend.objects.get()
    assert spend.base_minor == 9990
    admin.post(reverse("pipeline:spend_edit", args=[spend.pk]), body | {"amount": "100"})
    page = admin.get(reverse("pipeline:spend_list", args=[campaign.pk])).content.decode()
    assert "€100.00" in page
    assert admin.post(reverse("pipeline:spend_delete", args=[spend.pk])).status_code == 302
    assert not CampaignSpend.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"rate": "0"}, "rate"),
        ({"currency": "EUR"}, "currency"),
        ({"currency": "QQQ"}, "currency"),
        ({"day": "2999-01-01"}, "day"),
        ({"day": "2026-11-01"}, "__all__"),
        ({"rate": "1.12345678901"}, "rate"),
    ],
)
def test_a_rate_that_makes_no_sense_is_refused(admin, cast, wrong, field):
    ExchangeRate.objects.create(currency="USD", base="EUR", day="2026-11-01", rate=1)
    body = {"currency": "USD", "base": "EUR", "day": "2026-11-02", "rate": "1.0845"}
    answer = admin.post(reverse("pipeline:rate_create"), body | wrong)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]


def test_rates_are_listed_corrected_and_deleted(admin, cast):
    admin.post(
        reverse("pipeline:rate_create"), {"currency": "usd", "base": "EUR", "day": "2026-11-02", "rate": "1,0845"}
    )
    rate = ExchangeRate.objects.get()
    assert rate.rate == Decimal("1.0845")
    assert "1.0845" in admin.get(reverse("pipeline:rate_list") + "?currency=USD").content.decode()
    assert admin.post(reverse("pipeline:rate_edit", args=[rate.pk]), {"rate": "1.09"}).status_code == 302
    rate.refresh_from_db()
    assert (rate.rate, rate.currency) == (Decimal("1.09"), "USD")
    assert admin.post(reverse("pipeline:rate_delete", args=[rate.pk])).status_code == 302
    assert not ExchangeRate.objects.exists()
