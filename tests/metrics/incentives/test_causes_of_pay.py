"""Each thing that can move accrued pay is named with what it moved, and all of them are the whole difference: by hand.

The rep wins a deal on 10 November, known then; something else becomes known today, 20 November.
"""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import translation

from accounts.actions.configuration import change_row, create_row
from accounts.actions.memberships import change_team_from
from accounts.actions.rates import change_rate
from accounts.actions.reps import change_rep
from accounts.actions.teams import change_team
from accounts.actions.users import change_user
from accounts.business_dates import day_start
from accounts.models import Company, ExchangeRate
from accounts.roles import Role
from metrics.actions.plans import add_version, publish_version
from metrics.actions.statements import approve_statements
from metrics.actions.targets import set_target
from metrics.goals.goal import goal_of
from metrics.incentives.documents import terms_of
from metrics.incentives.plan_file import parse_document
from metrics.pay.change_words import cause_name, cause_words
from metrics.pay.changes import change_rows, changes_since
from metrics.pay.earnings import earnings_of
from metrics.scopes import rep_scope
from pipeline.actions.deal_parts import set_lines
from pipeline.actions.deals import create_deal
from pipeline.actions.outcomes import reopen_deal, win_deal
from pipeline.models import Channel, Product
from tests.metrics.incentives.by_hand import month
from tests.metrics.incentives.paying import BEFORE, NOW, plan_text, publish, win

TODAY = NOW.date()
NOVEMBER = datetime.date(2026, 11, 1)
WON = datetime.datetime(2026, 11, 10, 9, tzinfo=datetime.UTC)
FLAT15 = "{name: Bookings, kind: commission, rate: 0.15}"
MARGIN = "{name: Bookings, kind: commission, basis: margin, rate: 0.1}"
GEAR = "{name: Bookings, kind: commission, rate: 0.1, where: {product_family: [Gear]}}"
SHARE = "{name: Team, kind: override, of_team: south, rate: 0.01}"
TWICE = "{name: Two, kind: bonus, metric: deals_won, at_least: 2, pays: 500}"
DRAW = "{name: Guarantee, kind: draw, amount: 300, every: month}"
ATTAINMENT = (
    "{name: Bookings, kind: commission, tiers: {by: attainment, of: won_revenue, mode: retroactive, "
    "steps: [{from: 0, rate: 0.1}, {from: 1, rate: 0.2}]}}"
)


def book_of(cast, who="rep"):
    rep = type(cast.reps[who]).objects.select_related("user").get(pk=cast.reps[who].pk)
    return earnings_of(rep, company=Company.current(), now=NOW).book


def told(cast, since=TODAY, who="rep"):
    """Name, words and cents of each cause."""
    book = book_of(cast, who)
    found = changes_since(book, day_start(since, Company.current().zone))
    return [(cause_name(one.kind), cause_words(one, book), one.amount) for one in found]


def total(cast):
    """What all statements of the rep come to now, in cents."""
    chain = book_of(cast).chain
    return sum(chain.calculation(slot).total for slot in chain.slots)


def with_product(cast, **fields):
    """A deal of 1,000 with one line, won on 10 November."""
    product = create_row(Product, by=None, now=BEFORE, name="Lamp", sku="L1", **fields)
    deal = create_deal(by=None, now=WON, name="Lamps", owner=cast.reps["rep"], amount=Decimal(1000))
    line = {"product": product, "quantity": Decimal(1), "unit_price": Decimal(1000), "discount": Decimal(0)}
    set_lines(deal=deal, lines=[line], by=None, now=WON)
    win_deal(deal=deal, by=None, now=WON)
    return product


def test_a_new_version_of_the_plan(cast):
    """100 at 10 % become 150 at 15 %; each version has statements of its own."""
    publish(cast)
    win(cast, 1000, "2026-11-10")
    assert told(cast) == []
    publish(cast, day="2026-11-01", now=NOW, component=FLAT15)
    words = "AE, version 2 was published; it holds from 1 Nov 2026 on"
    assert told(cast) == [("Plan", words, -10000), ("Plan", words, 15000)]
    book = book_of(cast)
    found = changes_since(book, day_start(TODAY, Company.current().zone))
    assert [(row.words, row.amount) for row in change_rows(found, book, cast.rep)] == [(words, Decimal(50))]


def test_the_last_day_of_work(cast):
    publish(cast)
    win(cast, 1000, "2026-11-10")
    change_rep(rep=cast.reps["rep"], by=None, now=NOW, left_on=datetime.date(2026, 11, 5))
    assert told(cast) == [("Employment", "last day of work none → 5 Nov 2026", -10000)]


