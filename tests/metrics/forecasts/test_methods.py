"""Smoothing, intervals and the days of a forecast, by hand."""

import datetime
from itertools import pairwise
from random import Random

import pytest

from accounts.models import Company
from metrics.actions.forecasts import forecast_periods, is_due, newest_due
from metrics.forecasting.holt_winters import FEWEST, fit, smooth
from metrics.forecasting.methods import _year_before
from metrics.forecasting.spans import Span
from metrics.forecasting.worlds import WORLDS, quantiles, source, winning_worlds
from metrics.periods import parse_period

SEASON = [90, 100, 115, 95, 102, 112, 82, 70, 108, 116, 110, 100]


def day(text):
    return datetime.date.fromisoformat(text)


def span(period, as_of):
    return Span(parse_period(period, today=day(as_of)), day(as_of))


def test_with_less_than_two_years_there_is_no_season():
    assert fit([100.0] * (FEWEST - 1)) is None
    assert fit([100.0] * FEWEST) is not None


def test_a_season_that_repeats_goes_on():
    path = fit([float(value) for value in SEASON * 3])
    assert path.residuals == pytest.approx([0.0] * 36, abs=1e-9)
    assert path.ahead([0.0] * 14) == pytest.approx([*SEASON, 90, 100])


def test_one_surprise_by_hand():
    """24 months of 10, then 14: error 4. Level 10 + 2, trend 0.5 x 0.5 x 4 = 1, the month's season 2."""
    path = smooth([10.0] * 24 + [14.0], (0.5, 0.5, 0.5, 0.8))
    assert (path.level, path.trend, path.seasons[-1]) == (12.0, 1.0, 2.0)
    ahead = path.ahead([0.0] * 12)
    assert ahead[:2] == pytest.approx([12.8, 12.8 + 0.64])
    assert ahead[11] == pytest.approx(12 + sum(0.8**month for month in range(1, 13)) + 2)


def test_a_line_is_followed_and_damped():
    path = fit([100.0 + 5 * month for month in range(48)])
    ahead = path.ahead([0.0] * 12)
    assert ahead[0] == pytest.approx(340, rel=0.02)
    assert all(later > earlier for earlier, later in pairwise(ahead))
    assert ahead[11] < 340 + 11 * 5


def test_the_fit_is_no_worse_than_any_weights_tried_by_chance():
    random = Random(7)  # noqa: S311
    months = [1000 + 20 * month + 80 * SEASON[month % 12] / 100 + random.gauss(0, 60) for month in range(40)]
    best = sum(error**2 for error in fit(months).residuals)
    for _try in range(200):
        alpha = random.random()
        weights = (alpha, random.random(), random.random() * (1 - alpha), random.uniform(0.8, 0.98))
        assert best <= 1.001 * sum(error**2 for error in smooth(months, weights).residuals)


def test_quantiles_lie_between_the_draws():
    assert quantiles([0.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0, 100.0]) == (10, 50, 90)
    assert quantiles([7.0]) == (7, 7, 7)


def test_a_deal_is_won_in_its_share_of_worlds():
    random = source("worlds")
    assert len(winning_worlds(0.25, random)) in (WORLDS // 4, WORLDS // 4 + 1)
    assert winning_worlds(0.0, random) == []
    assert sorted(winning_worlds(1.0, random)) == list(range(WORLDS))
    assert winning_worlds(0.5, source("a")) == winning_worlds(0.5, source("a"))


def test_the_rest_of_a_period_begins_after_the_day():
    running = span("2025-06", "2025-06-10")
    assert (running.rest, running.after, running.until) == (day("2025-06-11"), 0, 20)
    assert running.months() == [(0, 20 / 30)]
    ahead = span("2025-07", "2025-05-31")
    assert (ahead.rest, ahead.after, ahead.until) == (day("2025-07-01"), 30, 61)
    assert ahead.months() == [(1, 1.0)]
    assert span("2025-Q3", "2025-05-15").months() == [(2, 1.0), (3, 1.0), (4, 1.0)]


def test_trials_look_from_the_same_lead_time_at_periods_that_are_over():
    found = list(span("2025-06", "2025-06-10").trials())
    assert [(one.period.name, one.as_of.isoformat()) for one in found[:2]] == [
        ("2025-05", "2025-05-10"), ("2025-04", "2025-04-10"),
    ]  # fmt: skip
    assert len(found) == 8
    ahead = next(iter(span("2025-Q4", "2025-06-10").trials()))
    assert (ahead.period.name, ahead.as_of) == ("2025-Q1", day("2024-09-10"))
    last = next(iter(span("2025-03", "2025-03-30").trials()))
    assert (last.period.name, last.as_of) == ("2025-02", day("2025-02-28"))


def test_a_year_ago_goes_further_back_where_it_is_yet_to_come():
    assert _year_before(span("2025-06", "2025-06-10")) == [(day("2024-06-11"), day("2024-07-01"))]
    assert _year_before(span("2026", "2025-06-10")) == [
        (day("2025-01-01"), day("2025-06-11")), (day("2024-06-11"), day("2025-01-01")),
    ]  # fmt: skip


def test_runs_are_made_before_months_and_weeks():
    assert is_due(day("2025-05-31"))  # before 1 June
    assert is_due(day("2025-06-08"))  # Sunday, before Monday
    assert not is_due(day("2025-06-10"))
    assert newest_due(day("2025-06-10")) == day("2025-06-08")


@pytest.mark.parametrize(
    ("start", "names"),
    [
        (1, ["2025-06", "2025-07", "2025-Q2", "2025-Q3", "2025"]),
        (2, ["2025-06", "2025-07", "2025-Q2", "2025-Q3", "2025", "FY2026-Q2", "FY2026-Q3", "FY2026"]),
    ],
)
def test_what_is_forecast(start, names):
    company = Company(fiscal_year_start_month=start)
    assert [period.name for period in forecast_periods(day("2025-05-31"), company)] == names
