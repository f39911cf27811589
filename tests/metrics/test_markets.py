"""Sizes of markets, and what is ours of them, in the company of the worked case ``tamarack``."""

from decimal import Decimal

import pytest
from django.utils import timezone

from metrics.asking import ask
from metrics.models import MarketSize
from metrics.records.lists import list_records
from tests.metrics import test_worked_cases
from tests.metrics.everyone import everyone

company = test_worked_cases.company
pytestmark = [pytest.mark.django_db, pytest.mark.parametrize("company", ["tamarack"], indirect=True)]


def asked(slug, period, where=(), **words):
    return ask(slug, {"period": period, **words}, where=where, user=everyone(), now=timezone.now(), stored=False)


def figure(slug, period, **words):
    return asked(slug, period, **words).figure(timezone.now()).as_json()


def parts(row):
    return [None if row[key] is None else Decimal(row[key]) for key in ("value", "numerator", "denominator")]


def size(kind, year, accounts=None, money=None, **slices):
    return MarketSize.objects.create(
        kind=kind, year=year, accounts=accounts, revenue_minor=money, base_minor=money, source="Statistics office",
        currency="EUR" if money else "", **slices,
    )  # fmt: skip


@pytest.fixture
def sizes(company):
    """The market of 2023 and of 2024, its mid segment, everybody, and a part that nobody has counted."""
    size("SAM", 2023, 500, 1_000_000)
    size("TAM", 2024, 1600)
    size("SAM", 2024, 400, 800_000)
    size("SAM", 2024, 80, segment="mid")
    size("SAM", 2024, 10, segment="mid", region="EMEA")
    size("SAM", 2025, money=900_000)


def test_markets(sizes):
    """One company serves all, because to import it takes longest."""
    check_the_newest_size_of_exactly_the_slice_holds()
    check_penetration_is_of_the_companies_of_the_slice()
    check_share_is_of_twelve_months_of_money()
    check_the_rows_behind_it_are_customers_and_the_size()


def check_the_newest_size_of_exactly_the_slice_holds():
    assert parts(figure("addressable_market", "2024-06"))[0] == 400
    assert parts(figure("addressable_market", "2025-06"))[0] == 400  # the size of 2025 knows the money alone
    assert parts(figure("addressable_market", "2023-12-31"))[0] == 500
    assert parts(figure("addressable_market", "2022"))[0] is None
    assert parts(figure("addressable_market", "2024", where=["segment=mid"]))[0] == 80
    assert parts(figure("addressable_market", "2024", where=["segment=mid", "region=EMEA"]))[0] == 10
    assert parts(figure("addressable_market", "2024", where=["region=EMEA"]))[0] is None
    assert {row["key"]: row["value"] for row in figure("addressable_market", "2024", by="market")["by"]} == {
        "TAM": "1600", "SAM": "400",
    }  # fmt: skip
    assert parts(figure("addressable_revenue", "2025"))[0] == 9000
    assert parts(figure("addressable_market", "2024", scope="team:north"))[0] is None


def check_penetration_is_of_the_companies_of_the_slice():
    """On 31 December 2024 A B C E F H are customers, A B F H of them mid; on 31 January 2025 A B C H."""
    assert parts(figure("market_penetration", "2024-12")) == [Decimal("0.015"), 6, 400]
    assert parts(figure("market_penetration", "2025-01")) == [Decimal("0.01"), 4, 400]
    rows = {row["key"]: parts(row) for row in figure("market_penetration", "2024-12", by="segment")["by"]}
    assert rows["mid"] == [Decimal("0.05"), 4, 80]
    assert rows["small"][0] is None  # nobody knows how large it is; the whole less mid would be a guess
    assert parts(figure("market_penetration", "2024-12", scope="team:north"))[0] is None
    assert parts(figure("market_penetration", "2022"))[0] is None
    assert parts(figure("market_penetration", "2023-05-09")) == [
        None,
        None,
        500,
    ]  # A1 is the first purchase, on the 10th
    assert parts(figure("market_penetration", "2023-05-10")) == [Decimal("0.002"), 1, 500]


def check_share_is_of_twelve_months_of_money():
    """2024: A 500 - 100, B 400, C 810, E 200, F 90 and X1's 77; the twelve months up to 31 January 2025 lose C's 700,
    E's 200, F's 90 and X1's 77 of January, and keep C's 110."""
    assert parts(figure("market_share", "2024")) == [Decimal(1977) / 8000, 1977, 8000]
    assert parts(figure("market_share", "2024-12")) == [Decimal(1977) / 8000, 1977, 8000]
    assert parts(figure("market_share", "2025-01"))[1:] == [910, 9000]
    assert parts(figure("market_share", "2022"))[0] is None
    assert parts(figure("market_share", "2023-04")) == [None, None, 10_000]  # nothing is known before A1, no 0%
    assert parts(figure("market_share", "2023-05-10")) == [Decimal("0.1"), 1000, 10_000]
    rows = {row["key"]: parts(row) for row in figure("market_share", "2023", by="quarter")["by"]}
    assert "2023-Q1" not in rows
    assert rows["2023-Q2"] == [Decimal("0.13"), 1300, 10_000]  # A1 1,000 and B1 300


def check_the_rows_behind_it_are_customers_and_the_size():
    rows = asked("market_penetration", "2024-12")
    found = list_records(rows.metric, rows.question)
    assert sorted((row.kind, row.numerator, row.denominator) for row in found if row.kind == "market") == [
        ("market", None, 400)
    ]
    assert sorted(row.name for row in found if row.kind == "account") == [
        "Ash",
        "Birch",
        "Cedar",
        "Elder",
        "Fir",
        "Hazel",
    ]
