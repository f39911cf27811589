"""The nightly run: what is due, then the days, then the audits. A command, a worker and a schedule all call it."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field

from accounts.business_dates import business_date
from accounts.models import Company, JobRun
from metrics.actions.expenses import price_waiting_expenses
from metrics.actions.statement_pricing import price_waiting_statements
from metrics.models import Restatement, SnapshotDay
from metrics.snapshots.audits import Audit
from metrics.snapshots.definitions import definitions_digest
from metrics.snapshots.storing import CAPACITY, days_to_do, store_days
from pipeline.actions.rates import price_waiting_deals, price_waiting_lines
from pipeline.actions.subscriptions import price_waiting_subscriptions
from pipeline.models import ChangedDay


@dataclass
class NightReport:
    """What a run did. ``problems`` are findings of the audits; with any of them the run is suspect."""

    days: int = 0
    rows: int = 0
    priced: int = 0
    restated: int = 0
    problems: list[str] = field(default_factory=list)


def run_night(
    *,
    now: datetime.datetime,
    run: JobRun,
    days: list[datetime.date] | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> NightReport:
    """Price deals whose rate, or whose products' prices, have come; store the days that are due (or ``days``); audit
    them and some older ones.

    A span of days that does not pass its audit is not stored: the figures of the night before stay.
    """
    company = Company.current()
    today = business_date(now, company.zone)
    report = NightReport()
    JobRun.objects.filter(pk=run.pk).update(definitions=definitions_digest())
    ChangedDay.objects.filter(subject=CAPACITY).delete()
    if days is None:
        report.priced = price_waiting_deals(now=now, company=company)
        price_waiting_lines(now=now, company=company)
        price_waiting_subscriptions(company=company)
        report.priced += price_waiting_expenses(now=now, company=company)
        price_waiting_statements(now=now, company=company)
        days = days_to_do(company, today)
    before = Restatement.objects.filter(run=run).count()
    report.days = len(days)
    audit = Audit.of(days, company=company, today=today, now=now, seed=run.pk)
    report.rows = store_days(
        days, company=company, today=today, now=now, run=run, progress=progress, check=audit.of_span,
        on_doubt=report.problems.extend,
    )  # fmt: skip
    report.restated = Restatement.objects.filter(run=run).count() - before
    # A history that does not hold makes the other findings, so it comes first.
    report.problems = [*audit.of_deals(), *report.problems, *audit.of_old_days()]
    return report


def newest_day() -> datetime.date | None:
    """The last day whose figures are stored; None when none is."""
    return SnapshotDay.objects.order_by("-day").values_list("day", flat=True).first()
