"""Corrections: whatever changes after approval, all statements together come to one calculation from scratch."""

import datetime
import random
from dataclasses import replace
from fractions import Fraction

import pytest

from metrics.incentives.chain import Chain
from metrics.incentives.corrections import corrections
from metrics.incentives.facts import Stretch
from metrics.incentives.stored_facts import dump_facts, load_facts
from tests.metrics.incentives.by_hand import ANN, BOB, day, deal, facts, plan, target

NOBODY = facts(stretches=())
STEPS = "[{from: 0, rate: 0.05}, {from: 0.4, rate: 0.08}, {from: 1, rate: 0.12}]"
PLANS = {
    "marginal": f"tiers: {{by: attainment, of: won_revenue, mode: marginal, steps: {STEPS}}}",
    "retroactive": f"tiers: {{by: attainment, of: won_revenue, mode: retroactive, steps: {STEPS}}}, cap: 2500",
    "from zero": "rate: 0.1, threshold: {at: 9000, by: amount, pays_from: zero}, cap: 1500",
    "above": "rate: 0.1, threshold: {at: 9000, by: amount, pays_from: threshold}",
}
DRAW = "{name: D, kind: draw, amount: 600, to: 2026-05-31}"
MONTHS = [day(f"2026-{number:02}-01") for number in range(1, 7)]


class Payroll:
    """Approves month by month, as the actions do, in memory."""

    def __init__(self, versions):
        self.versions, self.approved, self.kept, self.paid, self.until = versions, NOBODY, [], {}, None

    def approve(self, now, last):
        chain = Chain(now, self.versions, last)
        totals = {}
        for slot in chain.slots:
            if slot.period.last_day == last:
                totals[slot.version] = totals.get(slot.version, 0) + chain.calculation(slot).total
        for version, lines in self.corrections(now).items():
            totals[version] = totals.get(version, 0) + sum(line.amount for line in lines)
        for version, total in totals.items():
            self.paid[version] = self.paid.get(version, 0) + total
        self.kept.append(dump_facts(now, self.approved, last))
        self.approved, self.until = load_facts(self.kept), last

    def corrections(self, now):
        if self.until is None:
            return {}
        orders = {pk: (one.closed_on, 0.0, pk) for pk, one in {**self.approved.deals, **now.deals}.items()}
        return corrections(self.approved, now, self.versions, self.until, paid=self.paid, orders=orders)


def change(rng, now):
    """A deal more, one less, one for another amount or day or with another share, another target, another last day."""
    deals = dict(now.deals)
    pk = rng.choice([*deals, max(deals, default=0) + 1])
    on = f"2026-{rng.randint(1, 6):02}-{rng.randint(1, 28):02}"
    share = rng.choice([((ANN, Fraction(1)),), ((ANN, Fraction("0.35")), (BOB, Fraction("0.65")))])
    deals[pk] = deal(pk, Fraction(rng.randint(0, 900_000), 100), on, credits=share)
    if rng.random() < 0.3:
        del deals[pk]
    now = replace(now, deals=deals)
    if rng.random() < 0.2:
        now = replace(now, targets=(target(rng.randint(1, 20_000), "2026-Q1"), target(10_000, "2026-Q2")))
    if rng.random() < 0.1:
        middle = day(f"2026-0{rng.randint(2, 5)}-{rng.randint(2, 28):02}")
        before = middle - datetime.timedelta(days=1)
        now = replace(now, stretches=(Stretch(1, MONTHS[0], before), Stretch(2, middle, datetime.date.max)))
    return now


@pytest.mark.parametrize("name", PLANS)
def test_all_statements_together_are_one_calculation_from_scratch(name):
    component = f"{{name: B, kind: commission, {PLANS[name]}}}"
    versions = {pk: plan(component, DRAW, accumulate="quarter", pk=pk) for pk in (1, 2)}
    for seed in range(15):
        rng = random.Random(seed)  # noqa: S311
        now, payroll = facts(targets=(target(8000, "2026-Q1"), target(9000, "2026-Q2"))), Payroll(versions)
        for month in MONTHS:
            for _time in range(rng.randint(0, 4)):
                now = change(rng, now)
            payroll.approve(now, (month + datetime.timedelta(days=31)).replace(day=1) - datetime.timedelta(days=1))
        assert not payroll.corrections(now)
        now = change(rng, now)
        owed = Chain(now, versions, payroll.until).total_until(payroll.until)
        for version, lines in payroll.corrections(now).items():
            assert all(line.amount for line in lines)
            payroll.paid[version] = payroll.paid.get(version, 0) + sum(line.amount for line in lines)
        assert {key: total for key, total in payroll.paid.items() if total} == {
            key: total for key, total in owed.items() if total
        }


def test_deals_are_corrected_in_the_order_of_their_last_event():
    """8000 and 8000 over 10000 pay 1100. Without D2 400: so -700; without both 0: so -400."""
    steps = "tiers: {by: amount, mode: marginal, steps: [{from: 0, rate: 0.05}, {from: 10000, rate: 0.1}]}"
    versions = {1: plan(f"{{name: B, kind: commission, {steps}}}")}
    before = facts(deal(1, 8000, "2026-01-10"), deal(2, 8000, "2026-01-20"))
    orders = {1: (day("2026-03-01"), 0.0, 8), 2: (day("2026-02-01"), 0.0, 9)}
    lines = corrections(before, facts(), versions, day("2026-01-31"), paid={1: 110000}, orders=orders)[1]
    assert [(line.deal_key, line.amount) for line in lines] == [("D2", -70000), ("D1", -40000)]


def test_what_is_no_deals_doing_comes_last_in_one_line():
    """The target rises from 10000 to 20000: of 10000 at 0.05 to 0.4 and 0.08 above, 8000 more are paid at 0.05."""
    steps = "steps: [{from: 0, rate: 0.05}, {from: 0.4, rate: 0.08}]"
    tiers = f"tiers: {{by: attainment, of: won_revenue, mode: marginal, {steps}}}"
    versions = {1: plan(f"{{name: B, kind: commission, {tiers}}}")}
    before = facts(deal(1, 10000, "2026-01-10"), targets=(target(10000, "2026-01"),))
    now = replace(before, targets=(target(20000, "2026-01"),))
    lines = corrections(before, now, versions, day("2026-01-31"), paid={1: 68000}, orders={})[1]
    assert [(line.kind, line.deal, line.amount) for line in lines] == [("adjustment", None, -12000)]
