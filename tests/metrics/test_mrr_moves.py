"""Moves of recurring revenue on random histories: what holds of every ledger, against levels counted day by day."""

import datetime
from collections import defaultdict

from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.measures.mrr_moves import CHURN, CONTRACTION, EXPANSION, NEW, REACTIVATION, Run, moves_of

FIRST = datetime.date(2024, 1, 1)
DAYS = 40


def day(number):
    return FIRST + datetime.timedelta(days=number)


@st.composite
def runs(draw):
    found = []
    for _each in range(draw(st.integers(0, 12))):
        start = draw(st.integers(0, DAYS - 1))
        length = draw(st.none() | st.integers(0, DAYS - start))
        ends_on = None if length is None else day(start + length)
        found.append(Run(draw(st.integers(1, 3)), day(start), ends_on, draw(st.integers(0, 500))))
    return found


def level(history, account, at):
    """What an account's subscriptions bring at the end of a day, told from the subscriptions alone."""
    return sum(
        run.amount
        for run in history
        if run.account == account and run.starts_on <= at and (run.ends_on is None or run.ends_on > at)
    )


@settings(max_examples=500, deadline=None)
@given(runs())
def test_opening_and_moves_are_closing_and_each_kind_is_what_it_says(history):
    moves = defaultdict(list)
    for move in moves_of(history):
        moves[move.account, move.day].append(move)
    assert all(len(found) == 1 for found in moves.values())
    for account in (1, 2, 3):
        had_some = False
        for number in range(DAYS + 1):
            before, after = level(history, account, day(number - 1)), level(history, account, day(number))
            found = moves.pop((account, day(number)), [])
            assert sum(move.amount for move in found) == after - before
            for move in found:
                assert move.kind == expected(before, after, had_some=had_some)
            had_some = had_some or after > 0
    assert not moves


def expected(before, after, *, had_some):
    if not before:
        return REACTIVATION if had_some else NEW
    if not after:
        return CHURN
    return EXPANSION if after > before else CONTRACTION


def test_the_story_of_the_catalogue():
    """One account: 166.67 new, 60 more, the 60 ended, then all: new, expansion, contraction, churn, together 0."""
    history = [Run(1, day(0), day(30), 16667), Run(1, day(10), day(20), 6000)]
    moves = moves_of(history)
    assert [(move.kind, move.amount) for move in moves] == [
        (NEW, 16667), (EXPANSION, 6000), (CONTRACTION, -6000), (CHURN, -16667),
    ]  # fmt: skip


def test_a_renewal_on_the_day_of_the_end_is_no_churn():
    moves = moves_of([Run(1, day(0), day(10), 100), Run(1, day(10), None, 100), Run(2, day(0), day(10), 100)])
    assert [(move.account, move.kind) for move in moves] == [(1, NEW), (2, NEW), (2, CHURN)]
