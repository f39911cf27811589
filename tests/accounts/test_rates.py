"""Exchange rates as they were known at a moment: corrections and newer quotes that came later are left out."""

import datetime
from decimal import Decimal
from fractions import Fraction

from accounts.actions.rates import change_rate, create_rate, delete_rate
from accounts.models import Company, ExchangeRate, ReplacedRate
from accounts.rates import KnownRates

DAY = datetime.date(2026, 1, 10)


def at(hour):
    return datetime.datetime(2026, 1, 12, hour, tzinfo=datetime.UTC)


def rate(value, hour, day=DAY):
    row = create_rate(currency="USD", base="EUR", day=day, rate=Decimal(value), by=None, now=at(hour))
    ExchangeRate.objects.filter(pk=row.pk).update(recorded_at=at(hour))
    row.refresh_from_db()
    return row


def known(hour, on=DAY):
    return KnownRates.load(["USD"], Company.current()).factor_at("EUR", "USD", on, at(hour))


def test_a_moment_keeps_the_rates_that_were_known_then(db):
    row = rate("1.10", 1)
    row = change_rate(row=row, rate=Decimal("1.20"), by=None, now=at(3))
    change_rate(row=row, rate=Decimal("1.30"), by=None, now=at(5))
    assert [known(hour) for hour in (1, 2, 3, 4, 5)] == [Fraction(11, 10)] * 2 + [Fraction(12, 10)] * 2 + [
        Fraction(13, 10)
    ]
    assert known(0) == Fraction(11, 10)  # none was known: the one that became known first
    assert change_rate(row=row, rate=Decimal("1.30"), by=None, now=at(6)).rate == Decimal("1.30")
    assert ReplacedRate.objects.count() == 2


def test_a_newer_quote_counts_from_the_moment_it_is_known(db):
    rate("1.10", 1, DAY - datetime.timedelta(days=1))
    newer = rate("1.50", 4)
    assert (known(3), known(4)) == (Fraction(11, 10), Fraction(3, 2))
    delete_rate(row=newer, by=None, now=at(6))
    assert (known(5), known(6)) == (Fraction(3, 2), Fraction(11, 10))
