"""Figures of pay: who may ask what, and that they say what they leave out. The figures: ``tests/data/cases/linden``."""

import datetime

import pytest

from accounts.models import Company, ExchangeRate
from metrics.actions.calculated_statements import calculate_period
from metrics.actions.statement_pricing import price_waiting_statements
from metrics.actions.statements import approve_statements
from metrics.asking import ask
from metrics.errors import QuestionRefused
from metrics.models import Statement
from metrics.records.lists import list_records
from tests.metrics.incentives.by_hand import month
from tests.metrics.incentives.paying import NOW, publish, win


@pytest.fixture
def paid(cast):
    """100 for the rep and 20 for the colleague in September, approved; October calculated only."""
    publish(cast)
    win(cast, 1000, "2026-09-10")
    win(cast, 200, "2026-09-11", owner="colleague")
    for name in ("rep", "colleague"):
        approve_statements(rep=cast.reps[name], period=month("2026-09"), by=cast.admin, now=NOW)
    return cast


def asked(user, slug="incentive_payout", where=(), **words):
    return ask(slug, {"period": "2026-09", **words}, where=where, user=user, now=NOW, stored=False)


def leaderboard(on=True):
    Company.objects.update(leaderboard=on)


def value(user, **words):
    return asked(user, **words).figure(NOW).as_json()["value"]


def test_everyone_sees_the_pay_that_is_his_to_see(paid):
    assert value(paid.admin) == value(paid.leader) == "120"
    assert value(paid.manager) == "120"  # of the team
    assert value(paid.rep) == "100"
    assert value(paid.colleague) == "20"
    with pytest.raises(QuestionRefused):
        value(paid.rep, scope=f"rep:{paid.colleague.email}")


def test_with_a_leaderboard_nobody_reads_another_ones_pay_from_the_companys(paid):
    leaderboard()
    assert value(paid.rep, scope="company") == "120"
    for words in ({"by": "rep"}, {"by": "team"}, {"where": ["team=north"]}):
        found = asked(paid.rep, scope="company", **words).figure(NOW).as_json()
        assert not found.get("by")
        assert (found["value"] == "120") == ("by" in words)
        assert any("as a whole only" in text for text in found["warnings"])
    found = asked(paid.rep, scope="company")
    rows = list_records(found.metric, found.question)
    assert [(row.name, str(row.numerator)) for row in rows] == [("Statements", "120.00")]
    assert value(paid.manager, scope="team:north", by="rep") == "120"
    leaderboard(on=False)
    found = asked(paid.admin, scope="company")
    assert {str(row.numerator) for row in list_records(found.metric, found.question)} == {"100.00", "20.00"}


def test_the_page_says_so_in_words(paid, client):
    leaderboard()
    client.force_login(paid.rep)
    page = client.get("/metrics/incentive_payout/?period=2026-09&scope=company")
    assert page.status_code == 200
    assert "€120" in page.content.decode()
    page = client.get("/metrics/incentive_payout/?period=2026-09&scope=company&by=rep")
    assert page.status_code == 200
    assert "Colleague" not in page.content.decode()


def test_what_is_not_approved_is_said_and_not_counted(paid):
    win(paid, 500, "2026-10-05")
    calculate_period(period="2026-10", now=NOW)
    found = asked(paid.admin, period="2026-10").figure(NOW).as_json()
    assert (found["value"], found["n"]) == ("0", 0)
    assert any(
        text.startswith("2 statements of the period are calculated and not approved") for text in found["warnings"]
    )


def test_a_period_ends_before_the_first_day_of_the_next(paid):
    """Both statements of October lie on the 1st: none of them waits in September, both do in October."""
    calculate_period(period="2026-10", now=NOW)
    Statement.objects.filter(ends_on="2026-10-31").update(ends_on="2026-10-01")
    assert not any("not approved" in text for text in asked(paid.admin).figure(NOW).as_json()["warnings"])
    found = asked(paid.admin, period="2026-10").figure(NOW).as_json()
    assert any(text.startswith("2 statements of the period") for text in found["warnings"])


def test_a_total_without_a_rate_is_converted_when_its_rate_comes(cast):
    """50 dollars at 1.25 for one euro are 40 euros."""
    publish(cast, currency="USD")
    ExchangeRate.objects.all().delete()
    day = datetime.date(2026, 9, 30)
    calculate_period(period="2026-09", now=NOW)
    row = Statement.objects.filter(rep=cast.reps["rep"]).get()
    Statement.objects.filter(pk=row.pk).update(total_minor=5000)
    assert (row.base_minor, row.team) == (None, cast.north)
    assert price_waiting_statements(now=NOW, company=Company.current()) == 0
    ExchangeRate.objects.create(base="EUR", currency="USD", day=day, rate="1.25")
    assert price_waiting_statements(now=NOW, company=Company.current()) == 2
    row.refresh_from_db()
    assert row.base_minor == 4000
