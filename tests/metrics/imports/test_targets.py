"""Targets, benchmarks and market sizes from files."""

import datetime
from decimal import Decimal

import pytest

from accounts.models import Company
from metrics.models import Benchmark, MarketSize, Target
from pipeline.imports.undoing import undo_import
from pipeline.models import ImportRun
from tests.pipeline.imports.conftest import NOW, counts, told

pytestmark = pytest.mark.django_db
DAY = datetime.date
HEAD = "metric,scope,period,value\n"
LATER = NOW + datetime.timedelta(hours=1)


def undo(report, now=LATER):
    return undo_import(run=ImportRun.objects.get(pk=report.import_id), by=None, now=now)


def test_scopes_and_periods_are_read_as_figures_read_them(load, people):
    text = HEAD + (
        "won_revenue,company,2026,1000000\n"
        "won_revenue,team:north,2026-Q3,250000.50\n"
        "deals_won,rep:ann@x.test,2026-10,12\n"
        "deals_won,rep:b1,2026-10,0\n"
        "win_rate,company,FY2026,25%\n"
    )
    assert counts(load("targets", text)) == (5, 0, 0, 0)
    rows = Target.objects.order_by("pk").values_list(
        "metric", "scope_kind", "team__name", "rep__name", "period_kind", "starts_on", "ends_on", "value"
    )
    assert list(rows) == [
        ("won_revenue", "company", None, None, "year", DAY(2026, 1, 1), DAY(2026, 12, 31), 1000000),
        ("won_revenue", "team", "North", None, "quarter", DAY(2026, 7, 1), DAY(2026, 9, 30), Decimal("250000.50")),
        ("deals_won", "rep", None, "Ann", "month", DAY(2026, 10, 1), DAY(2026, 10, 31), 12),
        ("deals_won", "rep", None, "Bob", "month", DAY(2026, 10, 1), DAY(2026, 10, 31), 0),
        ("win_rate", "company", None, None, "fiscal year", DAY(2026, 1, 1), DAY(2026, 12, 31), Decimal("0.25")),
    ]
    assert counts(load("targets", text)) == (0, 0, 5, 0)


def test_a_fiscal_year_begins_where_the_company_says(load, people):
    Company.objects.update(fiscal_year_start_month=4)
    load("targets", HEAD + "won_revenue,company,FY2026-Q1,100\n")
    target = Target.objects.get()
    assert (target.starts_on, target.ends_on, target.period) == (DAY(2025, 4, 1), DAY(2025, 6, 30), "FY2026-Q1")


def test_a_change_keeps_the_old_value_and_when_it_held(load, people):
    load("targets", HEAD + "won_revenue,company,2026,100\n")
    assert counts(load("targets", HEAD + "won_revenue,company,2026,120\n", now=LATER)) == (0, 1, 0, 0)
    assert [row.value for row in Target.objects.known_on(None)] == [120]
    assert [row.value for row in Target.objects.known_on(NOW)] == [100]
    assert [row.value for row in Target.objects.known_on(LATER - datetime.timedelta(seconds=1))] == [100]
    assert not Target.objects.known_on(NOW - datetime.timedelta(seconds=1)).exists()


def test_taking_back_lets_the_old_value_hold_again_and_rewrites_no_past(load, people):
    load("targets", HEAD + "won_revenue,company,2026,100\n")
    report = load("targets", HEAD + "won_revenue,company,2026,120\nwon_revenue,company,2027,130\n", now=LATER)
    undone = undo(report, now=LATER + datetime.timedelta(hours=1))
    assert (undone.removed, undone.restored, undone.left) == (1, 1, [])
    assert [(row.period, row.value) for row in Target.objects.known_on(None)] == [("2026", 100)]
    assert {row.value for row in Target.objects.known_on(LATER)} == {120, 130}


def test_what_was_changed_since_is_left(load, people):
    report = load("targets", HEAD + "won_revenue,company,2026,100\n")
    load("targets", HEAD + "won_revenue,company,2026,120\n", now=LATER)
    undone = undo(report, now=LATER + datetime.timedelta(hours=1))
    assert [one.reason for one in undone.left] == ["was changed since."]
    assert Target.objects.known_on(None).get().value == 120


