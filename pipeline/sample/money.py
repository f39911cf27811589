"""The sample's currencies: two foreign ones with made-up rates, and prices of a believable size in any base."""

import datetime
from decimal import Decimal

from accounts.models import ExchangeRate
from accounts.money import minor_digits
from pipeline.sample.world import World

ROUGHLY_FOR_ONE_EURO = {
    "EUR": "1", "USD": "1.09", "GBP": "0.855", "CHF": "0.95", "JPY": "162", "SEK": "11.4", "NOK": "11.7", "DKK": "7.46",
    "PLN": "4.3", "CZK": "25", "HUF": "395", "CAD": "1.48", "AUD": "1.66", "INR": "91", "CNY": "7.8", "KRW": "1480",
    "BRL": "5.9", "MXN": "20", "ZAR": "20", "TRY": "36", "KWD": "0.335", "CLP": "1030", "IDR": "17300", "VND": "27600",
}  # fmt: skip
FOREIGN = ("USD", "GBP", "CHF", "EUR")


def foreign_currencies(world: World) -> tuple[str, str]:
    """Two currencies other than the base."""
    first, second = [code for code in FOREIGN if code != world.company.base_currency][:2]
    return first, second


def price_scale(world: World) -> Decimal:
    """What a euro's worth is in the base currency, as a round number."""
    value = Decimal(ROUGHLY_FOR_ONE_EURO.get(world.company.base_currency, "1"))
    return Decimal(1) if value < 3 else Decimal(round(value, -len(str(int(value))) + 1))


def in_currency(amount: Decimal, currency: str) -> Decimal:
    """The amount with the decimals of its currency."""
    return round(amount, minor_digits(currency))


def quote_rates(world: World) -> int:
    """A rate for each working day, wandering a little; rates that are there already stay. The number of days."""
    base = world.company.base_currency
    of_base = Decimal(ROUGHLY_FOR_ONE_EURO.get(base, "1"))
    rows = []
    for currency in foreign_currencies(world):
        random = world.random("rate", currency)
        rate = Decimal(ROUGHLY_FOR_ONE_EURO[currency]) / of_base
        for day in [world.first_day - datetime.timedelta(days=n) for n in (3, 2, 1)] + world.days:
            if day.weekday() < 5:
                rate *= Decimal(1) + Decimal(f"{random.gauss(0, 0.0025):.6f}")
                quoted = rate.quantize(Decimal("0.000001") if rate < 1 else Decimal("0.0001"))
                rows.append(ExchangeRate(base=base, currency=currency, day=day, rate=quoted, is_sample=True))
    ExchangeRate.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
    return len(rows)
