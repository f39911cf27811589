"""The engine by hand: what the worked cases beside the checkout leave out."""

import datetime
from dataclasses import replace
from fractions import Fraction

import pytest

from metrics.incentives.calculate import calculate
from metrics.incentives.chain import Chain
from metrics.incentives.facts import FigureFact, LineFact, Stretch
from metrics.incentives.parts import SharesRefused
from tests.metrics.incentives.by_hand import ANN, BOB, CAT, day, deal, facts, member, month, paid, plan, target

STEPS = "steps: [{from: 0, rate: 0.05}, {from: 10000, rate: 0.1}]"
TIERS = f"{{name: B, kind: commission, %s tiers: {{by: amount, mode: %s, {STEPS}}}}}"


def test_a_retroactive_step_that_is_lost_again_is_taken_back():
    """January 6000 x 0.05 = 300; February reaches 10000: 400 + 300; March falls to 9000: -50 - 300 - 200."""
    version = plan(TIERS % ("", "retroactive"), accumulate="quarter")
    given = facts(deal(1, 6000, "2026-01-10"), deal(2, 4000, "2026-02-10"), deal(3, -1000, "2026-03-10", kind="credit"))
    assert paid(calculate(version, given, month("2026-02"))) == [
        ("commission", "D2", 40000),
        ("true_up", "2026-01", 30000),
    ]
    assert paid(calculate(version, given, month("2026-03"))) == [
        ("commission", "D3", -5000), ("true_up", "2026-01", -30000), ("true_up", "2026-02", -20000),
    ]  # fmt: skip


def test_below_zero_the_first_rate_goes_on():
    """-3000 x 0.05, then 5000: 3000 back to 0 and 2000 above, all at 0.05, one line."""
    version = plan(TIERS % ("", "marginal"))
    given = facts(deal(1, -3000, "2026-01-10", kind="credit"), deal(2, 5000, "2026-01-11"))
    assert paid(calculate(version, given, month("2026-01"))) == [
        ("commission", "D1", -15000),
        ("commission", "D2", 25000),
    ]


def test_a_credit_below_the_threshold_gives_up_what_lay_above():
    """12000 - 2000 below 4000 left out: 6000 x 0.05 + 2000 x 0.1 = 500; -9000 takes 2000 x 0.1 and 6000 x 0.05."""
    limit = "threshold: {at: 4000, pays_from: threshold},"
    version = plan(TIERS % (limit, "marginal"))
    given = facts(deal(1, 12000, "2026-01-10"), deal(2, -9000, "2026-01-11", kind="credit"))
    got = calculate(version, given, month("2026-01"))
    assert paid(got) == [
        ("commission", "D1", 30000), ("commission", "D1", 20000), ("commission", "D2", -20000),
        ("commission", "D2", -30000),
    ]  # fmt: skip
    assert got.warnings == ("threshold not reached",)


def test_retroactive_above_a_threshold_pays_only_what_lies_above():
    """14000 reaches 0.1: D1 1000 above 4000, D2 9000."""
    version = plan(TIERS % ("threshold: {at: 4000, pays_from: threshold},", "retroactive"))
    given = facts(deal(1, 5000, "2026-01-10"), deal(2, 9000, "2026-01-11"))
    assert paid(calculate(version, given, month("2026-01"))) == [
        ("commission", "D1", 10000),
        ("commission", "D2", 90000),
    ]


def test_a_clock_that_was_put_back_over_midnight_changes_nothing_but_the_order():
    """D2 comes after D1, on the day before: January is 500, below 1000; with D1 both are paid."""
    version = plan(
        "{name: B, kind: commission, rate: 0.1, threshold: {at: 1000, by: amount, pays_from: zero}}",
        "{name: S, kind: spiff, per_deal: 10}", accumulate="quarter",
    )  # fmt: skip
    first = deal(1, 600, "2026-02-01")
    second = deal(2, 500, "2026-01-31")
    second = replace(second, closed_at=first.closed_at + datetime.timedelta(minutes=30))
    chain = Chain(facts(first, second), {1: version}, day("2026-02-28"))
    january, february = (chain.calculation(slot) for slot in chain.slots)
    assert paid(january) == [("spiff", "D2", 1000)]
    assert paid(february) == [("commission", "D1", 6000), ("true_up", "2026-01", 5000), ("spiff", "D1", 1000)]
    assert (january.total, february.total) == (1000, 12000)


def test_a_deal_more_changes_only_what_comes_after_it():
    """At 10000 all is worth 0.1: February's 5000 come to 500 and January's 6000 to 300 more."""
    version = plan(TIERS % ("", "retroactive"), accumulate="quarter")
    chain = Chain(facts(deal(1, 6000, "2026-01-10")), {1: version}, day("2026-02-28"))
    january, february = chain.slots
    before = chain.calculation(january), chain.calculation(february)
    more = chain.with_deal(deal(2, 5000, "2026-02-28"))
    assert (more.calculation(january), paid(before[1])) == (before[0], [])
    assert paid(more.calculation(february)) == [("commission", "D2", 50000), ("true_up", "2026-01", 30000)]
    assert paid(chain.calculation(february)) == []


