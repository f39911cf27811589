"""Operators: figures made of the figures of any metric. ``METRICS`` has those that stand for themselves."""

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from metrics.catalogue.deals import win_rate, won_revenue
from metrics.operators.comparisons import BaselineChange, BenchmarkGap, GrowthOf
from metrics.operators.operator import Operator
from metrics.operators.peers import Rank, Share
from metrics.operators.series import MovingAverage, Trend
from metrics.operators.targets import Attainment, Pace

OWN_DATE = _("the metric's own date")

_ALL = (
    Attainment(
        slug="target_attainment",
        name=_("Target attainment"),
        unit="percent",
        better="higher",
        group="performance",
        timing="lagging",
        dimensions=(),
        of=won_revenue,
        date=OWN_DATE,
        help=_(
            "What was reached of the target, not capped. Without a target of exactly the period its quarters or months "
            "are added up. Where less is better: target / actual."
        ),
        formula=_("actual / target"),
        example="160 of 200: 80 %",
    ),
    Pace(
        slug="pace_to_target",
        name=_("Pace to target"),
        unit="percent",
        better="higher",
        group="performance",
        timing="leading",
        dimensions=(),
        of=won_revenue,
        date=OWN_DATE,
        help=_("What the period comes to if the rest goes like the working days so far, held against the target."),
        formula=_("actual so far / share of the working days that are over / target"),
        example="60 after 10 of 20 working days, target 150: 120 / 150 = 80 %",
    ),
    GrowthOf(
        slug="growth",
        name=_("Growth"),
        unit="percent",
        better="higher",
        group="performance",
        timing="lagging",
        dimensions=(),
        of=won_revenue,
        date=OWN_DATE,
        help=_("Against the period before, percentages in points; a running period against as many days."),
        formula=_("(now - before) / before"),
        example="120 after 100: +20 %; a rate of 25 % after 20 %: +5 points",
    ),
    Share(
        slug="share",
        name=_("Share of the total"),
        unit="percent",
        better="neutral",
        group="performance",
        timing="lagging",
        dimensions=(),
        of=won_revenue,
        date=OWN_DATE,
        help=_("A member's part of the whole of the same scope and period."),
        formula=_("part / whole"),
        example="web 500 of 1,000: 50 %",
    ),
    Rank(
        slug="rank",
        name=_("Rank"),
        unit="count",
        better="lower",
        group="performance",
        timing="lagging",
        dimensions=(),
        of=won_revenue,
        date=OWN_DATE,
        help=_("The place among at least five peers; equals share the mean of their places."),
        formula=_("place by the metric, the best is 1"),
        example="50, 40, 40, 30 and 10: places 1, 2.5, 2.5, 4 and 5",
    ),
    MovingAverage(
        slug="moving_average",
        name=_("Moving average"),
        unit="money",
        better="higher",
        group="performance",
        timing="lagging",
        dimensions=(),
        of=won_revenue,
        date=OWN_DATE,
        help=_("Over this period and the two before: the mean of a total, a ratio's parts added up and divided last."),
        formula=_("sum of three periods / 3"),
        example="90, 100 and 110: 100",
    ),
    Trend(
        slug="trend",
        name=_("Trend"),
        unit="percent",
        better="neutral",
        group="performance",
        timing="leading",
        dimensions=(),
        of=won_revenue,
        date=_("the metric's own date, closed periods alone"),
        help=_(
            "How much the metric moves in a period, robust against single ones; from at least eight closed periods."
        ),
        formula=_("median slope between all pairs of the last 12 periods / their median"),
        example="100, 102, 104, 106, 108, 110, 112, 114: slope 2, median 107, 1.9 % a period",
    ),
    BaselineChange(
        slug="baseline_change",
        name=_("Change against the baseline"),
        unit="percent",
        better="higher",
        group="performance",
        timing="lagging",
        dimensions=(),
        of=won_revenue,
        date=OWN_DATE,
        help=_("Against what was reported of the first frozen period of the same length; percentages in points."),
        formula=_("(actual - baseline) / baseline"),
        example="a win rate of 25 %, 20 % in the baseline: +5 points",
    ),
    BenchmarkGap(
        slug="benchmark_gap",
        name=_("Gap to the benchmark"),
        unit="percent",
        better="higher",
        group="performance",
        timing="lagging",
        dimensions=(),
        of=win_rate,
        date=OWN_DATE,
        help=_("The figure less the benchmark of the newest year that an admin entered; none is made up."),
        formula=_("actual - benchmark"),
        example="22 %, benchmark 20 %: +2 points",
    ),
)
OPERATORS: dict[str, Operator] = {operator.slug: operator for operator in _ALL}
_BY_THEMSELVES = ("target_attainment", "pace_to_target", "trend", "baseline_change", "benchmark_gap")
METRICS = tuple(
    replace(
        operator,
        dimensions=operator.dimensions_on(operator.of),
        better=operator.better_on(operator.of),
        unit=operator.unit_on(operator.of),
    )
    for operator in _ALL
    if operator.slug in _BY_THEMSELVES
)
