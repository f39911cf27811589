"""What pay reads: a trial asks no more for more reps and deals, a statement's page no more than its period needs."""

import datetime
import gc
import threading

import pytest
from django.urls import reverse

from accounts.collector import collector_at_rest
from accounts.models import Company
from metrics.actions.calculated_statements import calculate_rep
from metrics.incentives.company_facts import CompanyFacts
from metrics.incentives.simulation import simulate
from metrics.incentives.statements import Book
from pipeline.actions.outcomes import reopen_deal
from tests.metrics.incentives.by_hand import month
from tests.metrics.incentives.test_statements import NOW, approve, paid_team, people, terms, views, win  # noqa: F401
from tests.pipeline.statements import statements_of as statements_asked

STEPS = (
    "{name: Bookings, kind: commission, tiers: {by: amount, mode: retroactive,"
    " steps: [{from: 0, rate: 0.1}, {from: 1500, rate: 0.2}]}}"
)
FIRST, LAST = datetime.date(2026, 9, 1), datetime.date(2026, 11, 30)


def tried(component=STEPS):
    plan = terms(name="Tried", to="reps: [rep@cast.test, colleague@cast.test]", component=component)
    return simulate(plan, FIRST, LAST, company=Company.current(), today=NOW.date())


def test_a_trial_reads_all_reps_at_once(people, django_assert_max_num_queries, django_assert_num_queries):  # noqa: F811
    win(people, 1000, "2026-09-10")
    with django_assert_max_num_queries(20) as few:
        tried()
    for day in range(11, 25):
        win(people, 100, f"2026-10-{day}")
        win(people, 100, f"2026-10-{day}", owner="colleague")
    with django_assert_num_queries(len(few)):
        found = {one.rep.email: one.periods for one in tried().results}
    # 14 deals of 100 a month stay below the step of 1,500 (10 %); so does the one of 1,000 in September.
    assert found["rep@cast.test"] == {"2026-09": 10_000, "2026-10": 14_000, "2026-11": 0}
    assert found["colleague@cast.test"] == {"2026-09": 0, "2026-10": 14_000, "2026-11": 0}


def test_a_page_of_a_statement_asks_no_more_for_more_deals(paid_team, client):  # noqa: F811
    rep, company = paid_team.reps["rep"], Company.current()
    win(paid_team, 1000, "2026-11-02")
    shared = CompanyFacts(company, NOW.date())
    row = calculate_rep(rep=rep, period=month("2026-11"), shared=shared, now=NOW)[0]
    client.force_login(paid_team.admin)
    address = reverse("metrics:statement_detail", args=[row.pk])
    statements_asked(client, address)
    few = len(statements_asked(client, address))
    for day in range(3, 15):
        win(paid_team, 100, f"2026-11-{day:02}")
        win(paid_team, 100, f"2026-09-{day:02}")
    asked = statements_asked(client, address)
    assert len(asked) == few <= 20


@pytest.mark.parametrize("period", ["2026-09", "2026-10", "2026-11"])
def test_reading_less_says_the_same(paid_team, period):  # noqa: F811
    """One period approved, one that takes up its correction, one after it: as with all facts at hand."""
    rep = paid_team.reps["rep"]
    deal = win(paid_team, 1000, "2026-09-10")
    win(paid_team, 300, "2026-11-10")
    approve(paid_team, "2026-09")
    reopen_deal(deal=deal, by=None, now=datetime.datetime(2026, 10, 5, 9, tzinfo=datetime.UTC))
    whole = Book.open(rep, month(period), shared=CompanyFacts(Company.current(), NOW.date()))
    read = views(rep, period)
    assert [view.as_json() for view in read] == [view.as_json() for view in whole.views()]
    assert [view.total for view in read] == {"2026-09": [10_000], "2026-10": [-10_000], "2026-11": [3_000]}[period]


def test_the_collector_rests_until_the_last_one_is_done():
    entered, leave = threading.Event(), threading.Event()

    def other():
        with collector_at_rest():
            entered.set()
            leave.wait(10)

    thread = threading.Thread(target=other)
    with collector_at_rest():
        thread.start()
        entered.wait(10)
        assert not gc.isenabled()
    assert not gc.isenabled()
    leave.set()
    thread.join()
    assert gc.isenabled()
