"""Operators, each worked by hand: on metrics whose figures are given, and on targets and benchmarks as rows."""

import datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from django.utils import timezone

from accounts.models import Company, Holiday, Team
from metrics.asking import ask
from metrics.catalogue.operators import OPERATORS
from metrics.errors import QuestionRefused
from metrics.evaluate import find_metric
from metrics.metric import Metric, Parts
from metrics.models import Benchmark, Target
from metrics.periods import parse_period
from metrics.question import Question
from metrics.scopes import COMPANY
from tests.metrics.everyone import everyone
from tests.metrics.given import GivenRatio, GivenTotal

TODAY = datetime.date(2026, 11, 18)
COMPANY_ROW = Company(time_zone="UTC", base_currency="EUR", fiscal_year_start_month=1)


def question(period: str, as_of: datetime.date = TODAY, **more: object) -> Question:
    span = parse_period(period, today=as_of)
    return Question(span, COMPANY, COMPANY_ROW, TODAY, as_of, **more)


def worked(operator: str, metric: Metric, period: str = "2026-10", **more: object) -> dict[str, Parts]:
    found = OPERATORS[operator].on(metric).parts(question(period, **more))
    return {member.key: parts for member, parts in found.items()}


@pytest.mark.parametrize(
    ("now", "before", "growth"),
    [(120, 100, Fraction(1, 5)), (80, 100, Fraction(-1, 5)), (5, 0, None), (0, 100, Fraction(-1)), (100, -5, None)],
)
def test_growth_needs_something_to_grow_from(now, before, growth):
    metric = GivenTotal.of({"2026-10": now, "2026-09": before})
    assert worked("growth", metric)[""].value == growth


def test_a_rate_grows_by_points():
    metric = GivenRatio.of({"2026-10": (5, 20), "2026-09": (10, 50)})
    assert worked("growth", metric)[""] == Parts(Fraction(1, 20), Fraction(1, 20), None, 20)


def test_a_moving_average_adds_up_the_parts_of_a_ratio():
    metric = GivenRatio.of({"2026-10": (1, 1), "2026-09": (0, 9), "2026-08": (2, 10)})
    assert worked("moving_average", metric)[""].value == Fraction(3, 20)  # not the mean of 100 %, 0 % and 20 %


def test_a_moving_average_of_a_total_leaves_out_what_is_not_known():
    metric = GivenTotal.of({"2026-10": 110, "2026-09": 90})
    assert worked("moving_average", metric)[""].value == 100


def months(count: int) -> list[str]:
    return [f"{2025 + (n + 10) // 12}-{(n + 10) % 12 + 1:02}" for n in range(count)]  # from November 2025


@pytest.mark.parametrize(
    ("values", "value", "n"),
    [
        ([100 + 2 * n for n in range(12)], Fraction(2, 111), 12),  # slope 2, median of 100 to 122
        ([100, 102, 104, 106, 108, 110, 112, 9999, None, None, None, None], Fraction(2, 107), 8),  # an outlier of eight
        ([100] * 7 + [None] * 5, None, 7),
    ],
)
def test_a_trend_is_robust_and_needs_eight_periods(values, value, n):
    metric = GivenTotal.of(dict(zip(months(12), values, strict=True)))
    found = worked("trend", metric)[""]
    assert (found.value, found.n) == (value, n)


def test_a_trend_leaves_the_running_period_out():
    metric = GivenTotal.of({**dict.fromkeys(months(12), 100), "2026-11": 3})
    assert worked("trend", metric, "2026-11")[""] == Parts(Fraction(0), Fraction(0), Fraction(100), 12)


def test_shares_are_of_the_whole():
    metric = GivenTotal.of({"2026-10": 1000}, members={"web": 500, "partner": 300, "unknown": 200})
    found = worked("share", metric, by="channel")
    assert {key: parts.value for key, parts in found.items()} == {
        "web": Fraction(1, 2), "partner": Fraction(3, 10), "unknown": Fraction(1, 5),
    }  # fmt: skip
    assert worked("share", GivenTotal.of({"2026-10": 0}, members={"web": 0}), by="channel")["web"].value is None


def test_equals_share_the_mean_of_their_places():
    metric = GivenTotal.of({"2026-10": 170}, members={"a": 40, "b": 50, "c": 30, "d": 40, "e": 10})
    found = worked("rank", metric, by="rep")
    assert {key: parts.value for key, parts in found.items()} == {"b": 1, "a": Fraction(5, 2), "d": Fraction(5, 2),
                                                                  "c": 4, "e": 5}  # fmt: skip
    four = GivenTotal.of({"2026-10": 160}, members={"a": 40, "b": 50, "c": 30, "d": 40})
    assert {parts.value for parts in worked("rank", four, by="rep").values()} == {None}


