"""What a deal pays over the API: the statement's arithmetic, for those who see the rep's pay."""

import datetime
from decimal import Decimal

import pytest
import time_machine

from pipeline.actions.deals import create_deal
from tests.metrics.incentives.paying import NOW, STEPS, publish, win

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def offered(cast):
    """800 of the first 1,000 are left: 5 % of 800 and 10 % of the other 750 are 40 and 75."""
    publish(cast, component=STEPS)
    win(cast, 200, "2026-11-05")
    made = NOW - datetime.timedelta(days=9)
    return create_deal(by=None, now=made, name="Offered", owner=cast.reps["rep"], amount=Decimal(1550))


def ask(client, user, deal):
    client.force_login(user)
    return client.get(f"/api/v1/deals/{deal.pk}/earnings/")


@pytest.mark.parametrize("who", ["rep", "manager", "leader", "admin"])
def test_who_sees_the_pay_gets_the_lines(client, cast, offered, who):
    found = ask(client, getattr(cast, who), offered).json()
    assert (found["deal"], found["outcome"], found["if_won_now"]) == (offered.pk, "open", True)
    earning = found["earning"]
    assert (earning["rep"], earning["period"], earning["currency"]) == ("rep@cast.test", "2026-11", "EUR")
    assert earning["amount"] == "115.00"
    assert [(line["rate"], line["amount"]) for line in earning["lines"]] == [("0.05", "40.00"), ("0.1", "75.00")]


@pytest.mark.parametrize("who", ["colleague", "rival", "other_manager"])
def test_a_deal_out_of_sight_is_absent(client, cast, offered, who):
    assert ask(client, getattr(cast, who), offered).status_code == 404


def test_without_a_plan_there_is_nothing(client, cast):
    assert ask(client, cast.rep, cast.owns["rep"].deal).json()["earning"] is None


def test_nobody_reads_the_pay_of_another(client, cast, offered):
    client.force_login(cast.rep)
    address = f"/api/v1/deals/{offered.pk}/earnings/?rep="
    other = client.get(f"{address}{cast.reps['rival'].pk}").json()
    assert (other["rep"], other["earning"]) == (None, None)
    refused = client.get(f"{address}two")
    assert (refused.status_code, refused.json()["errors"][0]["attr"]) == (400, "rep")
