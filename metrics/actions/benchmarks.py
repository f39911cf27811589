"""Writes of what other sources say: benchmarks of metrics and sizes of markets."""

import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.configuration import change_row, create_row, delete_row
from accounts.business_dates import business_date
from accounts.errors import ActionRefused
from accounts.models import Company, User
from accounts.money import MoneyError, check_currency
from accounts.rates import RateBook
from metrics.facts.markets import market_day, parent_problem
from metrics.models import Benchmark, MarketSize
from metrics.pricing import price


@transaction.atomic
def create_benchmark(*, by: User | None, now: datetime.datetime, **values: Any) -> Benchmark:
    """Take in what a source says a metric usually is. ``values``: fields of Benchmark."""
    return create_row(Benchmark, by=by, now=now, **values)


@transaction.atomic
def change_benchmark(*, benchmark: Benchmark, by: User | None, now: datetime.datetime, **values: Any) -> Benchmark:
    row, _old = change_row(benchmark, by=by, now=now, **values)
    return row


@transaction.atomic
def delete_benchmark(*, benchmark: Benchmark, by: User | None, now: datetime.datetime) -> None:
    delete_row(benchmark, by=by, now=now)


@transaction.atomic
def create_market_size(
    *, revenue: Decimal | None, currency: str, by: User | None, now: datetime.datetime, **values: Any
) -> MarketSize:
    """Take in how large a market is. ``values``: fields of MarketSize."""
    told = {**values, **_money(values["year"], revenue, currency, now)}
    _check(MarketSize(**told))
    return create_row(MarketSize, by=by, now=now, **told)


@transaction.atomic
def change_market_size(
    *, market: MarketSize, revenue: Decimal | None, currency: str, by: User | None, now: datetime.datetime,
    **values: Any,
) -> MarketSize:  # fmt: skip
    told = {**values, **_money(values.get("year", market.year), revenue, currency, now)}
    draft = MarketSize.objects.get(pk=market.pk)
    for name, value in told.items():
        setattr(draft, name, value)
    _check(draft)
    row, _old = change_row(market, by=by, now=now, **told)
    return row


@transaction.atomic
def delete_market_size(*, market: MarketSize, by: User | None, now: datetime.datetime) -> None:
    delete_row(market, by=by, now=now)


def _check(row: MarketSize) -> None:
    if row.accounts is None and row.revenue_minor is None:
        raise ActionRefused(_("Give the number of companies, the money a year, or both."), "accounts")
    if problem := parent_problem(row, MarketSize.objects.filter(year=row.year).exclude(pk=row.pk)):
        raise ActionRefused(problem, "accounts")


def _money(year: int, revenue: Decimal | None, currency: str, now: datetime.datetime) -> dict[str, Any]:
    if revenue is None:
        return {"revenue_minor": None, "currency": "", "base_minor": None}
    company = Company.current()
    today = business_date(now, company.zone)
    try:
        currency = check_currency(currency or company.base_currency)
        rates = RateBook.load([currency], company)
        found = price(revenue, currency, market_day(year, today), rates=rates, company=company, today=today)
    except MoneyError as error:
        raise ActionRefused(str(error), "revenue") from error
    return {"revenue_minor": found.amount_minor, "currency": currency, "base_minor": found.base_minor}
