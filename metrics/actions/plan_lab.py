"""Trying a plan version on past months: a job, since it works through every rep."""

import datetime
from decimal import Decimal
from typing import Any

from accounts.actions.configuration import check_admin
from accounts.business_dates import business_date
from accounts.jobs import queue_job
from accounts.models import Company, JobRun, User
from accounts.money import to_minor
from metrics.incentives.documents import terms_of
from metrics.incentives.known_names import known_names
from metrics.incentives.linting import lint
from metrics.incentives.simulation import simulate
from metrics.models import PlanVersion
from metrics.periods import Period

JOB = "plan_lab"


def lab_key(version: PlanVersion, first: Period, last: Period, today: datetime.date, large: Decimal | None) -> str:
    """One trial for a version, its months, its large deal and the day whose facts it uses."""
    with_deal = "" if large is None else f" {large.normalize():f}"
    return f"{version.pk} {first.name}..{last.name} {today.isoformat()}{with_deal}"


def queue_lab(
    *, version: PlanVersion, first: Period, last: Period, by: User, now: datetime.datetime, large: Decimal | None = None
) -> JobRun:
    """Try a version on the months from ``first`` to ``last``. The same trial on the same day is one job.

    ``large``: the amount of a large deal that everybody gets, in the plan's currency; None: the largest that was won.
    """
    check_admin(by)
    today = business_date(now, Company.current().zone)
    days = {"version": version.pk, "first": first.start.isoformat(), "last": last.last_day.isoformat()}
    days |= {} if large is None else {"large": str(large)}
    return queue_job(kind=JOB, key=lab_key(version, first, last, today, large), arguments=days, by=by, now=now)


def run_lab(*, arguments: dict[str, Any], now: datetime.datetime) -> dict[str, Any]:
    """What the version would have paid, as ``simulate_plan --json`` prints it. Raises TwoPlansHold, SharesRefused."""
    company = Company.current()
    terms = terms_of(PlanVersion.objects.get(pk=arguments["version"]).content)
    first, last = (datetime.date.fromisoformat(arguments[name]) for name in ("first", "last"))
    large = to_minor(Decimal(arguments["large"]), terms.currency) if "large" in arguments else None
    found = simulate(terms, first, last, company=company, today=business_date(now, company.zone), large=large)
    return found.as_json(lint(terms, known_names(now)))
