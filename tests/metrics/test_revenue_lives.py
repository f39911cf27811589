"""Recurring revenue by cohort on random histories: what holds of all of them, against levels told day by day."""

import datetime
from collections import defaultdict

from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.cohorts.revenue_lives import month_index, month_levels, revenue_story
from metrics.measures.mrr_moves import Run
from metrics.periods import add_months

FIRST = datetime.date(2023, 11, 1)
DAYS, OVER = 150, month_index(FIRST) + 4
ENDS = [add_months(FIRST, n + 1) - datetime.timedelta(days=1) for n in range(5)]
"""The last days of the months that are over."""


def day(number):
    return FIRST + datetime.timedelta(days=number)


@st.composite
def histories(draw):
    found = defaultdict(list)
    for _each in range(draw(st.integers(0, 12))):
        start = draw(st.integers(0, DAYS - 1))
        length = draw(st.none() | st.integers(0, 90))
        account = draw(st.integers(1, 4))
        ends_on = None if length is None else day(start + length)
        found[account].append(Run(account, day(start), ends_on, draw(st.integers(1, 500))))
    return found


def level(runs, at):
    """What subscriptions bring at the end of a day."""
    return sum(run.amount for run in runs if run.starts_on <= at and (run.ends_on is None or run.ends_on > at))


@settings(max_examples=500, deadline=None)
@given(histories())
def test_cohorts_add_up_to_the_recurring_revenue_of_each_month(history):
    total = dict.fromkeys(ENDS, 0)
    for runs in history.values():
        story = revenue_story(runs, OVER)
        if story is None:
            assert all(level(runs, end) == 0 for end in ENDS)
            continue
        began, months = story
        for end in ENDS:
            age = month_index(end) - month_index(began)
            amount = months[age] if age >= 0 else 0
            assert amount == level(runs, end)
            total[end] += amount
        assert months[0] > 0
        assert len(months) == OVER - month_index(began) + 1
    assert total == {end: sum(level(runs, end) for runs in history.values()) for end in ENDS}


@settings(max_examples=500, deadline=None)
@given(histories())
def test_an_account_begins_on_the_day_from_which_its_revenue_lasts_to_the_end_of_the_month(history):
    for runs in history.values():
        if story := revenue_story(runs, OVER):
            began = story[0]
            end = add_months(began.replace(day=1), 1)
            assert level(runs, began - datetime.timedelta(days=1)) == 0
            assert all(level(runs, began + datetime.timedelta(days=n)) > 0 for n in range((end - began).days))


@settings(max_examples=500, deadline=None)
@given(histories())
def test_no_more_is_kept_than_there_is_and_than_there_was(history):
    for runs in history.values():
        if story := revenue_story(runs, OVER):
            first, *later = story[1]
            assert all(min(first, amount) <= amount and 0 <= min(first, amount) <= first for amount in later)


def test_the_first_day_without_it():
    """From 1 November up to 1 December: there at the end of November, not in December; one day less, never."""
    whole = [Run(1, day(0), day(30), 100)]
    assert month_levels(whole, OVER) == {month_index(FIRST): 100}
    assert revenue_story(whole, OVER) == (FIRST, (100, 0, 0, 0, 0))
    assert revenue_story([Run(1, day(0), day(29), 100)], OVER) is None
    assert revenue_story([Run(1, day(0), day(0), 100)], OVER) is None
    assert revenue_story([], OVER) is None


def test_one_that_comes_and_goes_within_a_month_begins_when_it_lasts():
    runs = [Run(1, day(2), day(10), 100), Run(1, day(20), day(25), 70), Run(1, day(25), None, 80)]
    assert revenue_story(runs, month_index(FIRST) + 1) == (day(20), (80, 80))
    assert revenue_story(runs, month_index(FIRST) - 1) is None
