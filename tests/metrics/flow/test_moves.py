"""The rules by which a deal's difference is put into bars, each case worked by hand."""

import datetime
from dataclasses import replace
from decimal import Decimal

import pytest

from metrics.periods import parse_period
from metrics.waterfall.moves import DealState, Place, split, within

ANN, BOB, EVE = Place(1, 10), Place(2, 10), Place(3, 20)
Q1 = parse_period("2026-Q1", today=datetime.date(2026, 1, 1))
IN_Q1, IN_Q2 = datetime.date(2026, 3, 31), datetime.date(2026, 4, 1)
OPEN = DealState("open", "pipeline", ANN, 100_00, "EUR", Decimal(1), 100_00, IN_Q1)
WON, LOST = replace(OPEN, outcome="won"), replace(OPEN, outcome="lost")
OMITTED = replace(OPEN, category="omitted")
DOLLARS = replace(OPEN, currency="USD", rate=Decimal("0.8"), base_minor=80_00)


def worth(state, amount, base=None, **changes):
    return replace(state, amount_minor=amount, base_minor=amount if base is None else base, **changes)


def moved(before, after, closing=None):
    return [
        (move.bar, move.place, move.amount, move.deals) for move in split(before, after, closing=closing, base="EUR")
    ]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, OPEN, [("new", ANN, 100_00, 1)]),
        (None, WON, []),
        (None, None, []),
        (WON, LOST, []),
        (OPEN, OPEN, []),
        (WON, OPEN, [("reopened", ANN, 100_00, 1)]),
        (OPEN, WON, [("won", ANN, -100_00, -1)]),
        # It leaves with what it had; that it was won at 120 is in won revenue.
        (OPEN, worth(WON, 120_00), [("won", ANN, -100_00, -1)]),
        (OPEN, LOST, [("lost", ANN, -100_00, -1)]),
        (OPEN, OMITTED, [("decreased", ANN, -100_00, -1)]),
        (OMITTED, worth(OPEN, 90_00), [("increased", ANN, 90_00, 1)]),
        (OPEN, worth(OPEN, 130_00), [("increased", ANN, 30_00, 0)]),
        (OPEN, worth(OPEN, 70_00), [("decreased", ANN, -30_00, 0)]),
        (OPEN, replace(OPEN, amount_minor=None, base_minor=None), [("decreased", ANN, -100_00, 0)]),
        (replace(OPEN, amount_minor=None, base_minor=None), OPEN, [("increased", ANN, 100_00, 0)]),
        (OPEN, worth(OPEN, -5_00), [("decreased", ANN, -105_00, 0)]),
        # The owner alone; then with a rise, which happens at the new place; then won by the new owner.
        (OPEN, replace(OPEN, place=EVE), [("transferred_out", ANN, -100_00, -1), ("transferred_in", EVE, 100_00, 1)]),
        (
            OPEN,
            worth(OPEN, 130_00, place=EVE),
            [("transferred_out", ANN, -100_00, -1), ("transferred_in", EVE, 100_00, 1), ("increased", EVE, 30_00, 0)],
        ),
        (
            OPEN,
            replace(WON, place=EVE),
            [("transferred_out", ANN, -100_00, -1), ("transferred_in", EVE, 100_00, 1), ("won", EVE, -100_00, -1)],
        ),
        (WON, replace(OPEN, place=EVE), [("reopened", EVE, 100_00, 1)]),
    ],
)
def test_one_bar_for_each_way(before, after, expected):
    assert moved(before, after) == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        # 100 at 0.8, then at 0.9: the rate alone.
        (DOLLARS, replace(DOLLARS, rate=Decimal("0.9"), base_minor=90_00), [("exchange_rate", 10_00)]),
        # 200 at 0.9 = 180: 100 more at the old rate are 80, the rate brings the other 20.
        (
            DOLLARS,
            worth(DOLLARS, 200_00, 180_00, rate=Decimal("0.9")),
            [("increased", 80_00), ("exchange_rate", 20_00)],
        ),
        (DOLLARS, worth(DOLLARS, 50_00, 40_00), [("decreased", -40_00)]),
        # Another currency is another amount.
        (DOLLARS, worth(OPEN, 85_00), [("increased", 5_00)]),
        # A rate that was missing comes.
        (replace(DOLLARS, rate=None, base_minor=None), DOLLARS, [("exchange_rate", 80_00)]),
        (DOLLARS, replace(DOLLARS, rate=None, base_minor=None), [("exchange_rate", -80_00)]),
    ],
)
def test_the_rate_is_told_from_the_amount(before, after, expected):
    assert [(bar, amount) for bar, _place, amount, _deals in moved(before, after)] == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (OPEN, replace(OPEN, expected_close_on=IN_Q2), [("pushed_out", ANN, -100_00, -1)]),
        (OPEN, replace(OPEN, expected_close_on=None), [("pushed_out", ANN, -100_00, -1)]),
        (replace(OPEN, expected_close_on=IN_Q2), worth(OPEN, 120_00), [("pulled_in", ANN, 120_00, 1)]),
        (OPEN, replace(WON, expected_close_on=IN_Q2), [("won", ANN, -100_00, -1)]),
        (OPEN, replace(OMITTED, expected_close_on=IN_Q2), [("pushed_out", ANN, -100_00, -1)]),
        (OPEN, replace(OPEN, expected_close_on=datetime.date(2026, 1, 1)), []),
        (None, replace(OPEN, expected_close_on=IN_Q2), []),
        (WON, replace(OPEN, expected_close_on=IN_Q2), []),
    ],
)
def test_deals_move_into_and_out_of_a_period(before, after, expected):
    assert moved(before, after, Q1) == expected


def test_a_transfer_inside_a_scope_is_none():
    moves = split(OPEN, replace(OPEN, place=BOB), closing=None, base="EUR")
    assert within(moves) == within(moves, teams=[10, 20]) == within(moves, teams=[10]) == []
    assert [move.bar for move in within(moves, owner=1)] == ["transferred_out"]
    assert [move.bar for move in within(moves, owner=2)] == ["transferred_in"]
    assert within(moves, owner=3) == within(moves, teams=[20]) == []
