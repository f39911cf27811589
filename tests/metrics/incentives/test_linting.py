"""The linter: what it refuses, what it warns of, and what it lets pass."""

import pytest

from metrics.incentives.documents import terms_of
from metrics.incentives.findings import REFUSE, WARN
from metrics.incentives.linting import Known, lint
from metrics.incentives.plan_file import parse_document

KNOWN = Known(
    unit_of={"won_revenue": "money", "win_rate": "percent", "units_sold": "count"}.get,
    parents={"emea": None, "uk": "emea", "us": None}, products=frozenset({"SW"}), families=frozenset({"Software"}),
    pipelines=frozenset({"Sales"}), reps=frozenset({"ann@example.com"}),
)  # fmt: skip
STEPS = "{name: B, kind: commission, tiers: {by: %s, mode: %s, steps: [%s]}}"


def findings(*components, head="statement_every: month"):
    text = f"{{name: A, currency: USD, {head}, components: [{', '.join(components)}]}}"
    return [(one.level, one.place) for one in lint(terms_of(parse_document(text)), KNOWN)]


def test_a_plain_plan_has_no_findings():
    assert findings(
        STEPS % ("attainment, of: won_revenue", "marginal", "{from: 0, rate: 0}, {from: 0.5, rate: 0.1}"),
        "{name: C, kind: commission, rate: 0.1, where: {product: [SW], product_family: [Software], pipeline: [Sales]}}",
        "{name: D, kind: draw, amount: 1, to: 2026-03-31}", "{name: E, kind: draw, amount: 1, from: 2026-04-01}",
        "{name: F, kind: override, of_team: uk, rate: 1}", "{name: G, kind: override, of_team: us, rate: 1}",
        head="statement_every: month, accumulate: year, applies_to: {reps: [ann@example.com], roles: [rep]}",
    ) == []  # fmt: skip


@pytest.mark.parametrize(
    ("component", "place"),
    [
        (STEPS % ("amount", "marginal", "{from: 100, rate: 1}"), "components[0].tiers.steps[0].from"),
        (STEPS % ("amount", "marginal", "{from: 0, rate: 1}, {from: 0, rate: 2}"), "components[0].tiers.steps[1].from"),
        (STEPS % ("amount", "marginal", "{from: 0, rate: 1}, {from: 9, rate: 2}, {from: 8, rate: 2}"),
         "components[0].tiers.steps[2].from"),
        (STEPS % ("amount", "marginal", "{from: 0, rate: -0.1}"), "components[0].tiers.steps[0].rate"),
        (STEPS % ("attainment, of: nothing", "marginal", "{from: 0, rate: 1}"), "components[0].tiers.of"),
        ("{name: B, kind: commission, rate: -1}", "components[0].rate"),
        ("{name: B, kind: commission, rate: 1, cap: 0}", "components[0].cap"),
        ("{name: B, kind: spiff, per_deal: 1, cap: -1}", "components[0].cap"),
        ("{name: B, kind: commission, rate: 1, threshold: {at: 0, by: amount, pays_from: threshold}}",
         "components[0].threshold.at"),
        ("{name: B, kind: commission, rate: 1, where: {product: [HW]}}", "components[0].where.product"),
        ("{name: B, kind: commission, rate: 1, where: {deal_kind: [old]}}", "components[0].where.deal_kind"),
        ("{name: B, kind: override, of_team: apac, rate: 1}", "components[0].of_team"),
        ("{name: B, kind: bonus, metric: luck, at_least: 1, pays: 1}", "components[0].metric"),
        ("{name: B, kind: draw, amount: 1, every: quarter}", "components[0].every"),
        ("{name: B, kind: draw, amount: 0}", "components[0].amount"),
    ],
)  # fmt: skip
def test_refused(component, place):
    assert (REFUSE, place) in findings(component)


def test_plans_as_a_whole_are_refused():
    draws = ("{name: D, kind: draw, amount: 1, to: 2026-03-31}", "{name: E, kind: draw, amount: 1, from: 2026-03-31}")
    twice = ("{name: B, kind: commission, rate: 1}",) * 2
    assert findings(*draws) == findings(*twice) == findings() == [(REFUSE, "components")]
    short = findings("{name: B, kind: commission, rate: 1}", head="statement_every: quarter, accumulate: month")
    assert short == [(REFUSE, "accumulate")]
    who = findings(
        "{name: B, kind: commission, rate: 1}",
        head="statement_every: month, applies_to: {teams: [apac], roles: [king]}",
    )
    assert who == [(REFUSE, "applies_to.teams"), (REFUSE, "applies_to.roles")]


def test_cliffs_units_and_overlaps_are_warned_of():
    steps = "{from: 0, rate: 1}, {from: 5, rate: 2}"
    assert findings(STEPS % ("amount", "retroactive", steps)) == [(WARN, "components[0].tiers")]
    limit = "{name: B, kind: commission, rate: 1, threshold: {at: 1, by: amount, pays_from: zero}}"
    assert findings(limit) == [(WARN, "components[0].threshold")]
    assert findings(STEPS % ("attainment, of: win_rate", "marginal", steps)) == [(WARN, "components[0].tiers.of")]
    nested = ("{name: B, kind: override, of_team: emea, rate: 1}", "{name: C, kind: override, of_team: uk, rate: 1}")
    assert findings(*nested) == [(WARN, "components")]
    nobody = findings(
        "{name: B, kind: commission, rate: 1}", head="statement_every: month, applies_to: {reps: [x@y.z]}"
    )
    assert nobody == [(WARN, "applies_to.reps")]
