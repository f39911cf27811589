"""What metrics adds to the sample company: believable, the same each time, and gone without a trace."""

import datetime
from decimal import Decimal

import pytest
from django.db.models import F, Sum

from accounts.business_dates import day_start
from accounts.models import Company
from metrics.actions.targets import set_targets
from metrics.goals.goal import goal_of
from metrics.models import (
    Benchmark,
    Expense,
    Indicator,
    IndicatorReading,
    MarketSize,
    MetricDefinition,
    PinnedKpi,
    SurveyResponse,
    Target,
)
from metrics.periods import parse_period
from metrics.sample.loading import load_sample
from metrics.scopes import COMPANY
from pipeline.models import Activity, DealLine, DealVersion, Lead, Product
from pipeline.sample.loading import Size
from pipeline.sample.removal import remove_sample
from tests.pipeline.sample_company import TODAY, own_records, rows_of_all_tables

pytestmark = pytest.mark.django_db
SIZE = Size(reps=6, months=24, deals=120, activities=60)


def load(seed: int = 1, size: Size = SIZE) -> dict[str, int]:
    return load_sample(size=size, seed=seed, today=TODAY)


def content() -> dict[str, list[str]]:
    asked = {
        Expense: ("day", "category", "amount_minor", "currency", "base_minor", "rep__email", "team__name", "note"),
        IndicatorReading: ("indicator__slug", "day", "source", "value", "channel__name"),
        SurveyResponse: ("account__name", "kind", "score", "at", "invited_on", "owner__email", "team__name"),
        Target: ("metric", "scope_kind", "rep__email", "team__name", "period", "value", "recorded_at"),
        Benchmark: ("metric", "value", "year"),
        MarketSize: ("kind", "segment", "year", "accounts", "revenue_minor"),
        MetricDefinition: ("slug", "top", "top_where", "bottom", "versions__version"),
        PinnedKpi: ("metric", "role", "position", "cadence", "owner__email", "reviewed_on"),
    }
    return {model.__name__: sorted(map(repr, model.objects.values_list(*names))) for model, names in asked.items()}


@pytest.fixture
def sample(db) -> dict[str, int]:
    return load()


def test_it_is_the_same_each_time(sample):
    first = content()
    remove_sample()
    assert load() == sample
    assert content() == first
    assert all(first.values())


def test_it_goes_without_a_trace_and_leaves_own_records(db):
    own_records()
    now = day_start(TODAY, Company.current().zone)
    own = goal_of("won_revenue", COMPANY, parse_period("2026", today=TODAY), Decimal(123))
    set_targets(goals=[own], by=None, now=now)
    before = rows_of_all_tables()
    load()
    assert Target.objects.known_on(None).get(scope_kind="company", metric="won_revenue", period="2026").value == 123
    remove_sample()
    after = rows_of_all_tables()
    after["pipeline.ChangedDay"] = before["pipeline.ChangedDay"] = 0
    assert after == before


def test_every_month_has_costs_and_visits(sample):
    months = {(day.year, day.month) for day in Expense.objects.values_list("day", flat=True)}
    assert len(months) == 25  # October 2024 to the running October of 2026
    visits = IndicatorReading.objects.filter(indicator__slug="website_sessions")
    assert {(day.year, day.month) for day in visits.values_list("day", flat=True)} == months
    assert Indicator.objects.get(slug="followers").nature == "stock"
    assert set(Expense.Category.values) == set(Expense.objects.values_list("category", flat=True))


def test_nothing_lies_in_the_future(sample):
    assert not Expense.objects.filter(day__gte=TODAY).exists()
    assert not IndicatorReading.objects.filter(day__gte=TODAY).exists()
    assert not SurveyResponse.objects.filter(answered_on__gte=TODAY).exists()
    assert not SurveyResponse.objects.filter(invited_on__gte=TODAY).exists()


def test_costs_are_converted_and_those_of_reps_have_their_team(sample):
    assert not Expense.objects.filter(base_minor=None).exists()
    assert Expense.objects.filter(amount_minor__lt=0).exists()
    assert set(Expense.objects.exclude(rep=None).values_list("category", flat=True)) == {"salary", "commission"}
    assert not Expense.objects.exclude(rep=None).filter(team=None).exists()


def test_the_pipeline_has_what_the_second_wave_asks(sample):
    assert Lead.objects.filter(assigned_at__isnull=False, owner__isnull=False).exists()
    assert not Lead.objects.filter(assigned_at__lt=F("created_at")).exists()
    assert not Lead.objects.filter(assigned_at__gt=F("first_responded_at")).exists()
    new = Product.objects.filter(launched_on__gt=TODAY - datetime.timedelta(days=720))
    assert new.count() == 2
    for product in new:
        assert not DealLine.objects.filter(product=product, deal__opened_at__date__lt=product.launched_on).exists()
    key = DealVersion.objects.filter(is_key=True)
    assert key.exists()
    assert set(key.values_list("account__is_key", flat=True)) == {True}
    due = Activity.objects.exclude(due_at=None)
    assert not due.filter(original_due_on=None).exists()


def test_customers_answer_some_of_what_they_are_asked(sample):
    asked, answered = SurveyResponse.objects.count(), SurveyResponse.objects.exclude(score=None).count()
    assert 0.2 < answered / asked < 0.55
    scores = set(SurveyResponse.objects.filter(kind="nps", score__isnull=False).values_list("score", flat=True))
    assert min(scores) <= 6 < 9 <= max(scores)


def test_targets_cover_reps_teams_and_company_and_were_raised_once(sample):
    standing = Target.objects.known_on(None)
    assert set(standing.values_list("scope_kind", "period_kind")) == {
        ("company", "year"), ("team", "quarter"), ("rep", "month"),
    }  # fmt: skip
    assert standing.filter(starts_on__lte=TODAY, ends_on__gte=TODAY, scope_kind="rep").exists()
    old = Target.objects.exclude(superseded_at=None)
    assert {row.period for row in old} == {"2025", "2026"}
    half_way = day_start(datetime.date(2025, 10, 1), Company.current().zone)
    assert {row.superseded_at for row in old} == {half_way}
    assert standing.aggregate(total=Sum("value"))["total"] > 0


@pytest.mark.parametrize(
    "size", [Size(reps=1, months=1, deals=1, activities=0), Size(reps=45, months=2, deals=5, activities=3)]
)
def test_odd_sizes_work(db, size):
    assert load(size=size)["deals"] == size.deals


@pytest.mark.parametrize("currency", ["JPY", "KWD"])
def test_any_base_currency_will_do(db, currency):
    Company.current()
    Company.objects.update(base_currency=currency)
    load(size=Size(reps=3, months=3, deals=25))
    assert not Expense.objects.filter(base_minor=None).exists()
