"""Writes of exchange rates. A rate that an event has used is frozen with the event: changing it moves nothing."""

import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.configuration import change_row, create_row, delete_row
from accounts.business_dates import business_date
from accounts.errors import ActionRefused
from accounts.models import Company, ExchangeRate, User
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
    row, _old = change_row(row, by=by, now=now, rate=rate)
    return row


@transaction.atomic
def delete_rate(*, row: ExchangeRate, by: User | None, now: datetime.datetime) -> None:
    delete_row(row, by=by, now=now)


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