def test_the_team(cast):
    publish(cast)
    win(cast, 1000, "2026-11-10")
    change_team_from(rep=cast.reps["rep"], team=cast.south, day=NOVEMBER, by=None, now=NOW)
    assert told(cast) == [("Team", "team North → South from 1 Nov 2026 on", -10000)]


def test_the_role(cast):
    publish(cast, to="roles: [rep]")
    win(cast, 1000, "2026-11-10")
    user = cast.reps["rep"].user
    change_user(user=user, name=user.name, email=user.email, role=Role.MANAGER, by=cast.admin, now=NOW)
    assert told(cast) == [("Role", "role Rep → Manager", -10000)]


def test_a_team_that_was_put_elsewhere(cast):
    publish(cast, to="teams: [region]")
    win(cast, 1000, "2026-11-10")
    change_team(team=cast.north, name="North", parent=None, manager=cast.manager, by=None, now=NOW)
    assert told(cast) == [("Teams", "a team moved in the tree of teams", -10000)]


def test_members_of_the_team_of_an_override(cast):
    """1 % of what South wins: 20 for 2,000 of a rep who was in South only until October, as is known now."""
    publish(cast, component=SHARE)
    win(cast, 2000, "2026-11-10", owner="rival")
    assert told(cast) == []
    change_team_from(rep=cast.reps["rival"], team=cast.north, day=NOVEMBER, by=None, now=NOW)
    assert told(cast) == [("Team members", "others joined or left the team", -2000)]
    assert total(cast) == 0


def test_a_member_who_joined_brings_deals_of_before(cast):
    publish(cast, component=SHARE)
    win(cast, 2000, "2026-11-10", owner="colleague")
    change_team_from(rep=cast.reps["colleague"], team=cast.south, day=NOVEMBER, by=None, now=NOW)
    assert told(cast) == [("Team members", "others joined or left the team", 2000)]


def test_the_exchange_rate_of_a_target(cast):
    """1,150 of 1,100 (1,000 at 1.1) pay 20 %; of 1,200 (at 1.2) they pay 10 %."""
    publish(cast, component=ATTAINMENT, currency="USD")
    goal = goal_of("won_revenue", rep_scope(cast.reps["rep"]), month("2026-11"), Decimal(1000))
    set_target(goal=goal, by=None, now=BEFORE)
    rate = ExchangeRate.objects.create(currency="USD", base="EUR", day=datetime.date(2026, 10, 31), rate=Decimal("1.1"))
    ExchangeRate.objects.update(recorded_at=BEFORE)
    rate.refresh_from_db()
    deal = create_deal(
        by=None, now=WON, name="Dollars", owner=cast.reps["rep"], amount=Decimal(1150), currency="USD"
    )  # fmt: skip
    win_deal(deal=deal, by=None, now=WON)
    assert (told(cast), total(cast)) == ([], 23000)
    change_rate(row=rate, rate=Decimal("1.2"), by=None, now=NOW)
    words = "Won revenue, November 2026: the exchange rate of the target changed"
    assert told(cast) == [("Target", words, -11500)]


def test_the_unit_cost_of_a_product(cast):
    """No margin is known without a cost; with one of 400 it is 600, and 10 % of that 60."""
    publish(cast, component=MARGIN)
    product = with_product(cast)
    assert told(cast) == []
    change_row(product, by=None, now=NOW, unit_cost=Decimal(400))
    assert told(cast)[0][1:] == ("cost of its products not known → €400.00", 6000)


def test_the_family_of_a_product(cast):
    publish(cast, component=GEAR)
    product = with_product(cast, family="Gear")
    assert (told(cast), total(cast)) == ([], 10000)
    change_row(product, by=None, now=NOW, family="Tools")
    assert told(cast) == [("Products", "names or families of products changed", -10000)]


def test_the_name_of_a_channel(cast):
    """10 % of 1,000 through “Fair”; the channel is called “Shows” from today on."""
    channel = create_row(Channel, by=None, now=BEFORE, name="Fair", kind="event")
    publish(cast, component="{name: Bookings, kind: commission, rate: 0.1, where: {channel: [Fair]}}")
    deal = create_deal(
        by=None, now=WON, name="Fair", owner=cast.reps["rep"], amount=Decimal(1000), channel=channel
    )  # fmt: skip
    win_deal(deal=deal, by=None, now=WON)
    assert (told(cast), total(cast)) == ([], 10000)
    change_row(channel, by=None, now=NOW, name="Shows")
    assert told(cast) == [("Names", "pipelines or channels were renamed", -10000)]


