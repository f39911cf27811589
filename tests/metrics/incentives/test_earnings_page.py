"""The page of a rep's earnings: what is in which state, by hand, and whose earnings a reader sees."""

import datetime

import pytest
from django.urls import reverse

from accounts.models import Company
from metrics.actions.statements import approve_statements, pay_statement
from metrics.incentives.statements import parse_stated
from metrics.pay.earnings import earnings_of
from pipeline.actions.outcomes import reopen_deal
from tests.metrics.incentives.paying import NOW, publish, win


def approve(cast, period):
    stated = parse_stated(period, Company.current(), NOW.date())
    return approve_statements(rep=cast.reps["rep"], period=stated, by=cast.admin, now=NOW)[0]


@pytest.fixture
def autumn(cast):
    """10 %: 1,000 in August paid, 2,000 in September approved, 500 in October open, 300 in November running."""
    publish(cast, day="2026-08-01")
    deals = {
        month: win(cast, amount, f"2026-{month}-10")
        for month, amount in (("08", 1000), ("09", 2000), ("10", 500), ("11", 300))
    }
    pay_statement(statement=approve(cast, "2026-08"), by=cast.admin, now=NOW)
    approve(cast, "2026-09")
    return cast, deals


def states(cast):
    found = earnings_of(cast.reps["rep"], company=Company.current(), now=NOW)
    return {one.period: (one.state, one.amount) for one in found.history}


def test_each_period_stands_in_its_state(autumn):
    cast, deals = autumn
    assert states(cast) == {
        "2026-08": ("paid", 10000), "2026-09": ("approved", 20000), "2026-10": ("pending", 5000),
        "2026-11": ("accruing", 3000),
    }  # fmt: skip
    reopen_deal(deal=deals["09"], by=None, now=NOW)
    corrected = states(cast)
    assert corrected["2026-09"] == ("approved", 20000)
    assert corrected["2026-10"] == ("pending", 5000 - 20000)


def test_the_page_shows_sums_and_the_periods_add_up(autumn, client, monkeypatch):
    cast, _deals = autumn
    monkeypatch.setattr("metrics.views.earnings.timezone.now", lambda: NOW)
    client.force_login(cast.rep)
    answer = client.get(reverse("metrics:earnings"))
    tiles = {tile["label"]: [str(amount) for amount, _currency in tile["amounts"]] for tile in answer.context["tiles"]}
    assert tiles == {"Accrued": ["30.00"], "Pending": ["50.00"], "Approved": ["200.00"], "Paid": ["100.00"]}
    assert answer.context["chart"]["total"]["cells"] == ["€380.00"]
    assert [row.deal_name for row in answer.context["blocks"][0].rows] == ["rep 2026-11-10 300"]


def test_a_manager_sees_the_team_and_a_rep_only_himself(autumn, client):
    cast, _deals = autumn
    own, colleague, rival = (cast.reps[name].pk for name in ("rep", "colleague", "rival"))
    address = reverse("metrics:earnings")
    client.force_login(cast.manager)
    assert client.get(f"{address}?rep={own}").context["rep"].pk == own
    assert client.get(f"{address}?rep={rival}").status_code == 404
    client.force_login(cast.rep)
    assert client.get(f"{address}?rep={colleague}").context["rep"].pk == own
    client.force_login(cast.leader)
    assert client.get(address).status_code == 404


def test_without_a_plan_the_page_says_so(cast, client):
    client.force_login(cast.rival)
    assert "No plan pays here yet" in client.get(reverse("metrics:earnings")).content.decode()
    assert earnings_of(cast.reps["rival"], company=Company.current(), now=NOW).history == []
    later = NOW + datetime.timedelta(days=40)
    assert earnings_of(cast.reps["rep"], company=Company.current(), now=later).currency == ""
