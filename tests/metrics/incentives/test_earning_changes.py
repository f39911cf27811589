"""Why pay changed since yesterday, and what open deals would pay: on the page of earnings, by hand."""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.business_dates import day_start
from accounts.models import Company
from metrics.actions.statements import approve_statements
from metrics.actions.targets import set_target
from metrics.goals.goal import goal_of
from metrics.incentives.preview import deal_earning
from metrics.pay.change_words import cause_words
from metrics.pay.changes import changes_since
from metrics.pay.earnings import earnings_of
from metrics.pay.what_if import what_if
from metrics.scopes import rep_scope
from pipeline.actions.deal_parts import set_credits
from pipeline.actions.deals import change_deal, create_deal
from pipeline.actions.outcomes import reopen_deal, win_deal
from tests.metrics.incentives.by_hand import month
from tests.metrics.incentives.paying import NOW, STEPS, publish, win

DAY = datetime.timedelta(days=1)
RETRO = STEPS.replace("marginal", "retroactive")
ATTAINMENT = (
    "{name: Bookings, kind: commission, tiers: {by: attainment, of: won_revenue, mode: retroactive, "
    "steps: [{from: 0, rate: 0.1}, {from: 1, rate: 0.2}]}}"
)


def book_of(cast, who="rep"):
    return earnings_of(cast.reps[who], company=Company.current(), now=NOW).book


def since_yesterday(cast, who="rep"):
    book = book_of(cast, who)
    found = changes_since(book, day_start(NOW.date(), Company.current().zone))
    return [(cause_words(one, book), one.amount) for one in found]


def offered(cast, name, amount, close):
    return create_deal(
        by=None, now=NOW - 9 * DAY, name=name, owner=cast.reps["rep"], amount=Decimal(amount),
        expected_close_on=datetime.date.fromisoformat(close),
    )  # fmt: skip


def test_each_change_of_today_is_told_with_all_that_it_moves(cast):
    """10 % of 1,000 in September (approved) and of 600 and 400 in November, all known before today."""
    publish(cast)
    september, first, second = (win(cast, amount, day) for amount, day in
                                ((1000, "2026-09-10"), (600, "2026-11-10"), (400, "2026-11-11")))  # fmt: skip
    for name in ("2026-09", "2026-10"):
        approve_statements(rep=cast.reps["rep"], period=month(name), by=cast.admin, now=NOW - DAY)
    assert since_yesterday(cast) == []
    reopen_deal(deal=september, by=None, now=NOW)
    change_deal(deal=first, by=None, now=NOW + datetime.timedelta(minutes=1), amount=Decimal(650))
    half = [(cast.reps[name], Decimal("0.5")) for name in ("rep", "colleague")]
    set_credits(deal=second, shares=half, by=None, now=NOW + datetime.timedelta(minutes=2))
    new = create_deal(by=None, now=NOW - DAY, name="New", owner=cast.reps["rep"], amount=Decimal(100))
    win_deal(deal=new, by=None, now=NOW + datetime.timedelta(minutes=3))
    assert sorted(since_yesterday(cast), key=lambda row: row[1]) == [
        ("won no more, taken back from September 2026, which is approved", -10000),
        ("share 100% → 50%", -2000),
        ("amount €600.00 → €650.00", 500),
        ("won on 20 Nov 2026", 1000),
    ]
    assert since_yesterday(cast, "colleague") == [("share 0% → 50%", 2000)]


def test_a_correction_of_a_version_that_holds_no_longer_is_earned_too(cast):
    """October: 100 at 10 %, approved. Version 2 pays 75 for November; October's deal now pays 20 more, by version 1."""
    publish(cast)
    deal = win(cast, 1000, "2026-10-10")
    for name in ("2026-09", "2026-10"):
        approve_statements(rep=cast.reps["rep"], period=month(name), by=cast.admin, now=NOW - DAY)
    publish(cast, day="2026-11-01", component="{name: Bookings, kind: commission, rate: 0.15}")
    win(cast, 500, "2026-11-10")
    change_deal(deal=deal, by=None, now=NOW, amount=Decimal(1200))
    found = earnings_of(cast.reps["rep"], company=Company.current(), now=NOW)
    assert found.sums("accruing") == {"EUR": 7500 + 2000}
    assert sum(view.total for view in found.views) == 9500
    assert [amount for _words, amount in since_yesterday(cast)] == [2000]