def test_the_exchange_rate_of_a_deal(cast):
    """1,000 dollars without a rate pay nothing; at 0.9 euros they are 900, and 10 % of that 90."""
    publish(cast)
    deal = create_deal(by=None, now=WON, name="Dollars", owner=cast.reps["rep"], amount=Decimal(1000), currency="USD")
    win_deal(deal=deal, by=None, now=WON)
    ExchangeRate.objects.create(currency="EUR", base="USD", day=datetime.date(2026, 11, 9), rate=Decimal("0.9"))
    ExchangeRate.objects.update(recorded_at=NOW)
    assert [row[1:] for row in told(cast)] == [("exchange rate to EUR not known → 0.9", 9000)]


def test_a_figure_that_reached_its_level(cast):
    publish(cast, component=TWICE)
    win(cast, 1000, "2026-11-10")
    deal = create_deal(by=None, now=WON, name="Second", owner=cast.reps["rep"], amount=Decimal(10))
    win_deal(deal=deal, by=None, now=NOW)
    assert told(cast) == [("Metric", "Deals won, November 2026: 1 → 2", 50000)]


def test_a_period_that_began(cast):
    """A draw of 300 a month: 600 at the end of October, 900 in November."""
    publish(cast, component=DRAW)
    assert told(cast) == []
    words = "a new period began; it ends on 30 Nov 2026"
    assert told(cast, since=NOVEMBER) == [("Period", words, 30000)]


def test_a_deal_of_an_approved_month_is_taken_back(cast):
    """100 for September are approved; undone today, within the 90 days of the plan, they are owed back."""
    publish(cast)
    deal = win(cast, 1000, "2026-09-10")
    approve_statements(rep=cast.reps["rep"], period=month("2026-09"), by=cast.admin, now=WON)
    reopen_deal(deal=deal, by=None, now=NOW)
    words = "won no more, taken back from September 2026, which is approved"
    assert [row[1:] for row in told(cast)] == [(words, -10000)]


def test_two_changes_between_which_two_plans_would_hold_are_told_together(cast):
    """AE pays 100 until the 15th; then Other holds for North and AE for South only: 10 % of 500 become 15 %."""
    publish(cast)
    win(cast, 500, "2026-11-16")
    other = add_version(
        terms=terms_of(parse_document(plan_text(name="Other", component=FLAT15))), by=cast.admin, now=NOW
    )  # fmt: skip
    publish(cast, day="2026-11-15", now=NOW, to="teams: [south]")
    publish_version(version=other, day=datetime.date(2026, 11, 15), approved_by=None, by=None, now=NOW)
    words = "AE, version 2 was published; it holds from 15 Nov 2026 on (together with: Plan)"
    assert told(cast) == [("Plan", words, -5000), ("Plan", words, 7500)]


def test_all_at_once_add_up(cast):
    """North: 10 % of 1,000 = 100. Today 400 more are won, and 15 % hold from 1 November: 210 in all, 110 more.

    The deal comes first, at the 10 % of before: 40; then the version takes 140 away and brings 210.
    """
    publish(cast)
    win(cast, 1000, "2026-11-10")
    deal = create_deal(by=None, now=WON, name="More", owner=cast.reps["rep"], amount=Decimal(400))
    before = total(cast)
    win_deal(deal=deal, by=None, now=NOW)
    publish(cast, day="2026-11-01", now=NOW, component=FLAT15)
    amounts = [amount for _name, _words, amount in told(cast)]
    assert amounts == [4000, -14000, 21000]
    assert (before, total(cast)) == (10000, 21000)


@pytest.mark.parametrize(("language", "words"), [("en", "last day of work"), ("de", "letzter Arbeitstag")])
def test_the_page_names_the_cause_in_the_language_of_the_reader(cast, client, monkeypatch, language, words):
    publish(cast)
    win(cast, 1000, "2026-11-10")
    change_rep(rep=cast.reps["rep"], by=None, now=NOW, left_on=datetime.date(2026, 11, 5))
    monkeypatch.setattr("metrics.views.earnings.timezone.now", lambda: NOW)
    cast.rep.language = language
    cast.rep.save()
    client.force_login(cast.rep)
    with translation.override(language):
        rows = client.get(reverse("metrics:earnings")).context["changes"]["rows"]
    assert [(words in row.words, row.amount) for row in rows] == [(True, Decimal(-100))]
