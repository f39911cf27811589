"""What an amount of a day is worth: in minor units of its own currency and of the base currency, frozen."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from accounts.models import Company
from accounts.money import convert_minor, to_minor
from accounts.rates import RateBook


@dataclass(frozen=True)
class Price:
    """``rate``: units of the base currency for one of the amount's, None (with ``base_minor``) when there is none."""

    amount_minor: int
    rate: Decimal | None
    base_minor: int | None


def price(
    amount: Decimal, currency: str, day: datetime.date, *, rates: RateBook, company: Company, today: datetime.date
) -> Price:
    """An amount at the rate of its day. A day to come has no rate yet. MoneyError: more decimals than the currency."""
    return priced(to_minor(amount, currency), currency, day, rates=rates, company=company, today=today)


def priced(
    minor: int, currency: str, day: datetime.date, *, rates: RateBook, company: Company, today: datetime.date
) -> Price:
    """The same for an amount in minor units."""
    base = company.base_currency
    factor = rates.factor(currency, base, day) if currency == base or day <= today else None
    if factor is None:
        return Price(minor, None, None)
    rate = round(Decimal(factor.numerator) / factor.denominator, 10)
    return Price(minor, rate, convert_minor(minor, currency, base, factor))