def test_a_cap_gives_back_what_a_credit_frees():
    """Lines 700, capped at 500; February -300: 400 in all, so the cap gives 200 back."""
    version = plan("{name: B, kind: commission, rate: 0.1, cap: 500}", accumulate="quarter")
    given = facts(deal(1, 7000, "2026-01-10"), deal(2, -3000, "2026-02-10", kind="credit"))
    assert paid(calculate(version, given, month("2026-01"))) == [("commission", "D1", 70000), ("cap", "", -20000)]
    assert paid(calculate(version, given, month("2026-02"))) == [("commission", "D2", -30000), ("cap", "", 20000)]


def test_a_cap_follows_true_ups():
    """At 10000 all is worth 0.1: 400 + 300 true-up; of 1000 in all 900 are paid."""
    version = plan(TIERS % ("cap: 900,", "retroactive"), accumulate="quarter")
    given = facts(deal(1, 6000, "2026-01-10"), deal(2, 4000, "2026-02-10"))
    assert paid(calculate(version, given, month("2026-02")))[1:] == [("true_up", "2026-01", 30000), ("cap", "", -10000)]


def test_money_without_decimals_and_with_three():
    dinar = plan("{name: B, kind: commission, rate: 0.1}", currency="KWD")
    given = facts(deal(1, Fraction("1.005"), "2026-01-10", currency="KWD"))
    assert paid(calculate(dinar, given, month("2026-01"))) == [("commission", "D1", 100)]  # 0.1005 -> 0.100


def test_a_negative_amount_splits_as_its_absolute_value():
    third = (ANN, Fraction("0.3333")), (BOB, Fraction("0.3333")), (CAT, Fraction("0.3334"))
    version = plan("{name: B, kind: commission, rate: 1}")
    given = facts(deal(1, "-100", "2026-01-10", kind="credit", credits=third))
    assert paid(calculate(version, given, month("2026-01"))) == [("commission", "D1", -3333)]


def test_shares_that_do_not_add_up_are_refused():
    version = plan("{name: B, kind: commission, rate: 1}")
    given = facts(deal(1, "100", "2026-01-10", credits=((ANN, Fraction("0.9")),)))
    with pytest.raises(SharesRefused, match="D1"):
        calculate(version, given, month("2026-01"))


def test_two_stretches_of_one_version_in_a_month_make_one_statement():
    """Away from 11 to 20 January: each stretch starts from 0 and has a cap of its own. D2 closed on a day off."""
    stretches = (Stretch(1, day("2026-01-01"), day("2026-01-10")), Stretch(1, day("2026-01-21"), datetime.date.max))
    version = plan("{name: B, kind: commission, rate: 0.1, cap: 500}")
    given = facts(
        deal(1, 7000, "2026-01-10"), deal(2, 100, "2026-01-11"), deal(3, 6000, "2026-01-21"), stretches=stretches
    )
    assert paid(calculate(version, given, month("2026-01"))) == [
        ("commission", "D1", 70000), ("commission", "D3", 60000), ("cap", "", -30000),
    ]  # fmt: skip


def test_an_override_counts_attainment_of_the_teams_target():
    """Team target 10000 at 0.01, then 0.02: Bob's half of 8000 and Cat's 8000; not Ann's own half."""
    half = (ANN, Fraction(1, 2)), (BOB, Fraction(1, 2))
    one = "{name: O, kind: override, of_team: emea, tiers: {by: attainment, of: won_revenue, mode: marginal, steps: "
    version = plan(one + "[{from: 0, rate: 0.01}, {from: 1, rate: 0.02}]}}")
    given = facts(
        deal(1, 8000, "2026-01-10", credits=half), deal(2, 8000, "2026-01-11", credits=((CAT, Fraction(1)),)),
        teams={"emea": frozenset({7, 8})}, memberships=member(ANN, 7) | member(BOB, 7) | member(CAT, 8),
        targets=(target(10000, "2026-01", scope="team:emea"), target(1, "2026-01")),
    )  # fmt: skip
    assert paid(calculate(version, given, month("2026-01"))) == [
        ("override", "D1", 4000), ("override", "D2", 6000), ("override", "D2", 4000),
    ]  # fmt: skip


def test_units_are_paid_by_steps_of_units():
    lines = (LineFact(1, Fraction(3), Fraction(300), None), LineFact(1, Fraction(9), Fraction(900), None))
    steps = "tiers: {by: amount, mode: marginal, steps: [{from: 0, rate: 1}, {from: 10, rate: 2.5}]}"
    one = f"{{name: U, kind: commission, basis: units, {steps}}}"
    given = facts(deal(1, 1200, "2026-01-10", lines=lines))
    assert paid(calculate(plan(one), given, month("2026-01"))) == [
        ("commission", "D1", 1000),
        ("commission", "D1", 500),
    ]


