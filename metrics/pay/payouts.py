"""What a rep is paid next: the earliest period that is not paid yet and came to something, else the running one."""

import datetime
from dataclasses import dataclass
from typing import Any

from accounts.business_dates import business_date
from accounts.models import Company, Rep
from metrics.errors import QuestionRefused
from metrics.incentives.statements import parse_stated
from metrics.pay.earnings import ACCRUED, PAID, earnings_of, in_major
from metrics.period_names import period_title


@dataclass(frozen=True)
class Payout:
    """What a period, named by its title, pays by currency in major units.

    ``state``: accruing, pending, calculated, in review, approved.
    """

    period: str
    state: str
    amounts: list[tuple[Any, str]]


def next_payout(rep: Rep, *, company: Company, now: datetime.datetime) -> Payout | None:
    """None where no plan pays the rep, all is paid, or the facts contradict each other, as the earnings page says."""
    try:
        history = earnings_of(rep, company=company, now=now).history
    except QuestionRefused:
        return None
    unpaid = [one for one in history if one.state != PAID and (one.amount or one.state == ACCRUED)]
    if not unpaid:
        return None
    first = min(unpaid, key=lambda one: one.ends_on)
    sums: dict[str, int] = {}
    for one in unpaid:
        if (one.ends_on, one.state) == (first.ends_on, first.state):
            sums[one.currency] = sums.get(one.currency, 0) + one.amount
    period = parse_stated(first.period, company, business_date(now, company.zone))
    return Payout(period_title(period), first.state, in_major(sums))
