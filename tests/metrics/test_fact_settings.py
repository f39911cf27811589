"""Pages on which admins enter costs, readings, answers, targets, benchmarks and market sizes."""

import datetime
import re
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import AuditEntry
from metrics.actions.expenses import create_expense
from metrics.actions.indicators import create_indicator, create_reading
from metrics.models import Benchmark, Expense, Indicator, IndicatorReading, MarketSize, SurveyResponse, Target
from pipeline.models import ChangedDay
from tests.cast import NOW
from tests.pipeline.statements import statements_of

TODAY = NOW.date()
LISTS = ("expense_list", "indicator_list", "survey_list", "benchmark_list", "market_size_list", "target_list")


@pytest.fixture
def admin(client, cast):
    client.force_login(cast.admin)
    return client


def post(client, name, /, *args, **body):
    return client.post(reverse(f"metrics:{name}", args=args), body)


def errors(answer):
    assert answer.status_code == 422
    return set(answer.context["form"].errors)


@pytest.mark.parametrize("page", LISTS)
def test_every_list_opens_empty_with_its_way_to_a_first_row(admin, page):
    answer = admin.get(reverse(f"metrics:{page}"))
    create = page.replace("_list", "_create")
    assert reverse(f"metrics:{create}") in answer.content.decode()
    assert admin.get(reverse(f"metrics:{create}")).status_code == 200


def test_an_expense_is_made_corrected_and_deleted(admin, cast):
    body = {"day": "2026-11-02", "category": "travel", "purpose": "acquire", "amount": "1.250,50", "currency": "EUR"}
    assert post(admin, "expense_create", **body, rep=cast.reps["rep"].pk).status_code == 302
    row = Expense.objects.get()
    assert (row.base_minor, row.team, row.rep) == (125050, cast.north, cast.reps["rep"])
    page = admin.get(reverse("metrics:expense_list")).content.decode()
    assert "€1,250.50" in page
    assert "North" in page
    ChangedDay.objects.all().delete()
    assert post(admin, "expense_edit", row.pk, **body | {"day": "2026-11-03", "amount": "-7"}).status_code == 302
    row.refresh_from_db()
    assert (row.base_minor, row.rep, row.version) == (-700, None, 2)
    assert set(ChangedDay.objects.values_list("subject", "day", "last_day")) == {
        ("expenses", datetime.date(2026, 11, 2), datetime.date(2026, 11, 3))
    }
    assert post(admin, "expense_delete", row.pk).status_code == 302
    assert not Expense.objects.exists()
    assert set(AuditEntry.objects.filter(subject_kind="expense").values_list("action", flat=True)) == {
        "create", "change", "delete",
    }  # fmt: skip


def test_an_expense_that_makes_no_sense_is_refused(admin, cast):
    body = {"day": "2026-11-02", "category": "travel", "purpose": "acquire", "amount": "7", "currency": "EUR"}
    assert errors(post(admin, "expense_create", **body | {"category": "snacks"})) == {"category"}
    assert errors(post(admin, "expense_create", **body | {"amount": "1.005"})) <= {"amount"}
    assert errors(post(admin, "expense_create", **body | {"currency": "XXQ"})) == {"currency"}
    wrong = body | {"rep": cast.reps["rep"].pk, "team": cast.south.pk}
    assert errors(post(admin, "expense_create", **wrong)) == {"team"}


def test_an_indicator_with_readings_stays(admin):
    assert post(admin, "indicator_create", name="Web visits", nature="flow", unit="visits").status_code == 302
    indicator = Indicator.objects.get(slug="web_visits")
    assert post(admin, "reading_create", indicator.pk, day="2026-11-02", value="1,200", source="Web").status_code == 302
    assert IndicatorReading.objects.get().value == 1200
    twin = post(admin, "reading_create", indicator.pk, day="2026-11-02", value="5", source="Web")
    assert errors(twin) == {"day"}
    assert errors(post(admin, "reading_create", indicator.pk, day="2999-01-01", value="5")) == {"day"}
    assert errors(post(admin, "indicator_create", name="web visits", nature="flow")) <= {"name", "__all__"}
    post(admin, "indicator_delete", indicator.pk)
    assert Indicator.objects.exists()
    reading = IndicatorReading.objects.get()
    assert post(admin, "reading_edit", reading.pk, day="2026-11-03", value="7", source="Web").status_code == 302
    assert "7" in admin.get(reverse("metrics:reading_list", args=[indicator.pk])).content.decode()
    post(admin, "reading_delete", reading.pk)
    assert post(admin, "indicator_delete", indicator.pk).status_code == 302
    assert not Indicator.objects.exists()


def test_a_survey_answer_keeps_whose_customer_it_was(admin, cast):
    account = cast.owns["rep"].account
    body = {"kind": "nps", "score": "9", "at": "2026-11-02T10:00", "account": f"#{account.pk}"}
    assert post(admin, "survey_create", **body).status_code == 302
    row = SurveyResponse.objects.get()
    assert (row.owner, row.team, row.answered_on) == (cast.reps["rep"], cast.north, datetime.date(2026, 11, 2))
    assert post(admin, "survey_edit", row.pk, **body | {"score": "3"}).status_code == 302
    assert SurveyResponse.objects.get().score == 3
    assert errors(post(admin, "survey_create", kind="csat", score="0", at="2026-11-02T10:00")) == {"score"}
    assert errors(post(admin, "survey_create", kind="nps", score="9")) == {"at"}
    assert errors(post(admin, "survey_create", kind="nps")) == {"score"}


