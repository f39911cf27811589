"""The fold, worked by hand and against a plain replay of the events."""

import datetime
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.memberships import TeamHistory
from pipeline.allocation import split_credits, split_products
from pipeline.fold import VERSIONED, Event, fold

D = datetime.date
START = {**dict.fromkeys(VERSIONED), "outcome": "open", "stage": 1, "owner": 7, "amount_minor": 100, "currency": "EUR",
         "rate": "1", "opened_on": "2025-01-10", "counts": True}  # fmt: skip
NO_TEAMS = TeamHistory([])


def midnight(day):
    return datetime.datetime.combine(day, datetime.time(), datetime.UTC)


def states(*events, teams=NO_TEAMS):
    return fold([Event(n, patch, day, None) for n, (day, patch) in enumerate(events)], teams, midnight).states


def test_a_won_deal_is_open_until_its_closing_day():
    one, two = states((D(2025, 1, 10), START), (D(2025, 2, 10), {"outcome": "won"}))
    assert (one.valid_from, one.valid_to, one.closed_on) == (D(2025, 1, 10), D(2025, 2, 10), None)
    assert (two.valid_from, two.valid_to, two.closed_on) == (D(2025, 2, 10), None, D(2025, 2, 10))


def test_several_changes_of_a_day_collapse_to_the_last():
    (only,) = states((D(2025, 1, 10), START), (D(2025, 1, 10), {"stage": 2}), (D(2025, 1, 10), {"outcome": "won"}))
    assert (only.fields["stage"], only.closed_on) == (2, D(2025, 1, 10))


def test_won_turned_into_lost_keeps_the_first_day_of_the_run():
    rows = states((D(2025, 1, 10), START), (D(2025, 2, 1), {"outcome": "won"}), (D(2025, 2, 5), {"outcome": "lost"}))
    assert [row.closed_on for row in rows] == [None, D(2025, 2, 1), D(2025, 2, 1)]


def test_a_reopened_deal_closes_on_its_last_close():
    rows = states(
        (D(2025, 1, 10), START), (D(2025, 2, 1), {"outcome": "won"}), (D(2025, 3, 1), {"outcome": "open"}),
        (D(2025, 4, 1), {"outcome": "won"}),
    )  # fmt: skip
    assert [row.closed_on for row in rows] == [None, D(2025, 2, 1), None, D(2025, 4, 1)]


def test_a_back_dated_change_lies_between_what_was_known():
    rows = states((D(2025, 1, 10), START), (D(2025, 3, 1), {"stage": 3}), (D(2025, 2, 1), {"stage": 2}))
    assert [(row.valid_from, row.fields["stage"]) for row in rows] == [
        (D(2025, 1, 10), 1), (D(2025, 2, 1), 2), (D(2025, 3, 1), 3),
    ]  # fmt: skip


def test_a_corrected_opening_day_moves_the_start():
    rows = states(
        (D(2025, 1, 10), START), (D(2025, 1, 10), {"opened_on": "2025-01-20"}), (D(2025, 1, 15), {"stage": 2})
    )
    assert [(row.valid_from, row.fields["stage"]) for row in rows] == [(D(2025, 1, 20), 2)]


def test_an_unknown_start_is_the_beginning_of_time():
    (only,) = states((D(2025, 1, 10), {**START, "opened_on": None}))
    assert only.valid_from == D(1, 1, 1)


def test_an_open_deal_follows_its_owner_to_another_team_and_a_closed_one_stays():
    teams = TeamHistory([(7, 1, None, D(2025, 1, 31)), (7, 2, D(2025, 2, 1), None)])
    rows = states((D(2025, 1, 10), START), teams=teams)
    assert [(row.valid_from, row.team) for row in rows] == [(D(2025, 1, 10), 1), (D(2025, 2, 1), 2)]
    rows = states((D(2025, 1, 10), START), (D(2025, 1, 20), {"outcome": "won"}), teams=teams)
    assert [(row.valid_from, row.team) for row in rows] == [(D(2025, 1, 10), 1), (D(2025, 1, 20), 1)]


def test_a_duplicate_leaves_its_past_too():
    rows = states((D(2025, 1, 10), START), (D(2025, 2, 1), {"outcome": "lost", "counts": False}))
    assert [row.discounted_on for row in rows] == [D(2025, 2, 1)] * 2
    rows = states((D(2025, 1, 10), START), (D(2025, 2, 1), {"outcome": "lost", "counts": True}))
    assert [row.discounted_on for row in rows] == [None] * 2


def test_a_deleted_deal_has_no_version():
    assert states((D(2025, 1, 10), START), (D(2025, 2, 1), {"deleted": "2025-02-01T00:00:00+00:00"})) == []


DAYS = st.integers(0, 40).map(lambda n: D(2025, 1, 10) + datetime.timedelta(days=n))
PATCHES = st.fixed_dictionaries(
    {}, optional={"outcome": st.sampled_from(["open", "won", "lost"]), "stage": st.integers(1, 3),
                  "amount_minor": st.integers(0, 9)},
)  # fmt: skip


@settings(max_examples=500)
@given(st.lists(st.tuples(DAYS, PATCHES), max_size=12))
def test_as_of_equals_a_replay_of_the_events(changes):
    rows = states((D(2025, 1, 10), START), *changes)
    for n in range(42):
        day = D(2025, 1, 10) + datetime.timedelta(days=n)
        replayed = dict(START)
        for _on, patch in sorted(((on, patch) for on, patch in changes if on <= day), key=lambda change: change[0]):
            replayed |= patch
        (found,) = [row for row in rows if row.valid_from <= day and (row.valid_to is None or day < row.valid_to)]
        assert {key: found.fields[key] for key in VERSIONED} == replayed


@settings(max_examples=500)
@given(st.lists(st.tuples(DAYS, PATCHES), max_size=12))
def test_versions_follow_each_other_without_a_gap(changes):
    rows = states((D(2025, 1, 10), START), *changes)
    assert [row.valid_to for row in rows] == [*(row.valid_from for row in rows[1:]), None]


def test_credits_by_hand():
    """1,000.01 at 0.7 and 0.3: 700.007 and 300.003; the odd cent goes to the larger remainder."""
    parts = split_credits(100_001, [[1, "0.7"], [4, "0.3"]], 1, str)
    assert [(rep, part) for rep, _share, part in parts] == [(1, 70_001), (4, 30_000)]


def test_the_odd_cent_of_equal_shares_goes_to_the_owner():
    parts = split_credits(101, [[1, "0.5"], [2, "0.5"]], 2, str)
    assert {rep: part for rep, _share, part in parts} == {2: 51, 1: 50}


def test_what_no_line_covers_is_of_the_unknown_product():
    lines = [[5, "2", "300", "0", None], [6, "1", "400", "0", None]]
    assert dict(split_products(100_000, 100_000, lines, "EUR")) == {5: 60_000, 6: 40_000}
    assert dict(split_products(120_000, 120_000, lines, "EUR")) == {5: 60_000, 6: 40_000, None: 20_000}
    assert split_products(500, 500, [], "EUR") == [(None, 500)]


LINES = st.lists(st.tuples(st.integers(1, 4), st.integers(1, 5), st.integers(0, 900)), min_size=1, max_size=6)


@given(LINES, st.integers(1, 10**7), st.integers(1, 10**7))
def test_products_add_up_to_the_deal(lines, base_minor, amount_minor):
    written = [[product, str(quantity), str(price), "0", None] for product, quantity, price in lines]
    assert sum(part for _product, part in split_products(base_minor, amount_minor, written, "EUR")) == base_minor
    assert Fraction(base_minor) > 0
