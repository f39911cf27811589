"""A rep's target on Today and on the own numbers: what is reached, what is left, the way there, all by hand."""

from decimal import Decimal
from fractions import Fraction

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Company
from accounts.working_days import WorkingCalendar
from metrics.actions.statements import approve_statements, pay_statement
from metrics.actions.targets import set_target
from metrics.goals.goal import goal_of
from metrics.goals.practices import practice_of
from metrics.incentives.statements import parse_stated
from metrics.periods import parse_period
from metrics.scopes import rep_scope
from pipeline.actions.activities import log_activity
from pipeline.models import LostReason
from tests.metrics.books import NOW, at, lost, open_deal, won
from tests.metrics.incentives.paying import publish, win

pytestmark = pytest.mark.django_db
PAGES = [reverse("metrics:today"), reverse("metrics:my_numbers")]


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


def propose(deal, on):
    log_activity(by=None, now=on, kind="proposal", owner=deal.owner, deal=deal, done_at=on)
    return deal


@pytest.fixture
def practised(cast):
    """Five closed deals with a proposal, three of them won within 8, 10 and 14 days for 10,000 each; one is out."""
    rep = cast.reps["rep"]
    for day, days in ((1, 8), (2, 10), (3, 14)):
        propose(won(rep, 10_000, at(9, day), at(9, day + days)), at(9, day))
    for day in (7, 8):
        propose(lost(rep, 700, at(9, day), at(9, 20)), at(9, day))
    propose(open_deal(rep, 500, at(10, 1)), at(10, 6))
    return cast


def aim(cast, period, value):
    goal = goal_of("won_revenue", rep_scope(cast.reps["rep"]), parse_period(period, today=NOW.date()), Decimal(value))
    set_target(goal=goal, by=cast.admin, now=NOW)


def practice(cast):
    company = Company.current()
    return practice_of(
        cast.reps["rep"], company=company, today=NOW.date(), calendar=WorkingCalendar.of(company)
    )  # fmt: skip


def test_practice_is_what_became_of_own_proposals(practised):
    found = practice(practised)
    assert (found.what, found.tried, found.won, found.out) == ("proposal", 5, 3, 1)
    assert (found.days, found.size) == (10, 1_000_000)
    assert found.best == Fraction(5, 22)  # September 2026 has 22 working days


def test_what_is_no_try_does_not_count(practised):
    rep, test = practised.reps["rep"], LostReason.objects.create(name="Test", counts=False)
    void = propose(lost(rep, 5, at(10, 1), at(10, 5)), at(10, 2))
    type(void).objects.filter(pk=void.pk).update(lost_reason=test)
    propose(won(practised.reps["colleague"], 5, at(10, 1), at(10, 5)), at(10, 2))
    propose(won(rep, 99, at(9, 1, 2025), at(10, 5, 2025)), at(9, 2, 2025))
    assert (practice(practised).tried, practice(practised).size) == (5, 1_000_000)


def test_without_proposals_deals_themselves_count(cast):
    for day in range(1, 6):
        won(cast.reps["rep"], 1000, at(9, day), at(9, day + 4))
    found = practice(cast)
    assert (found.what, found.tried, found.won, found.days) == ("deal", 5, 5, 4)


@pytest.mark.parametrize("address", PAGES)
def test_the_way_to_the_quarter_is_on_the_page(client, practised, address):
    """Nothing is won yet this quarter: 50,000 are 5 wins, at 3 of 5 that is 8.33: nine proposals, one is out.

    Ten days before the year's end is Monday 21 December: 22 working days from Friday 20 November, eight proposals.
    """
    aim(practised, "2026-Q4", 50_000)
    client.force_login(practised.rep)
    target = client.get(address).context["target"]
    assert (target["title"], target["left"], target["days"]) == ("Q4 2026", 50_000, 30)
    assert target["a_day"] == Decimal("1666.66")
    assert (target["way"].state, target["way"].needed, target["way"].days) == ("steep", 8, 22)
    assert target["words"]["main"].startswith(
        "No longer feasible: 8 proposals in 22 working days are 0.4 a day; the best month had 0.2."
    )


def test_a_target_within_reach_is_broken_down_to_days(client, practised):
    """20,000 are 2 wins: 3.33, so four proposals, one is out; three in 22 working days."""
    aim(practised, "2026-Q4", 20_000)
    client.force_login(practised.rep)
    response = client.get(PAGES[1])
    words = response.context["target"]["words"]
    assert words["main"] == "That takes 3 proposals by 21 Dec, the next one by 1 Dec."
    assert "3 of 5 deals with a proposal won" in words["because"]
    assert words["main"] in response.content.decode()


def test_there_is_no_way_ahead_without_a_target_or_from_an_earlier_day(client, practised):
    client.force_login(practised.rep)
    assert client.get(PAGES[1]).context["target"] is None
    aim(practised, "2026-Q4", 20_000)
    assert client.get(f"{PAGES[1]}?as_of=2026-11-02").context["target"] is None


def test_the_period_of_the_address_comes_first(client, practised):
    aim(practised, "2026-Q4", 20_000)
    aim(practised, "2026-11", 5_000)
    client.force_login(practised.rep)
    assert client.get(f"{PAGES[1]}?period=2026-11").context["target"]["title"] == "November 2026"
    assert client.get(f"{PAGES[1]}?period=2026-08").context["target"]["title"] == "Q4 2026"


def test_the_next_payout_is_the_earliest_period_that_is_not_paid(client, cast):
    """10 %: 2,000 won in September, 300 in November; September is approved, then paid."""
    client.force_login(cast.rep)
    assert client.get(PAGES[0]).context["payout"] is None
    publish(cast)
    win(cast, 2000, "2026-09-10")
    win(cast, 300, "2026-11-10")

    def shown():
        payout = client.get(PAGES[0]).context["payout"]
        return payout.period, payout.state, [(str(amount), currency) for amount, currency in payout.amounts]

    assert shown() == ("September 2026", "pending", [("200.00", "EUR")])
    stated = parse_stated("2026-09", Company.current(), NOW.date())
    approved = approve_statements(rep=cast.reps["rep"], period=stated, by=cast.admin, now=NOW)[0]
    assert shown() == ("September 2026", "approved", [("200.00", "EUR")])
    pay_statement(statement=approved, by=cast.admin, now=NOW)
    assert shown() == ("November 2026", "accruing", [("30.00", "EUR")])
    assert "€30.00" in client.get(PAGES[0]).content.decode()
