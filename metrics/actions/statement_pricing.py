"""Totals of statements that waited for an exchange rate into the base currency."""

import datetime

from django.db import transaction

from accounts.business_dates import business_date
from accounts.models import Company
from accounts.rates import RateBook
from metrics.models import Statement
from metrics.pricing import priced


@transaction.atomic
def price_waiting_statements(*, now: datetime.datetime, company: Company) -> int:
    """Convert the totals whose rate has come; the number of rows converted."""
    today = business_date(now, company.zone)
    waiting = list(Statement.objects.select_for_update(of=("self",)).filter(base_minor=None))
    rates = RateBook.load({row.currency for row in waiting}, company)
    converted = []
    for row in waiting:
        day = min(row.ends_on, today)
        row.base_minor = priced(
            row.total_minor, row.currency, day, rates=rates, company=company, today=today
        ).base_minor  # fmt: skip
        if row.base_minor is not None:
            converted.append(row)
    Statement.objects.bulk_update(converted, ["base_minor"], batch_size=500)
    return len(converted)