def set_target(period: str, value: str, metric: str = "given", **more: object) -> None:
    span = parse_period(period, today=TODAY)
    fields = {"scope_kind": "company", "scope_id": 0, "recorded_at": timezone.now()} | more
    Target.objects.create(
        metric=metric, period_kind=span.kind, period=span.name, starts_on=span.start, ends_on=span.last_day,
        value=Decimal(value), **fields,
    )  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("targets", "value"),
    [
        ({}, None),
        ({"2026-Q3": "200"}, Fraction(4, 5)),
        ({"2026-Q3": "200", "2026-07": "999"}, Fraction(4, 5)),  # the exact one beats its months
        ({"2026-07": "50", "2026-08": "150"}, Fraction(4, 5)),  # what is there is added up
        ({"2026": "800"}, None),  # a longer one is never cut
        ({"2026-Q3": "0"}, None),
        ({"2026-Q3": "-5"}, None),
    ],
)
def test_attainment_finds_its_target(targets, value):
    for period, target in targets.items():
        set_target(period, target)
    assert worked("target_attainment", GivenTotal.of({"2026-Q3": 160}), "2026-Q3")[""].value == value


@pytest.mark.django_db
def test_rates_are_not_added_up_and_where_less_is_better_the_target_stands_above():
    set_target("2026-07", "0.2")
    assert worked("target_attainment", GivenRatio.of({"2026-Q3": (1, 4)}), "2026-Q3")[""].value is None
    set_target("2026-Q3", "0.2")
    assert worked("target_attainment", GivenRatio.of({"2026-Q3": (1, 4)}), "2026-Q3")[""].value == Fraction(5, 4)
    slow = GivenTotal.of({"2026-Q3": 40}, better="lower")
    set_target("2026-Q3", "30", dimension="channel", member="Web")
    found = worked("target_attainment", slow, "2026-Q3", where=(("channel", "Web"),))
    assert found[""] == Parts(Fraction(3, 4), 30, 40, 1)


@pytest.mark.django_db
def test_pace_goes_by_working_days():
    set_target("2026-11", "150")
    metric = GivenTotal.of({"2026-11": 60})
    # 21 working days in November 2026, 12 of them over at the end of the 17th; two holidays make it 19 and 10
    Holiday.objects.create(day=datetime.date(2026, 11, 2))
    Holiday.objects.create(day=datetime.date(2026, 11, 3))
    found = worked("pace_to_target", metric, "2026-11", as_of=datetime.date(2026, 11, 17))[""]
    assert found == Parts(Fraction(114, 150), 114, 150, 1)
    early = worked("pace_to_target", metric, "2026-11", as_of=datetime.date(2026, 11, 3))[""]
    assert early.value is None
    over = worked("pace_to_target", GivenTotal.of({"2026-10": 60}), "2026-10")
    assert over[""].value is None  # no target


@pytest.mark.django_db
def test_members_have_targets_of_their_own():
    north, south = (Team.objects.create(name=name, slug=name) for name in ("north", "south"))
    set_target("2026-10", "200", scope_kind="team", scope_id=north.pk, team=north)
    set_target("2026-10", "50", scope_kind="team", scope_id=south.pk, team=south)
    metric = GivenTotal.of({"2026-10": 100}, members={"north": 100, "east": 7})
    found = worked("target_attainment", metric, by="team")
    assert {key: parts.value for key, parts in found.items()} == {"north": Fraction(1, 2), "south": 0}


@pytest.mark.django_db
def test_the_benchmark_is_of_the_newest_year_that_is_not_later():
    for year, value in ((2024, "0.18"), (2025, "0.2"), (2027, "0.5")):
        Benchmark.objects.create(metric="given", value=Decimal(value), source="A study", year=year)
    metric = GivenRatio.of({"2026-10": (11, 50)})
    assert worked("benchmark_gap", metric)[""] == Parts(Fraction(1, 50), Fraction(11, 50), Fraction(1, 5), 50)
    assert worked("benchmark_gap", metric, where=(("segment", "Large"),))[""].value is None


@pytest.mark.django_db
def test_a_figure_says_its_target(cast):
    set_target("2026-11", "1000.50", metric="won_revenue")
    now = datetime.datetime(2026, 11, 18, 12, tzinfo=datetime.UTC)
    figure = ask("won_revenue", {"period": "2026-11"}, user=everyone(), now=now).figure(now).as_json()
    assert figure["target"]["value"] == "1000.5"
    assert ask("won_revenue", {"period": "2026-09"}, user=everyone(), now=now).figure(now).as_json()["target"] is None


@pytest.mark.django_db
def test_operators_are_asked_by_name():
    assert find_metric("growth-win_rate").unit == "percent"
    assert find_metric("moving_average-open_pipeline").unit == "money"
    for slug in ("growth-", "growth-nothing", "grow-win_rate", "growth-target_attainment"):
        with pytest.raises(QuestionRefused):
            find_metric(slug)
