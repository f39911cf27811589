"""Writes of exchange rates. A rate that an event has used is frozen with the event: changing it moves nothing."""

import datetime
from collections.abc import Iterable
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.configuration import change_row, create_row, delete_row
from accounts.business_dates import business_date
from accounts.errors import ActionRefused
from accounts.models import Company, ExchangeRate, ReplacedRate, User
from accounts.money import MoneyError, check_currency


@transaction.atomic
def create_rate(
    *, currency: str, base: str, day: datetime.date, rate: Decimal, by: User | None, now: datetime.datetime
) -> ExchangeRate:
    """Take in a rate: units of ``currency`` for one unit of ``base`` on ``day``."""
    currency, base = _checked(currency, base, day, now)
    if ExchangeRate.objects.filter(currency=currency, base=base, day=day).exists():
        raise ActionRefused(_("There is a rate for this currency and day already."), "day")
    return create_row(ExchangeRate, by=by, now=now, currency=currency, base=base, day=day, rate=rate)


@transaction.atomic
def change_rate(*, row: ExchangeRate, rate: Decimal, by: User | None, now: datetime.datetime) -> ExchangeRate:
    """Correct a rate. What was converted with the old one stays as it is."""
    row, old = change_row(row, by=by, now=now, rate=rate)
    if old:
        keep_replaced([(row, old["rate"])], now=now)
    return row


@transaction.atomic
def delete_rate(*, row: ExchangeRate, by: User | None, now: datetime.datetime) -> None:
    delete_row(row, by=by, now=now)
    keep_replaced([(row, row.rate)], now=now)


def keep_replaced(rows: Iterable[tuple[ExchangeRate, Decimal]], *, now: datetime.datetime) -> None:
    """Keep what rates were until now: each row with its old rate. In the caller's transaction."""
    rows = list(rows)
    keys = {(row.currency, row.base, row.day) for row, _old in rows}
    since: dict[tuple[str, str, datetime.date], datetime.datetime] = {}
    for one in ReplacedRate.objects.filter(day__in={day for _currency, _base, day in keys}).order_by("until"):
        since[one.currency, one.base, one.day] = one.until
    ReplacedRate.objects.bulk_create(
        [
            ReplacedRate(
                currency=row.currency, base=row.base, day=row.day, rate=old, until=now,
                known_at=max(row.recorded_at, since.get((row.currency, row.base, row.day), row.recorded_at)),
            )
            for row, old in rows
        ],
        batch_size=500,
    )  # fmt: skip


def _checked(currency: str, base: str, day: datetime.date, now: datetime.datetime) -> tuple[str, str]:
    codes = []
    for field, code in (("currency", currency), ("base", base)):
        try:
            codes.append(check_currency(code))
        except MoneyError as error:
            raise ActionRefused(str(error), field) from error
    if codes[0] == codes[1]:
        raise ActionRefused(_("A currency has no rate to itself."), "currency")
    if day > business_date(now, Company.current().zone):
        raise ActionRefused(_("A rate can't be of a day to come."), "day")
    return codes[0], codes[1]
