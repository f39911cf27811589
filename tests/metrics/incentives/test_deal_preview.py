"""What a deal pays before it is won is what its statement line says afterwards."""

import datetime
from decimal import Decimal

import pytest

from accounts.models import Company
from metrics.incentives.company_facts import CompanyFacts
from metrics.incentives.preview import deal_earning
from metrics.incentives.statements import parse_stated, statements_of
from pipeline.actions.deal_parts import set_credits
from pipeline.actions.deals import create_deal
from pipeline.actions.outcomes import lose_deal, win_deal
from pipeline.models import LostReason
from tests.metrics.incentives.paying import NOW, STEPS, publish, win

RETRO = STEPS.replace("marginal", "retroactive")


def earning(cast, deal, now=NOW, who="rep"):
    company = Company.current()
    deal.refresh_from_db()
    return deal_earning(deal, cast.reps[who], shared=CompanyFacts(company, now.date()), now=now)


def offered(cast, amount=1000):
    made = NOW - datetime.timedelta(days=9)
    return create_deal(by=None, now=made, name="Offered", owner=cast.reps["rep"], amount=Decimal(amount))


@pytest.mark.parametrize(
    ("component", "pays"),
    [
        (STEPS, 40 + 75),  # 800 of the first 1,000 are gone with 200 won: 5 % of 800, 10 % of the other 750
        (RETRO, 175 + 0),  # 10 % of 1,750 is 175, less the 10 that were there, and the deal's own line is 155
    ],
)
def test_a_preview_is_the_line_of_the_statement(cast, component, pays):
    publish(cast, component=component)
    win(cast, 200, "2026-11-05")
    deal = offered(cast, 1550)
    before = earning(cast, deal)
    win_deal(deal=deal, by=None, now=NOW)
    company = Company.current()
    period = parse_stated("2026-11", company, NOW.date())
    view = statements_of(cast.reps["rep"], period, company=company, now=NOW)[0]
    assert [line.as_json("EUR") for line in before.lines] == [
        line.as_json("EUR") for line in view.lines if line.deal == deal.pk
    ]
    after = earning(cast, deal)
    gained = pays * 100 if component == STEPS else 17500 - 1000
    assert (before.amount, after.amount) == (gained, gained)


def test_a_share_pays_its_share_and_the_next_step_is_named(cast):
    publish(cast, component=STEPS)
    deal = offered(cast, 600)
    half = Decimal("0.5")
    set_credits(deal=deal, shares=[(cast.reps["rep"], half), (cast.reps["colleague"], half)], by=None, now=NOW)
    found = earning(cast, deal)
    assert found.amount == 1500  # 5 % of 300
    lacking, step = found.progress[0].next_step
    assert (lacking, step.rate) == (700, Decimal("0.1"))
    assert earning(cast, deal, who="rival") is None


def test_a_lost_deal_pays_nothing_and_pages_say_what_an_open_one_pays(cast, client):
    publish(cast, day="2020-01-01", component=STEPS)
    deal = offered(cast)
    client.force_login(cast.rep)
    for address in (deal.get_absolute_url(), f"{deal.get_absolute_url()}win/"):
        text = client.get(address).content.decode()
        assert "This deal pays you" in text
        assert "€50.00" in text  # 5 % of 1,000
    client.force_login(cast.manager)
    assert "This deal pays you" not in client.get(deal.get_absolute_url()).content.decode()
    lose_deal(deal=deal, reason=LostReason.objects.get_or_create(name="Price")[0], by=None, now=NOW)
    assert earning(cast, deal) is None