def test_a_target_that_was_changed_today_is_told_without_a_deal(cast):
    """1,000 of a target of 2,000 pay 10 %; of 1,000 they pay 20 %."""
    publish(cast, component=ATTAINMENT)
    rep = cast.reps["rep"]

    def target(value, now):
        set_target(
            goal=goal_of("won_revenue", rep_scope(rep), month("2026-11"), Decimal(value)), by=None, now=now
        )  # fmt: skip

    target(2000, NOW - DAY)
    win(cast, 1000, "2026-11-10")
    target(1000, NOW)
    assert since_yesterday(cast) == [("Won revenue, November 2026: €2,000 → €1,000", 10000)]


@pytest.mark.parametrize(
    ("component", "parts"),
    [
        (STEPS, [6000, 10000]),  # 200 are won: 5 % of 800 and 10 % of 200; then 10 % of 1,000
        (RETRO, [12000 - 1000, 10000]),  # 10 % of 1,200 less the 10 that were there; then 10 % of 1,000
    ],
)
def test_ticked_deals_pay_what_their_statement_says_once_they_are_won(cast, component, parts):
    publish(cast, component=component)
    win(cast, 200, "2026-11-05")
    deals = [offered(cast, "A", 1000, "2026-12-01"), offered(cast, "B", 1000, "2026-12-02")]
    book = book_of(cast)
    found = what_if(book, deals, now=NOW)
    assert [one.amount for one in found.parts] == parts
    assert found.sums() == {"EUR": sum(parts)}
    before = sum(view.total for view in book.views())
    for deal in deals:
        win_deal(deal=deal, by=None, now=NOW)
    after = book_of(cast)
    assert sum(view.total for view in after.views()) - before == sum(parts)
    assert [view.hash for view in after.views()] != [view.hash for view in book.views()]


def test_one_ticked_deal_is_what_its_own_page_says(cast):
    publish(cast, component=STEPS)
    deal = offered(cast, "A", 1500, "2026-12-01")
    book = book_of(cast)
    own = deal_earning(deal, cast.reps["rep"], shared=book.shared, now=NOW)
    assert what_if(book, [deal], now=NOW).sums() == {"EUR": own.amount} == {"EUR": 10000}


def test_the_page_says_what_changed_and_what_ticks_would_pay(cast, client, monkeypatch):
    publish(cast, component=STEPS)
    win(cast, 200, "2026-11-05")
    deal = offered(cast, "Offered", 1000, "2026-12-01")
    monkeypatch.setattr("metrics.views.earnings.timezone.now", lambda: NOW)
    client.force_login(cast.rep)
    address = reverse("metrics:earnings")
    text = client.get(address).content.decode()
    assert "Nothing moved your pay since the end of 19 Nov 2026." in text
    assert "Bookings: now 5%; €800.00 more until the step that pays 10%" in text
    answer = client.get(address, {"since": "month", "deal": deal.pk})
    text = answer.content.decode()
    assert [row.words for row in answer.context["changes"]["rows"]] == ["won on 5 Nov 2026"]
    assert "€60.00" in text
    assert [str(amount) for amount, _currency in answer.context["what_if"]["sums"]] == ["60.00"]
    hidden = cast.owns["rival"].deal.pk
    for words in ({"since": "ever"}, {"deal": "x"}, {"deal": hidden}):
        assert client.get(address, words).status_code == 400


def test_a_spiff_that_runs_is_named(cast, client, monkeypatch):
    publish(cast, component="{name: Push, kind: spiff, per_deal: 150, from: 2026-11-01, to: 2026-11-30}")
    win(cast, 200, "2026-11-05")
    monkeypatch.setattr("metrics.views.earnings.timezone.now", lambda: NOW)
    client.force_login(cast.rep)
    text = client.get(reverse("metrics:earnings")).content.decode()
    assert "Push: €150.00 for each deal that it is for, until 30 Nov 2026" in text
