"""What won deals of the sample leave behind: recurring amounts that grow, shrink and end."""

import datetime
from decimal import Decimal
from typing import Any

from accounts.business_dates import business_date
from accounts.money import from_minor
from accounts.rates import RateBook
from pipeline.actions.subscriptions import base_of_month
from pipeline.allocation import line_net_minor
from pipeline.models import Subscription
from pipeline.sample.money import in_currency
from pipeline.sample.stories import Tale
from pipeline.sample.world import World, first_of_next_month

CHURN_A_MONTH = 0.013
REASONS = ("Price", "Went to a competitor", "No longer used", "Company closed", "Merged with another company")


def subscribe(world: World, tale: Tale, recurring: frozenset[int], rates: RateBook) -> list[Subscription]:
    """A subscription for each recurring line of a won deal; ``recurring``: ids of such products."""
    if tale.outcome != "won" or tale.closed_at is None:
        return []
    start = first_of_next_month(business_date(tale.closed_at, world.zone))
    rows: list[Subscription] = []
    for position, line in enumerate(tale.basket.agreed):
        if line[0] in recurring:
            rows += _run(world, tale, line, start, position)
    for row in rows:
        row.base_minor = base_of_month(row.monthly_amount, row.currency, row.starts_on, rates, world.company)
    return rows


def _run(world: World, tale: Tale, line: list[Any], start: datetime.date, position: int) -> list[Subscription]:
    """Twelve months at a time: ended, renewed as it was, or at another amount."""
    random = world.random("subscription", tale.brief.number, position)
    yearly = from_minor(line_net_minor(line, tale.basket.currency) or 0, tale.basket.currency)
    monthly = in_currency(yearly / 12, tale.basket.currency)
    rows: list[Subscription] = []
    while start < world.today:
        renewal = start.replace(year=start.year + 1)
        ends, reason = None, ""
        month = start
        while month < min(renewal, world.today) and ends is None:
            month = first_of_next_month(month)
            if random.random() < CHURN_A_MONTH and month < world.today:
                ends, reason = month, random.choice(REASONS)
        change = Decimal(random.choice(("0.8", "0.9", "1.1", "1.15", "1.3")))
        goes_on = ends is None and renewal < world.today
        changed = goes_on and random.random() < 0.35
        row = Subscription(
            account=tale.deal.account, product_id=line[0], deal=tale.deal, monthly_amount=monthly,
            currency=tale.basket.currency, starts_on=start, ends_on=renewal if goes_on else ends, churn_reason=reason,
            is_sample=True,
        )  # fmt: skip
        rows.append(row)
        if not goes_on:
            break
        if changed:
            monthly = in_currency(monthly * change, tale.basket.currency)
        start = renewal
    return rows
