"""The product-limit estimate against textbook values and against what is worked out by hand."""

from fractions import Fraction

import pytest

from metrics.cohorts.survival import curve, quantile_day, share_after


def over(*days):
    return [(day, True) for day in days]


def going_on(*days):
    return [(day, False) for day in days]


def test_remission_of_leukaemia():
    """Freireich's 21 patients on 6-MP, the example of most textbooks (Cox and Oakes 1984): weeks of remission."""
    ended = over(6, 6, 6, 7, 10, 13, 16, 22, 23)
    censored = going_on(6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)
    steps = curve(ended + censored)
    assert [(step.day, step.at_risk, step.ended, round(float(step.share), 4)) for step in steps] == [
        (6, 21, 3, 0.8571), (7, 17, 1, 0.8067), (10, 15, 1, 0.7529), (13, 12, 1, 0.6902), (16, 11, 1, 0.6275),
        (22, 7, 1, 0.5378), (23, 6, 1, 0.4482),
    ]  # fmt: skip
    assert quantile_day(steps) == 23


def test_by_hand():
    """Deals closed after 10, 20 and 20 days, one open for 15 and one for 30: 4/5, then 4/5 x 1/3."""
    steps = curve(over(10, 20, 20) + going_on(15, 30))
    assert [(step.day, step.at_risk, step.ended, step.share) for step in steps] == [
        (10, 5, 1, Fraction(4, 5)),
        (20, 3, 2, Fraction(4, 15)),
    ]
    assert [share_after(steps, day) for day in (9, 10, 19, 20, 99)] == [
        1, Fraction(4, 5), Fraction(4, 5), Fraction(4, 15), Fraction(4, 15),
    ]  # fmt: skip
    assert quantile_day(steps) == 20
    assert quantile_day(steps, Fraction(3, 4)) is None


def test_what_goes_on_counts_on_its_last_day():
    assert curve(over(5) + going_on(5))[0].share == Fraction(1, 2)


def test_without_censoring_it_is_the_share_that_took_longer():
    steps = curve(over(1, 2, 3, 4))
    assert [step.share for step in steps] == [Fraction(3, 4), Fraction(1, 2), Fraction(1, 4), 0]
    assert quantile_day(steps) == 2


@pytest.mark.parametrize("cases", [[], going_on(3, 9)])
def test_nothing_ended(cases):
    steps = curve(cases)
    assert (steps, share_after(steps, 9), quantile_day(steps)) == ([], 1, None)
