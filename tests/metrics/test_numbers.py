from collections import Counter
from decimal import Decimal
from fractions import Fraction
from statistics import quantiles

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.numbers import quantile, ratio, text_of, wilson


def test_nothing_to_divide_by_is_none():
    assert ratio(0, 0) is None
    assert ratio(3, 0) is None
    assert ratio(None, 4) is None
    assert ratio(0, 4) == 0


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(1254, 2032), "0.617125984251968503937008"),
        (Fraction(1, 8), "0.125"),
        (Fraction(-2, 3), "-0.666666666666666666666667"),
        (10**21, "1000000000000000000000"),
        (Decimal("0.10"), "0.10"),
        (None, None),
    ],
)
def test_text_has_all_digits_or_24(value, text):
    assert text_of(value) == text


def test_wilson_of_12_in_20():
    """METRICS.md, win_rate: 12 won, 8 lost, between 38.7 % and 78.1 %."""
    low, high = wilson(12, 20)
    assert (round(low, 3), round(high, 3)) == (Decimal("0.387"), Decimal("0.781"))
    assert wilson(0, 0) is None


@pytest.mark.parametrize(
    ("values", "q", "expected"),
    [
        ([3, 5, 9, 40], Fraction(1, 2), 7),
        ([10, 20, 60], Fraction(1, 2), 20),
        ([7], Fraction(1, 2), 7),
        ([0, 20], Fraction(1, 2), 10),
        ([3, 5, 9, 40], Fraction(9, 10), Fraction("30.7")),
    ],
)
def test_quantiles_by_hand(values, q, expected):
    assert quantile(Counter(values), q) == expected


def test_no_value_has_no_quantile():
    assert quantile(Counter(), Fraction(1, 2)) is None


@given(st.lists(st.integers(0, 10_000), min_size=2, max_size=60), st.lists(st.integers(0, 50), max_size=60))
def test_a_merged_histogram_gives_the_quantile_of_the_raw_values(left, right):
    merged = Counter(left) + Counter(right)
    tenths = quantiles([Fraction(value) for value in left + right], n=10, method="inclusive")
    for tenth in (1, 5, 9):
        assert quantile(merged, Fraction(tenth, 10)) == tenths[tenth - 1]