def test_a_bonus_for_staying_below_and_one_without_a_figure():
    low = "{name: L, kind: bonus, metric: discount, at_most: 0.1, pays: 50}"
    key = ("discount", day("2026-01-01"), day("2026-01-31"))
    given = facts(figures={key: FigureFact(Fraction(1, 10), 1)})
    assert paid(calculate(plan(low), given, month("2026-01"))) == [("bonus", "2026-01", 5000)]
    assert calculate(plan(low), facts(), month("2026-01")).warnings == ("no figure",)
    above = facts(figures={key: FigureFact(Fraction(1, 10) + Fraction(1, 10**9), 1)})
    assert calculate(plan(low), above, month("2026-01")).lines == ()


def test_a_monthly_bonus_stands_three_times_in_a_quarters_statement():
    one = "{name: L, kind: bonus, metric: m, at_least: 1, pays: 50, every: month}"
    spans = [month(f"2026-0{number}") for number in (1, 2, 3)]
    given = facts(figures={("m", span.start, span.last_day): FigureFact(Fraction(1), 1) for span in spans})
    got = calculate(plan(one, every="quarter"), given, month("2026-Q1"))
    assert paid(got) == [("bonus", f"2026-0{number}", 5000) for number in (1, 2, 3)]


def test_a_draw_that_is_over_is_still_paid_back_but_pays_no_more():
    """January earns 1000 of 2000: 1000 drawn; February's 400 all go back; March's -100 draw nothing."""
    one = "{name: B, kind: commission, rate: 1}", "{name: D, kind: draw, amount: 2000, to: 2026-01-31}"
    given = facts(deal(1, 1000, "2026-01-10"), deal(2, 400, "2026-02-10"), deal(3, -100, "2026-03-10", kind="credit"))
    chain = Chain(given, {1: plan(*one)}, day("2026-03-31"))
    january, february, march = (chain.calculation(slot) for slot in chain.slots)
    assert paid(january)[1:] == [("draw", "", 100000)]
    assert (paid(february)[1:], february.total, february.balances) == ([("recovery", "", -40000)], 0, {"D": 60000})
    assert (march.total, march.balances) == (-10000, {"D": 60000})


def test_what_a_draw_comes_to_is_rounded_once_not_what_is_due():
    """15 of June's 30 days of 333.33 are 166.665; less 10.23 that is 156.435, to even 156.44, not 166.66 less 10.23."""
    june = plan("{name: B, kind: commission, rate: 1}", "{name: D, kind: draw, amount: 333.33, from: 2026-06-16}")
    found = calculate(june, facts(deal(1, "10.23", "2026-06-20")), month("2026-06"))
    assert (paid(found)[1:], found.balances) == ([("draw", "", 15644)], {"D": 15644})


def test_an_older_draw_is_paid_back_from_what_lies_above_the_one_that_is_due():
    """January 1000 drawn as A. February: B is due 2000, of 2300 earned 300 go back to A. March: 1500 earn 500 as B."""
    one = (
        "{name: C, kind: commission, rate: 1}", "{name: A, kind: draw, amount: 1000, to: 2026-01-31}",
        "{name: B, kind: draw, amount: 2000, from: 2026-02-01}",
    )  # fmt: skip
    chain = Chain(facts(deal(1, 2300, "2026-02-10"), deal(2, 1500, "2026-03-10")), {1: plan(*one)}, day("2026-03-31"))
    january, february, march = (chain.calculation(slot) for slot in chain.slots)
    assert paid(january) == [("draw", "", 100000)]
    assert (paid(february)[1:], february.balances) == ([("recovery", "", -30000)], {"A": 70000})
    assert (paid(march)[1:], march.balances) == ([("draw", "", 50000)], {"A": 70000, "B": 50000})


def test_a_draws_balance_goes_on_through_versions():
    """Version 2 from 1 February: January's 1500 come back from February's 2500, of which 2000 stay."""
    first = plan("{name: B, kind: commission, rate: 1}", "{name: D, kind: draw, amount: 2000}")
    second = plan("{name: B, kind: commission, rate: 1}", "{name: D, kind: draw, amount: 2000}", pk=2)
    stretches = (Stretch(1, day("2026-01-01"), day("2026-01-31")), Stretch(2, day("2026-02-01"), datetime.date.max))
    given = facts(deal(1, 500, "2026-01-10"), deal(2, 2500, "2026-02-10"), stretches=stretches)
    chain = Chain(given, {1: first, 2: second}, day("2026-02-28"))
    february = chain.calculation(chain.slots[-1])
    assert (february.total, february.balances) == (200000, {"D": 100000})


def test_brackets_pay_neither_a_hole_nor_a_jump():
    """1,000.50 between 0-1000 and 1000-2000, and ten of 900 against one of 9000: the same steps, the same pay."""
    tiers = "tiers: {by: amount, mode: marginal, steps: [{from: 0, rate: 0.01}, {from: 1000, rate: 0.02}]}"
    steps = f"{{name: B, kind: commission, {tiers}}}"
    one = facts(deal(1, "1000.50", "2026-01-10"))
    assert calculate(plan(steps), one, month("2026-01")).total == 1000 + 1
    ten = facts(*(deal(number, 900, f"2026-01-{number:02}") for number in range(1, 11)))
    whole = facts(deal(1, 9000, "2026-01-10"))
    assert calculate(plan(steps), ten, month("2026-01")).total == calculate(plan(steps), whole, month("2026-01")).total
