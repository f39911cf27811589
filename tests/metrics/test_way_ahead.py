"""What is left to a target in proposals and working days, counted by hand on a calendar of 2026."""

import datetime
from dataclasses import replace
from fractions import Fraction

import pytest

from accounts.working_days import WorkingCalendar
from metrics.goals.way_ahead import Milestone, Practice, find_way

DAY = datetime.date
OFFICE = WorkingCalendar(frozenset({0, 1, 2, 3, 4}), frozenset({DAY(2026, 12, 25)}))
MONDAY, YEAR_END = DAY(2026, 11, 2), DAY(2026, 12, 31)
USUAL = Practice("proposal", tried=12, won=7, days=Fraction(20), size=Fraction(1_000_000), best=Fraction(1, 2), out=2)


def way(left, practice=USUAL, today=MONDAY, ends_on=YEAR_END):
    return find_way(left, practice, calendar=OFFICE, today=today, ends_on=ends_on)


def test_what_is_left_is_broken_down_to_working_days():
    """40,000 at 10,000 a win are 4 wins, 7 of 12 are won: 6.86, so 7 proposals, of which 2 are out already.

    Twenty days before the year's end is Friday 11 December: 30 working days, a proposal every six of them.
    """
    found = way(4_000_000)
    assert (found.state, found.wins, found.needed, found.days) == ("open", 4, 5, 30)
    assert found.last_day == DAY(2026, 12, 11)
    assert found.milestones == (
        Milestone(DAY(2026, 11, 9), 1), Milestone(DAY(2026, 11, 20), 2), Milestone(DAY(2026, 12, 11), 5),
    )  # fmt: skip


def test_more_than_one_a_day_begins_today():
    found = way(32_000_000, replace(USUAL, best=Fraction(2), out=0))
    assert (found.wins, found.needed) == (32, 55)  # 32 x 12 / 7 = 54.86
    assert found.milestones[0] == Milestone(MONDAY, 1)
    assert found.milestones[1:] == (Milestone(DAY(2026, 11, 20), 27), Milestone(DAY(2026, 12, 11), 55))


def test_a_weekend_begins_on_monday():
    assert way(32_000_000, replace(USUAL, best=Fraction(2)), today=DAY(2026, 10, 31)).milestones[0].day == MONDAY


@pytest.mark.parametrize(
    ("left", "practice", "today", "state"),
    [
        (0, USUAL, MONDAY, "reached"),
        (-1, USUAL, MONDAY, "reached"),
        (4_000_000, replace(USUAL, tried=4, won=4), MONDAY, "unknown"),
        (4_000_000, replace(USUAL, won=0, days=None), MONDAY, "unknown"),
        (4_000_000, replace(USUAL, size=None), MONDAY, "unknown"),
        (4_000_000, replace(USUAL, out=7), MONDAY, "enough"),
        (4_000_000, replace(USUAL, out=6), MONDAY, "open"),
        (4_000_000, USUAL, DAY(2026, 12, 11), "steep"),  # five on the last day
        (4_000_000, USUAL, DAY(2026, 12, 12), "late"),
        (4_000_000, replace(USUAL, days=Fraction(41, 2)), DAY(2026, 12, 11), "late"),  # half a day more is a day more
        (4_000_000, replace(USUAL, best=Fraction(1, 6)), MONDAY, "open"),  # five in thirty days, as in the best month
        (4_000_000, replace(USUAL, best=Fraction(1, 7)), MONDAY, "steep"),
    ],
)
def test_it_says_when_there_is_nothing_to_break_down(left, practice, today, state):
    assert way(left, practice, today).state == state


def test_what_is_out_is_expected_to_bring_its_share():
    assert way(4_000_000).expected == 1_166_666  # two, seven twelfths of them, at 10,000