def test_a_target_is_changed_and_its_past_is_shown(admin, cast):
    body = {"metric": "win_rate", "period": "2026-Q4", "value": "25%", "team": cast.north.pk}
    assert post(admin, "target_create", **body).status_code == 302
    target = Target.objects.get()
    assert (target.value, target.starts_on, target.recorded_by) == (
        Decimal("0.25"), datetime.date(2026, 10, 1), cast.admin,
    )  # fmt: skip
    assert post(admin, "target_edit", target.pk, value="30 %").status_code == 302
    page = admin.get(reverse("metrics:target_history", args=[target.pk])).content.decode()
    assert "25.0%" in page
    assert "30.0%" in page
    assert "holds now" in page
    assert "Q4 2026" in page
    assert "Q4 2026" in admin.get(reverse("metrics:target_list")).content.decode()
    now = Target.objects.known_on(None).get()
    assert admin.post(reverse("metrics:target_delete", args=[target.pk])).status_code == 404
    assert post(admin, "target_delete", now.pk).status_code == 302
    assert Target.objects.count() == 2
    assert not Target.objects.known_on(None).exists()


def test_a_target_that_makes_no_sense_is_refused(admin, cast):
    body = {"metric": "win_rate", "period": "2026-Q4", "value": "25%"}
    assert errors(post(admin, "target_create", **body | {"period": "mtd"})) == {"period"}
    assert errors(post(admin, "target_create", **body | {"value": "25"})) == {"value"}
    assert errors(post(admin, "target_create", **body | {"value": "lots"})) == {"value"}
    both = body | {"team": cast.north.pk, "rep": cast.reps["rep"].pk}
    assert errors(post(admin, "target_create", **both)) == {"rep"}


def test_a_benchmark_and_a_market_are_made_and_corrected(admin):
    body = {"metric": "win_rate", "value": "20%", "low": "15%", "high": "", "source": "Survey", "year": "2025"}
    assert post(admin, "benchmark_create", **body).status_code == 302
    row = Benchmark.objects.get()
    assert (row.low, row.value, row.high) == (Decimal("0.15"), Decimal("0.2"), None)
    assert errors(post(admin, "benchmark_edit", row.pk, **body | {"low": "21%"})) == {"value"}
    assert post(admin, "benchmark_edit", row.pk, **body | {"value": "22%"}).status_code == 302
    assert errors(post(admin, "benchmark_create", **body)) == {"__all__"}
    market = {
        "kind": "TAM",
        "year": "2025",
        "accounts": "600000",
        "revenue": "5,000.50",
        "currency": "EUR",
        "source": "I",
    }
    assert post(admin, "market_size_create", **market).status_code == 302
    assert MarketSize.objects.get().base_minor == 500_050
    larger = market | {"kind": "SAM", "accounts": "600001"}
    assert errors(post(admin, "market_size_create", **larger)) == {"accounts"}
    assert errors(post(admin, "market_size_create", kind="SOM", year="2025", source="I")) == {"accounts"}


@pytest.mark.parametrize(
    ("metric", "value", "shown"),
    [("sales_cycle_length", "46", "46 days"), ("lead_response_time", "120", "120 min"), ("deals_won", "3", "3")],
)
def test_a_benchmark_is_shown_in_its_unit(admin, metric, value, shown):
    assert post(admin, "benchmark_create", metric=metric, value=value, source="Survey", year="2025").status_code == 302
    assert re.search(rf">\s*{shown}\s*<", admin.get(reverse("metrics:benchmark_list")).content.decode())


def test_lists_cost_the_same_with_many_rows(admin, cast):
    indicator = create_indicator(name="Visits", nature="flow", by=None, now=NOW)

    def fill(first: int, last: int) -> None:
        for n in range(first, last):
            day = TODAY - datetime.timedelta(days=n)
            create_expense(
                day=day, category="tools", amount=Decimal(1), currency="EUR", by=None, now=NOW, team=cast.north
            )
            create_reading(indicator=indicator, day=day, value=Decimal(n), by=None, now=NOW)

    pages = [reverse("metrics:expense_list"), reverse("metrics:reading_list", args=[indicator.pk])]
    fill(0, 10)
    few = [len(statements_of(admin, page)) for page in pages]
    fill(10, 60)
    assert [len(statements_of(admin, page)) for page in pages] == few


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "nps", "score": 11}, {"kind": "csat", "score": 0}, {"kind": "csat", "score": 6},
        {"kind": "nps", "score": None}, {"kind": "ces", "score": 5},
    ],
)  # fmt: skip
def test_the_database_refuses_scores_that_are_none(db, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        SurveyResponse.objects.create(at=NOW, answered_on=TODAY, **wrong)


def test_the_database_refuses_a_second_standing_target(cast):
    row = {
        "metric": "won_revenue", "scope_kind": "company", "period_kind": "year", "period": "2026", "value": 1,
        "starts_on": datetime.date(2026, 1, 1), "ends_on": datetime.date(2026, 12, 31), "recorded_at": NOW,
    }  # fmt: skip
    Target.objects.create(**row, superseded_at=NOW)
    Target.objects.create(**row)
    for wrong in (row, row | {"period": "x", "scope_kind": "team"}, row | {"period": "y", "dimension": "product"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Target.objects.create(**wrong)
