"""Plan files: read exactly, refused with the place of what is wrong, and written so that they read the same."""

import datetime
from decimal import Decimal

import pytest

from metrics.incentives.documents import document_of, terms_of
from metrics.incentives.findings import PlanRefused
from metrics.incentives.plan_file import as_stored, dump_document, parse_document

WHOLE = """
name: Account executives 2026
currency: USD
applies_to: {reps: [Ann@Example.com], teams: [emea], roles: []}
statement_every: month
accumulate: quarter
clawback_days: 90
components:
  - name: Bookings
    kind: commission
    where: {deal_kind: [new, expansion], channel: []}
    tiers: {by: attainment, of: won_revenue, mode: marginal, steps: [{from: 0, rate: 0.05}, {from: "0.50", rate: .08}]}
    threshold: {at: 0.4, pays_from: zero}
    cap: 50000
  - {name: Win rate, kind: bonus, metric: win_rate, at_least: 0.35, pays: 1000, every: quarter, min_n: 5}
  - {name: October push, kind: spiff, per_deal: 200, from: 2026-10-01, to: 2026-10-31}
  - {name: Team override, kind: override, of_team: emea, basis: margin, rate: 0.01}
  - {name: Guarantee, kind: draw, amount: 2000, recoverable: false, from: 2026-01-01, to: 2026-06-30}
"""
SMALL = "{name: A, currency: USD, statement_every: month, components: [%s]}"


def read(text):
    return terms_of(parse_document(text))


def refusals(text):
    with pytest.raises(PlanRefused) as refused:
        read(text)
    return [one.place for one in refused.value.findings]


def test_numbers_are_decimal_text_and_defaults_are_filled_in():
    terms = read(WHOLE)
    bookings, bonus, spiff, override, draw = terms.components
    assert [(step.start, step.rate) for step in bookings.steps] == [
        (Decimal(0), Decimal("0.05")), (Decimal("0.5"), Decimal("0.08")),
    ]  # fmt: skip
    assert f"{bookings.steps[1].start:f}" == "0.5"
    assert (bookings.basis, bookings.threshold.by, bookings.threshold.of) == ("amount", "attainment", "won_revenue")
    assert (terms.clawback_days, terms.applies_to.reps) == (90, ("ann@example.com",))
    assert (bonus.at_most, bonus.min_n) == (None, 5)
    assert (spiff.split, spiff.first, spiff.cap) == ("share", datetime.date(2026, 10, 1), None)
    assert (override.of_team, override.basis, override.steps[0].rate) == ("emea", "margin", Decimal("0.01"))
    assert (draw.every, draw.recoverable) == ("month", False)
    least = read(SMALL % "{name: B, kind: commission, rate: 1}")
    assert (least.accumulate, least.clawback_days) == ("month", None)


def test_what_is_written_reads_the_same():
    terms = read(WHOLE)
    text = dump_document(document_of(terms))
    assert read(text) == terms
    assert "rate: 0.05" in text
    assert terms_of(as_stored(document_of(terms))) == terms


def test_json_is_read_as_well():
    text = '{"name": "A", "currency": "USD", "statement_every": "month", "components": [%s]}'
    row = '{"name": "B", "kind": "commission", "rate": 0.10000000000000000}'
    assert read(text % row) == read(SMALL % "{name: B, kind: commission, rate: 0.1}")


@pytest.mark.parametrize(
    ("component", "place"),
    [
        ("{name: B, kind: commission, rate: 1, capp: 5}", "components[0].capp"),
        ("{name: B, kind: commission, rate: 1e3}", "components[0].rate"),
        ("{name: B, kind: commission, rate: 5%}", "components[0].rate"),
        ("{name: B, kind: commission, rate: '1,000'}", "components[0].rate"),
        ("{name: B, kind: commission, rate: .nan}", "components[0].rate"),
        ("{name: B, kind: commission}", "components[0]"),
        ("{name: B, kind: commission, rate: 1, tiers: {by: amount, mode: marginal, steps: [{from: 0, rate: 1}]}}",
         "components[0]"),
        ("{name: B, kind: commission, tiers: {by: amount, steps: [{from: 0, rate: 1}]}}", "components[0].tiers.mode"),
        ("{name: B, kind: commission, tiers: {mode: marginal, steps: [{from: 0, rate: 1}]}}", "components[0].tiers.by"),
        ("{name: B, kind: commission, tiers: {by: attainment, mode: marginal, steps: [{from: 0, rate: 1}]}}",
         "components[0].tiers.of"),
        ("{name: B, kind: commission, tiers: {by: amount, mode: marginal}}", "components[0].tiers.steps"),
        ("{name: B, kind: commission, rate: 1, threshold: {at: 5, pays_from: zero}}", "components[0].threshold.by"),
        ("{name: B, kind: commission, rate: 1, where: {region: [x]}}", "components[0].where.region"),
        ("{name: B, kind: bonus, metric: win_rate, pays: 1}", "components[0]"),
        ("{name: B, kind: bonus, metric: win_rate, pays: 1, at_least: 1, min_n: 0}", "components[0].min_n"),
        ("{name: B, kind: spiff, per_deal: 1, from: 2026-02-30}", "components[0].from"),
        ("{name: B, kind: spiff, per_deal: 1, from: 2026-03-01, to: 2026-02-01}", "components[0].to"),
        ("{name: B, kind: draw}", "components[0].amount"),
        ("{name: B, kind: override, rate: 1}", "components[0].of_team"),
        ("{name: B, kind: prize}", "components[0].kind"),
        ("{kind: commission, rate: 1}", "components[0].name"),
        ("{name: B, kind: commission, rate: [1]}", "components[0].rate"),
        ("text", "components[0]"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_with_its_place(component, place):
    assert place in refusals(SMALL % component)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- a\n- b",
        "name: [",
        "name: A\nname: B",
        '{"name": "A", "name": "B"}',
        "a: &x [*x]",
        "[" * 2000,
        "x" * 2_000_000,
    ],
)
def test_what_is_no_plan_is_refused(text):
    with pytest.raises(PlanRefused):
        read(text)
