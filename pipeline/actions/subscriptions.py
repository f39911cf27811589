"""Writes of subscriptions: what a month is worth in the base currency, at the rate of the first day."""

import datetime
from decimal import Decimal
from fractions import Fraction

from django.db import transaction

from accounts.models import Company
from accounts.money import minor_digits, round_half_even
from accounts.rates import RateBook
from pipeline.models import Subscription


def base_of_month(
    amount: Decimal, currency: str, day: datetime.date, rates: RateBook, company: Company
) -> int | None:  # fmt: skip
    """Minor units of the base currency, rounded half-even; None when no rate of ``day`` is young enough.

    An amount may have more decimals than its currency: a twelfth of a year's price has.
    """
    factor = rates.factor(currency, company.base_currency, day)
    if factor is None:
        return None
    return round_half_even(Fraction(amount) * factor * 10 ** minor_digits(company.base_currency))


@transaction.atomic
def price_waiting_subscriptions(*, company: Company) -> int:
    """Convert subscriptions that waited for an exchange rate which has come; the number of rows priced."""
    waiting = list(Subscription.objects.select_for_update(of=("self",)).filter(base_minor=None))
    rates = RateBook.load({row.currency for row in waiting}, company)
    priced = []
    for row in waiting:
        row.base_minor = base_of_month(row.monthly_amount, row.currency, row.starts_on, rates, company)
        if row.base_minor is not None:
            priced.append(row)
    Subscription.objects.bulk_update(priced, ["base_minor"], batch_size=500)
    return len(priced)
