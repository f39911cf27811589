"""Won money by the touches of its deals: each model adds up to won revenue, whoever's and however it is sliced."""

import datetime
import random
from decimal import Decimal
from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import call_command

from accounts.models import Account, Contact, Rep
from metrics.asking import ask
from metrics.errors import QuestionRefused
from metrics.measures.attribution import MODELS
from metrics.records.lists import list_records
from pipeline.models import Campaign, Deal, Lead, Touch
from tests.metrics.everyone import everyone
from tests.metrics.test_worked_cases import CASES

NOW = datetime.datetime(2026, 7, 1, 12, tzinfo=datetime.UTC)


def asked(slug, period="2026-05", scope="company", by="", where=()):
    words = {"period": period, "scope": scope, "by": by}
    return ask(slug, words, user=everyone(), now=NOW, where=where, stored=True)


def value(slug, **more):
    return asked(slug, **more).figure(NOW).value.value


def members(slug, by, **more):
    return {row.member.key: row.value.value for row in asked(slug, by=by, **more).figure(NOW).by}


@pytest.fixture
def myrtle(settings, db):
    settings.COMPANY_TIME_ZONE, settings.BASE_CURRENCY = "UTC", "USD"
    folder = CASES / "myrtle"
    for kind in ("teams", "reps", "accounts", "channels", "campaigns", "rates", "spend", "products", "deals"):
        call_command("import_data", kind, str(folder / f"{kind}.csv"), "--json", stdout=StringIO())
    return SimpleNamespace(deals={deal.external_id: deal for deal in Deal.objects.all()})


def touch(day, campaign, **whom):
    at = datetime.datetime.fromisoformat(f"2026-{day}:00+00:00")
    Touch.objects.create(campaign=Campaign.objects.get(name=campaign), kind="visit", at=at, **whom)


def touch_the_first_deal(myrtle):
    """D1, 1,000, closed on 20 May: Spring three weeks before, Summer two, Fair one; a visit too late; D2 has none."""
    deal = myrtle.deals["D1"]
    lead = Lead.objects.create(name="Lia", created_at=NOW, created_on=NOW.date(), deal=deal)
    person = Contact.objects.create(account=Account.objects.get(external_id="A1"), name="Kim")
    Deal.objects.filter(pk=deal.pk).update(contact=person)
    touch("04-30T12:00", "Spring", lead=lead)
    touch("05-07T12:00", "Summer", contact=person)
    touch("05-14T12:00", "Fair", contact=person)
    touch("05-21T12:00", "Spring", lead=lead)


@pytest.mark.parametrize(
    ("model", "spring", "summer", "fair"),
    [
        ("", None, None, "1000"),
        ("last", None, None, "1000"),
        ("first", "1000", None, None),
        ("linear", "333.34", "333.33", "333.33"),
        ("position", "400", "200", "400"),
        # Weights 1, 2 and 4: a seventh is 142.857.
        ("time_decay", "142.86", "285.71", "571.43"),
    ],
)
def test_a_deal_is_split_as_its_model_says(myrtle, model, spring, summer, fair):
    touch_the_first_deal(myrtle)
    where = [f"model={model}"] if model else []
    wanted = {"Spring": spring, "Summer": summer, "Fair": fair, "unknown": "500"}
    got = members("attributed_revenue", "campaign", where=where)
    assert got == {key: Decimal(text) for key, text in wanted.items() if text}
    for key, amount in got.items():
        records = list_records(*told(asked("attributed_revenue", where=[*where, f"campaign={key}"])))
        assert sum(record.numerator for record in records) == amount
    assert value("attributed_revenue", where=where) == 1500


def told(found):
    return found.metric, found.question


def test_models_stand_side_by_side_and_another_is_refused(myrtle):
    touch_the_first_deal(myrtle)
    assert members("attributed_revenue", "model") == dict.fromkeys(MODELS, Decimal(1500))
    assert members("romi", "model", where=["campaign=Fair"]) == {
        "last": Decimal("0.25"),  # (1,000 - 800) / 800
        "first": Decimal(-1),
        "linear": Decimal("-0.5833375"),  # 333.33
        "position": Decimal("-0.5"),
        "time_decay": Decimal("-0.2857125"),  # 571.43
    }
    linear = asked("romi", by="campaign", where=["model=linear"]).figure(NOW)
    assert {row.member.key: row.value.numerator for row in linear.by} == {
        "Spring": Decimal("-866.66"),  # 333.34 - 1,200
        "Summer": Decimal("333.33"),
        "Fair": Decimal("-466.67"),
        "unknown": Decimal(500),
    }
    assert linear.warnings == ["2 deals without known costs, counted at 0"]
    with pytest.raises(QuestionRefused, match="is no model here"):
        value("attributed_revenue", where=["model=magic"])


def test_a_campaign_influences_for_half_a_year_and_a_total_counts_once(myrtle):
    touch_the_first_deal(myrtle)
    lead = Lead.objects.create(name="Lou", created_at=NOW, created_on=NOW.date(), deal=myrtle.deals["D5"])
    # D5 was closed on 30 June, a date without a time: 180 days before its last instant is the end of 1 January.
    touch("01-02T00:00", "Spring", lead=lead)
    touch("01-01T23:00", "Fair", lead=lead)
    names = {"Spring": Decimal(1000), "Summer": Decimal(1000), "Fair": Decimal(1000)}
    assert members("campaign_influenced_revenue", "campaign") == names
    assert value("campaign_influenced_revenue") == 1000
    assert members("campaign_influenced_revenue", "campaign", period="2026-06") == {"Spring": Decimal(2000)}
    assert members("campaign_influenced_revenue", "channel", period="2026-Q2")["Ads"] == 3000


def test_random_touches_add_up_in_every_model_and_scope(myrtle):
    chance = random.Random(20260530)  # noqa: S311  reproducible, nothing secret
    campaigns = list(Campaign.objects.order_by("pk"))
    for deal in myrtle.deals.values():
        lead = Lead.objects.create(name="Lia", created_at=NOW, created_on=NOW.date(), deal=deal)
        for _ in range(chance.randrange(6)):
            at = NOW - datetime.timedelta(minutes=chance.randrange(60 * 24 * 200))
            Touch.objects.create(campaign=chance.choice(campaigns), kind="visit", at=at, lead=lead)
    scopes = ["company", "team:north", *(f"rep:{rep.email}" for rep in Rep.objects.all())]
    for scope in scopes:
        won = value("won_revenue", period="2026-Q2", scope=scope)
        for model in MODELS:
            where = [f"model={model}"]
            assert value("attributed_revenue", period="2026-Q2", scope=scope, where=where) == won
            for by in ("campaign", "channel", "month", "day"):
                found = members("attributed_revenue", by, period="2026-Q2", scope=scope, where=where)
                assert sum(found.values()) == won