def test_a_target_may_be_for_one_product(load, people):
    head = "metric,scope,period,value,product\n"
    assert counts(load("targets", head + "won_revenue,company,2026,5,P-1\nwon_revenue,company,2026,9,\n")) == (
        2,
        0,
        0,
        0,
    )
    assert set(Target.objects.values_list("dimension", "member", "value")) == {("product", "P-1", 5), ("", "", 9)}


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("won_revenu,company,2026,1", "row 2, metric: There is no metric “won_revenu”; the nearest of"),
        (
            "won_revenue,team:nord,2026,1",
            "row 2, scope: there is no scope “team:nord”; allowed are company, team:<slug>",
        ),
        ("won_revenue,rep:zoe@x.test,2026,1", "row 2, scope: there is no scope “rep:zoe@x.test”"),
        ("won_revenue,company,2026-W41,1", "row 2, period: “2026-W41” is no month, quarter or year; write 2026-10"),
        ("won_revenue,company,mtd,1", "row 2, period: “mtd” is no month"),
        ("won_revenue,company,last-month,1", "row 2, period: “last-month” is no month"),
        ("won_revenue,company,2026-01-01..2026-01-31,1", "row 2, period: “2026-01-01..2026-01-31” is no month"),
        ("won_revenue,company,2026-13,1", "row 2, period: “2026-13” is no month"),
        ("won_revenue,company,2026,lots", "row 2, value: “lots” is no number"),
        ("won_revenue,company,2026,5%", "row 2, value: “5%”: won_revenue is no percentage."),
        ("win_rate,company,2026,25", "row 2, value: “25” may mean 25% or 2500%; write a % sign."),
    ],
)
def test_targets_that_cannot_be(load, people, row, problem):
    assert told(load("targets", HEAD + row + "\n"))[0].startswith(problem)
    assert not Target.objects.exists()


def test_two_rows_may_not_contradict_each_other(load, people):
    text = HEAD + "won_revenue,company,2026,1\nwon_revenue,company,2026,2\n"
    assert told(load("targets", text)) == ["row 3: says something else than row 2 about the same target."]


def test_benchmarks_in_the_unit_of_the_metric(load, company):
    head = "metric,value,source,year,segment,low,high\n"
    text = head + "win_rate,20%,Survey of peers,2025,SMB,0.15,30%\naverage_deal_size,12000,Survey of peers,2025,,,\n"
    assert counts(load("benchmarks", text)) == (2, 0, 0, 0)
    row = Benchmark.objects.get(metric="win_rate")
    assert (row.low, row.value, row.high) == (Decimal("0.15"), Decimal("0.20"), Decimal("0.30"))
    assert counts(load("benchmarks", text)) == (0, 0, 2, 0)
    report = load("benchmarks", head + "win_rate,22%,Survey of peers,2025,SMB,,\n")
    assert (counts(report), Benchmark.objects.get(metric="win_rate").value) == ((0, 1, 0, 0), Decimal("0.22"))
    undo(report)
    assert Benchmark.objects.get(metric="win_rate").value == Decimal("0.20")


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("win_rates,20%,S,2025,,,", "row 2, metric: There is no metric “win_rates”; the nearest of"),
        ("win_rate,20%,,2025,,,", "row 2, source: is required and empty."),
        ("win_rate,20%,S,25,,,", "row 2, year: “25” is no year from 1900 to 2199."),
        ("win_rate,20%,S,2025,,25%,", "row 2, value: lies outside its quartiles low and high."),
    ],
)
def test_benchmarks_that_cannot_be(load, company, row, problem):
    assert told(load("benchmarks", "metric,value,source,year,segment,low,high\n" + row + "\n"))[0].startswith(problem)


def test_sizes_of_markets(load, company):
    head = "kind,segment,accounts,revenue,currency,year,source\n"
    load("rates", "currency,day,rate,base\nUSD,2025-12-31,1.25,EUR\n")
    text = head + "TAM,,600000,,,2025,Institute\nSAM,,150000,60000000,USD,2025,Institute\n"
    assert counts(load("market_sizes", text)) == (2, 0, 0, 0)
    row = MarketSize.objects.get(kind="SAM")
    assert (row.accounts, row.revenue_minor, row.base_minor) == (150000, 6_000_000_000, 4_800_000_000)
    assert counts(load("market_sizes", text)) == (0, 0, 2, 0)
    assert told(load("market_sizes", head + "SOM,,150001,,,2025,Institute\n")) == [
        "row 2, accounts: SOM 2025 is part of SAM 2025, so it can't be larger."
    ]
    assert told(load("market_sizes", head + "SAM,SMB,150001,,,2025,Institute\n")) == [
        "row 2, accounts: SAM 2025 SMB is part of SAM 2025, so it can't be larger."
    ]
    assert told(load("market_sizes", head + "SAM,SMB,,,,2025,Institute\n")) == [
        "row 2, accounts: or revenue is required."
    ]
