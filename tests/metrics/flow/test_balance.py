"""A waterfall balances to the cent on any history, for every scope, and its ends are the engine's own figures.

Random histories by hypothesis: 500 in each run, more with HISTORIES=20000 in the environment; a failure prints the
history and its seed.
"""

import os
from collections import Counter
from dataclasses import replace

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.money import from_minor
from metrics.catalogue import METRICS
from metrics.dimensions import ALL
from metrics.periods import DAY, Period, containing, parse_period
from metrics.records.lists import list_records
from metrics.scopes import COMPANY, rep_scope, team_scope
from metrics.waterfall.changes import Level, changes_question, read_changes
from metrics.waterfall.moves import TRANSFERS
from tests.metrics.flow.histories import DAYS, TODAY, day, histories, make_world, write

HISTORIES = int(os.environ.get("HISTORIES", "500"))
CLOSINGS = [None, parse_period("2026-01-05..2026-01-25", today=TODAY)]


@pytest.fixture
def world(db):
    return make_world()


def engine(slug, world, scope, last, today=TODAY):
    q = changes_question(last, last, scope=scope, company=world.company, today=today)
    parts = METRICS[slug].parts(replace(q, period=containing(last, "day")))[ALL]
    return Level(parts.value or 0, parts.n)


def amounts(found):
    return Counter({key: bar.amount for key, bar in found.bars.items()})


@settings(
    max_examples=HISTORIES, deadline=None, print_blob=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(deals=histories(), ends=st.tuples(st.integers(0, DAYS), st.integers(0, DAYS)), closing=st.sampled_from(CLOSINGS))
def test_starting_and_bars_come_to_ending(world, deals, ends, closing):
    first, last = (day(number) for number in sorted(ends))
    with transaction.atomic():
        write(world, deals)
        scopes = [COMPANY, *(team_scope(team) for team in [world.region, *world.teams]), *map(rep_scope, world.reps)]
        found = {}
        for scope in scopes:
            q = changes_question(first, last, scope=scope, company=world.company, today=TODAY)
            one = found[scope.key] = read_changes(q, closing)
            assert one.starting.amount + sum(bar.amount for bar in one.bars.values()) == one.ending.amount
            assert one.starting.deals + sum(bar.entered for bar in one.bars.values()) == one.ending.deals
            assert sum(change.amount for change in one.changes) == one.ending.amount - one.starting.amount
            if closing is None:
                assert one.starting == engine("open_pipeline", world, scope, first)
                assert one.ending == engine("open_pipeline", world, scope, last)
            if scope.key in ("company", "team:north"):
                check_ledger(world, scope, first, last)
        _check_sums(found, world, deals)
        transaction.set_rollback(True)


def check_ledger(world, scope, first, last):
    """Every move of every day comes to the difference of the levels, whole, by move, by rep, by team and by day."""
    metric = METRICS["pipeline_movement"]
    q = changes_question(first, last, scope=scope, company=world.company, today=TODAY)
    if first < last:
        q = replace(q, period=Period(first + DAY, last + DAY, "days", "range"))
        before, after = (engine("open_pipeline", world, scope, end) for end in (first, last))
        moved = after.amount - before.amount
        assert (metric.parts(q)[ALL].value or 0) == moved
        for by in ("move", "rep", "team", "day"):
            assert sum(parts.value for parts in metric.parts(replace(q, by=by)).values()) == moved, by
        records = list_records(metric, q)
        assert sum(record.numerator for record in records) == from_minor(moved, world.company.base_currency)


def _check_sums(found, world, deals):
    """Teams come to the region and reps to the company, transfers apart; those of the parts take each other away."""
    teams = amounts(found["team:north"]), amounts(found["team:south"])
    region = amounts(found["team:region"])
    for bar, amount in region.items():
        if bar not in TRANSFERS:
            assert sum(part[bar] for part in teams) == amount, bar
    moved = sum(part[bar] for part in teams for bar in TRANSFERS)
    assert moved == sum(region[bar] for bar in TRANSFERS)
    company = amounts(found["company"])
    assert company["transferred_in"] == company["transferred_out"] == 0
    if all(patch.get("owner") != 0 for history in deals for _day, patch in history):
        assert region == company
        reps = [amounts(found[rep_scope(rep).key]) for rep in world.reps]
        for bar, amount in company.items():
            if bar not in TRANSFERS:
                assert sum(part[bar] for part in reps) == amount, bar
        assert sum(part[bar] for part in reps for bar in TRANSFERS) == 0
