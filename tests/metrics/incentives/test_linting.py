"""The linter: what it refuses, what it warns of, and what it lets pass."""

from dataclasses import replace

import pytest

from metrics.incentives.documents import terms_of
from metrics.incentives.findings import REFUSE, WARN
from metrics.incentives.known_names import known_names
from metrics.incentives.linting import Known, lint
from metrics.incentives.plan_file import parse_document
from metrics.models import Target
from tests.metrics.incentives.paying import NOW, win

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
        (STEPS % ("attainment, of: won_revenue", "marginal", "{from: 0, rate: 0}, {from: 0.5, rate: 0.1}"))[:-1]
        + ", cap: 9000}",
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
    assert findings(STEPS % ("amount", "retroactive", steps)) == [
        (WARN, "components[0].tiers"), (WARN, "components[0]"),
    ]  # fmt: skip
    limit = "{name: B, kind: commission, rate: 1, threshold: {at: 1, by: amount, pays_from: zero}}"
    assert findings(limit) == [(WARN, "components[0].threshold")]
    assert findings(STEPS % ("attainment, of: win_rate", "marginal", steps)) == [
        (WARN, "components[0]"), (WARN, "components[0].tiers.of"),
    ]  # fmt: skip
    nested = ("{name: B, kind: override, of_team: emea, rate: 1}", "{name: C, kind: override, of_team: uk, rate: 1}")
    assert findings(*nested) == [(WARN, "components")]
    nobody = findings(
        "{name: B, kind: commission, rate: 1}", head="statement_every: month, applies_to: {reps: [x@y.z]}"
    )
    assert nobody == [(WARN, "applies_to.reps")]


def test_uncapped_and_without_data_is_warned_of_by_name():
    """Steps that rise without a cap, a SPIFF without an end, a target that nobody has, a metric without a figure."""
    known = replace(KNOWN, has_figure=lambda _slug: False, has_target=lambda _slug: False)
    steps = STEPS % ("attainment, of: won_revenue", "marginal", "{from: 0, rate: 0.05}, {from: 1, rate: 0.1}")
    parts = (
        steps, "{name: S, kind: spiff, per_deal: 5}", "{name: T, kind: spiff, per_deal: 5, to: 2026-01-31}",
        "{name: W, kind: bonus, metric: win_rate, at_least: 0.3, pays: 9}",
    )  # fmt: skip
    text = f"{{name: A, currency: USD, statement_every: month, components: [{', '.join(parts)}]}}"
    found = lint(terms_of(parse_document(text)), known)
    assert [(one.level, str(one)) for one in found] == [
        (WARN, "components[0]: “B”: no cap: everything above the step from 1 pays 0.1, without an end."),
        (WARN, "components[0].tiers.of: “B”: nobody has a target for won_revenue yet; without one this pays nothing."),
        (WARN, "components[1]: “S”: has neither a cap nor a last day: what it may cost has no end."),
        (WARN, "components[3].metric: “W”: win_rate has no figure in the last twelve months; without one this pays "
         "nothing."),
    ]  # fmt: skip


def test_the_company_knows_which_metrics_have_data(cast):
    known = known_names(NOW)
    assert (known.has_figure("win_rate"), known.has_target("won_revenue")) == (False, False)
    win(cast, 100, "2026-09-10")
    Target.objects.create(
        metric="won_revenue", scope_kind="company", period_kind="month", period="2026-11", starts_on="2026-11-01",
        ends_on="2026-11-30", value=5, recorded_at=NOW,
    )  # fmt: skip
    known = known_names(NOW)
    assert (known.has_figure("win_rate"), known.has_target("won_revenue")) == (True, True)
    assert known_names().has_figure("nothing")
