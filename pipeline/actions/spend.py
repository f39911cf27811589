"""Writes of money spent on campaigns. The base amount is that of the day's rate, None while there is none."""

import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.configuration import change_row, create_row, delete_row
from accounts.actions.rates import create_rate
from accounts.business_dates import business_date
from accounts.errors import ActionRefused
from accounts.models import Company, ExchangeRate, User
from accounts.money import MoneyError, check_currency, convert_minor, to_minor
from accounts.rates import RateBook
from pipeline.actions.subscriptions import price_waiting_subscriptions
from pipeline.models import Campaign, CampaignSpend


@transaction.atomic
def create_spend(
    *, campaign: Campaign, day: datetime.date, amount: Decimal, currency: str, by: User | None, now: datetime.datetime
) -> CampaignSpend:
    """Note what a campaign cost on a day; one row per campaign, day and currency."""
    currency, base_minor = _priced(day, amount, currency, now)
    _check_free(campaign, day, currency)
    return create_row(
        CampaignSpend, by=by, now=now, campaign=campaign, day=day, amount=amount, currency=currency,
        base_minor=base_minor,
    )  # fmt: skip


@transaction.atomic
def change_spend(
    *, spend: CampaignSpend, day: datetime.date, amount: Decimal, currency: str, by: User | None, now: datetime.datetime
) -> CampaignSpend:
    """Correct what a campaign cost."""
    currency, base_minor = _priced(day, amount, currency, now)
    _check_free(spend.campaign, day, currency, besides=spend)
    spend, _old = change_row(spend, by=by, now=now, day=day, amount=amount, currency=currency, base_minor=base_minor)
    return spend


@transaction.atomic
def delete_spend(*, spend: CampaignSpend, by: User | None, now: datetime.datetime) -> None:
    delete_row(spend, by=by, now=now)


@transaction.atomic
def take_in_rate(
    *, currency: str, base: str, day: datetime.date, rate: Decimal, by: User | None, now: datetime.datetime
) -> ExchangeRate:
    """Enter an exchange rate and convert the spend and subscriptions that waited for it; deals follow at night."""
    row = create_rate(currency=currency, base=base, day=day, rate=rate, by=by, now=now)
    price_waiting_spend(company=Company.current())
    price_waiting_subscriptions(company=Company.current())
    return row


@transaction.atomic
def price_waiting_spend(*, company: Company) -> int:
    """Convert spend that waited for an exchange rate which has come; the number of rows priced."""
    waiting = list(CampaignSpend.objects.select_for_update(of=("self",)).filter(base_minor=None))
    rates = RateBook.load({row.currency for row in waiting}, company)
    priced = []
    for row in waiting:
        row.base_minor = base_of_spend(row.amount, row.currency, row.day, rates, company)
        if row.base_minor is not None:
            priced.append(row)
    CampaignSpend.objects.bulk_update(priced, ["base_minor"], batch_size=500)
    return len(priced)


def base_of_spend(
    amount: Decimal, currency: str, day: datetime.date, rates: RateBook, company: Company
) -> int | None:  # fmt: skip
    """Minor units of the base currency at the rate of ``day``; None when no rate is young enough."""
    factor = rates.factor(currency, company.base_currency, day)
    if factor is None:
        return None
    return convert_minor(to_minor(amount, currency), currency, company.base_currency, factor)


def _priced(day: datetime.date, amount: Decimal, currency: str, now: datetime.datetime) -> tuple[str, int | None]:
    company = Company.current()
    if day > business_date(now, company.zone):
        raise ActionRefused(_("Money can't have been spent on a day to come."), "day")
    try:
        currency = check_currency(currency)
    except MoneyError as error:
        raise ActionRefused(str(error), "currency") from error
    try:
        return currency, base_of_spend(amount, currency, day, RateBook.load([currency], company), company)
    except MoneyError as error:
        raise ActionRefused(str(error), "amount") from error


def _check_free(
    campaign: Campaign, day: datetime.date, currency: str, besides: CampaignSpend | None = None
) -> None:  # fmt: skip
    others = CampaignSpend.objects.filter(campaign=campaign, day=day, currency=currency)
    if besides is not None:
        others = others.exclude(pk=besides.pk)
    if others.exists():
        raise ActionRefused(_("There is spend of this day and currency already; change that."), "day")
