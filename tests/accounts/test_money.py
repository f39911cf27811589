import datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.money import MoneyError, check_currency, convert_minor, from_minor, split_minor, to_minor
from accounts.rates import RateBook

DAY = datetime.date(2025, 1, 10)


@pytest.mark.parametrize(
    ("currency", "text", "minor"), [("EUR", "0.10", 10), ("JPY", "500", 500), ("KWD", "1.234", 1234)]
)
def test_minor_units_by_iso_4217(currency, text, minor):
    assert to_minor(Decimal(text), currency) == minor
    assert from_minor(minor, currency) == Decimal(text)


def test_more_decimals_than_the_currency_has_are_refused():
    with pytest.raises(MoneyError, match="0 decimals of JPY"):
        to_minor(Decimal("10.5"), "JPY")


def test_an_unknown_currency_is_refused():
    assert check_currency(" eur ") == "EUR"
    with pytest.raises(MoneyError):
        check_currency("XQQ")


@pytest.mark.parametrize(("pence", "cents"), [(10, 12), (30, 38)])
def test_rounding_is_half_even(pence, cents):
    """GBP 0.10 / 0.8 = 0.125, down to the even 0.12; 0.30 / 0.8 = 0.375, up to the even 0.38."""
    assert convert_minor(pence, "GBP", "EUR", Fraction(10, 8)) == cents


def test_yen_to_euro_changes_the_digits():
    assert convert_minor(16000, "JPY", "EUR", Fraction(1, 160)) == 10_000


@given(st.integers(-(10**12), 10**12), st.lists(st.integers(1, 100), min_size=1, max_size=8))
def test_a_split_adds_up_to_the_unit(total, weights):
    shares = [Fraction(weight, sum(weights)) for weight in weights]
    parts = split_minor(total, shares)
    assert sum(parts) == total
    assert all(abs(part - total * share) < 1 for part, share in zip(parts, shares, strict=True))


def test_a_rate_is_good_for_so_many_days_and_no_longer():
    book = RateBook([("EUR", "USD", DAY, "1.25")], max_age_days=7)
    assert book.factor("USD", "EUR", DAY + datetime.timedelta(days=7)) == Fraction(4, 5)
    assert book.factor("USD", "EUR", DAY + datetime.timedelta(days=8)) is None
    assert book.factor("USD", "EUR", DAY - datetime.timedelta(days=1)) is None


def test_a_cross_rate_goes_through_the_common_base():
    """2,500 GBP at 0.8075 and USD at 1.1066 for one euro: 3,426.01 dollars (ECB, 24 June 2016)."""
    book = RateBook([("EUR", "GBP", DAY, "0.8075"), ("EUR", "USD", DAY, "1.1066")], max_age_days=7)
    factor = book.factor("GBP", "USD", DAY)
    assert convert_minor(250_000, "GBP", "USD", factor) == 342_601
