"""Attribution: the shares of each model by hand, and that they never lose or make a cent."""

import datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.measures.attribution import MODELS, attribute, weights

CLOSE = datetime.datetime(2026, 5, 30, 12, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)


def touched(*days_before):
    return [CLOSE - days * DAY for days in days_before]


@pytest.mark.parametrize(
    ("model", "credits"),
    [
        ("first", [900000, 0, 0, 0]),
        ("last", [0, 0, 0, 900000]),
        ("linear", [225000, 225000, 225000, 225000]),
        ("position", [360000, 90000, 90000, 360000]),
        # Weights 1/8, 1/4, 1/2, 1: a fifteenth is 60,000.
        ("time_decay", [60000, 120000, 240000, 480000]),
    ],
)
def test_nine_thousand_over_four_touches_a_week_apart(model, credits):
    assert attribute(900000, touched(21, 14, 7, 0), CLOSE, model) == credits


def test_two_touches_share_alike_by_position_and_one_has_all():
    assert attribute(1001, touched(2, 1), CLOSE, "position") == [501, 500]
    for model in MODELS:
        assert attribute(1001, touched(3), CLOSE, model) == [1001]


def test_odd_cents_go_to_the_largest_remainders_the_earlier_first():
    assert attribute(100, touched(3, 2, 1), CLOSE, "linear") == [34, 33, 33]
    assert attribute(-100, touched(3, 2, 1), CLOSE, "linear") == [-34, -33, -33]


def test_touches_behind_the_close_get_nothing_and_without_others_all_is_unattributed():
    second = datetime.timedelta(seconds=1)
    assert attribute(100, [CLOSE, CLOSE + second], CLOSE, "last") == [100, 0]
    assert attribute(100, [CLOSE + second], CLOSE, "last") == [0, 100]
    assert attribute(100, [], CLOSE, "linear") == [100]


def test_a_model_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="no model of attribution"):
        weights(touched(1), CLOSE, "magic")


@given(
    amount=st.integers(-(10**14), 10**14),
    seconds=st.lists(st.integers(-(10**5), 10**9), max_size=12),
    model=st.sampled_from(MODELS),
)
def test_every_model_adds_up_to_exactly_the_deal(amount, seconds, model):
    times = sorted(CLOSE - datetime.timedelta(seconds=each) for each in seconds)
    parts = attribute(amount, times, CLOSE, model)
    assert sum(parts) == amount
    assert all(part * amount >= 0 for part in parts)
    before = [at for at in times if at <= CLOSE]
    if before:
        assert sum(weights(before, CLOSE, model)) == Fraction(1)
