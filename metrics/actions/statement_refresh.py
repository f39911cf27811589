"""The nightly calculation of every statement that is not approved, so that lists and figures stand as deals do."""

import datetime
from collections.abc import Callable

from accounts.business_dates import business_date
from accounts.models import Company
from metrics.actions.calculated_statements import Calculated, calculate_period
from metrics.incentives.company_facts import CompanyFacts
from metrics.incentives.units import unit_of
from metrics.models import Statement
from metrics.periods import DAY


def refresh_statements(
    *, now: datetime.datetime, progress: Callable[[int, int], None] = lambda done, total: None
) -> Calculated:
    """Calculate the running period of every published plan, the one before it, and all older ones that are open."""
    company = Company.current()
    whole = Calculated()
    for name in open_periods(company, business_date(now, company.zone)):
        found = calculate_period(period=name, now=now, progress=progress)
        whole.rows += found.rows
        whole.problems += found.problems
        whole.moves += found.moves
    return whole


def open_periods(company: Company, today: datetime.date) -> list[str]:
    """Names of the statement periods that may still change, the earliest first."""
    fiscal = company.fiscal_year_start_month
    found = {}
    for version in CompanyFacts(company, today).versions.values():
        running = unit_of(today, version.terms.statement_every, fiscal)
        for period in (running, unit_of(running.start - DAY, version.terms.statement_every, fiscal)):
            if version.published_from <= period.last_day:
                found[period.name] = (period.last_day, period.start)
    waiting = Statement.objects.filter(approval=None).values_list("period", "ends_on", "starts_on").distinct()
    found |= {name: (last, first) for name, last, first in waiting}
    return sorted(found, key=lambda name: found[name])
