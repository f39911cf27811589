"""Storing forecasts: one run a day for every scope, written once and never changed."""

import datetime
from collections.abc import Callable, Iterable

from django.db import transaction

from accounts.bulk_rows import insert_objects
from accounts.business_dates import business_date
from accounts.models import Company, JobRun
from metrics.forecasting.outlook import Line, Outlook, Places, outlook
from metrics.forecasting.past import Past
from metrics.forecasting.spans import Span
from metrics.models import ForecastPoint, ForecastRun
from metrics.period_names import current_quarter
from metrics.periods import DAY, Period, add_months, containing, parse_period

MONDAY = 0
RUNS_FROM_HISTORY = 24
"""How many firsts of months a first run catches up on, so that methods have a record from the beginning."""


def is_due(as_of: datetime.date) -> bool:
    """Whether a run is made of what is known at the end of a day: before the first of a month, and before Mondays."""
    following = as_of + DAY
    return following.day == 1 or following.weekday() == MONDAY


def newest_due(last: datetime.date) -> datetime.date:
    """The newest day up to ``last`` of which a run is made."""
    while not is_due(last):
        last -= DAY
    return last


def forecast_periods(as_of: datetime.date, company: Company) -> list[Period]:
    """What is forecast at the end of a day: the running and the next month and quarter, and the running year."""
    first = as_of + DAY
    month, quarter, year = (containing(first, unit) for unit in ("month", "quarter", "year"))
    found = [month, containing(month.end, "month"), quarter, containing(quarter.end, "quarter"), year]
    if company.fiscal_year_start_month != 1:
        start = company.fiscal_year_start_month
        fiscal = current_quarter(first, start)
        ends_in = first.year + (first.month >= start)
        found += [fiscal, current_quarter(fiscal.end, start)]
        found += [parse_period(f"FY{ends_in}", today=first, fiscal_start=start)]
    return found


@transaction.atomic
def store_run(
    *, as_of: datetime.date, past: Past, company: Company, now: datetime.datetime, job: JobRun | None = None,
    is_sample: bool = False,
) -> ForecastRun | None:  # fmt: skip
    """Keep what each method says as of a day. Twice is once; None where there is nothing to say yet.

    Reps are in the runs of the first of a month alone: a week says little of one person. What is made while the sample
    company is loaded goes with it.
    """
    kept = ForecastRun.objects.filter(as_of=as_of).first()
    if kept is not None:
        return kept
    places = Places.now(with_reps=(as_of + DAY).day == 1)
    found = [outlook(past, Span(period, as_of), places) for period in forecast_periods(as_of, company)]
    if not any(lines for each in found for lines in each.lines.values()):
        return None
    run = ForecastRun(
        as_of=as_of, made_on=business_date(now, company.zone), made_at=now, job=job,
        is_sample=is_sample or company.sample_day is not None,
    )  # fmt: skip
    run.save()
    insert_objects([*_points(run, found)])
    return run


def _points(run: ForecastRun, found: Iterable[Outlook]) -> Iterable[ForecastPoint]:
    done = set()
    for each in found:
        period = each.span.period
        if (period.start, period.end) in done:  # a fiscal quarter may be a calendar one
            continue
        done.add((period.start, period.end))
        for lines in each.lines.values():
            for line in lines.values():
                yield _point(run, period, line)


def _point(run: ForecastRun, period: Period, line: Line) -> ForecastPoint:
    (kind, ident), record = line.place, line.record
    return ForecastPoint(
        run=run, scope_kind=kind, scope_id=ident, period=period.name, starts_on=period.start, ends_on=period.last_day,
        method=line.method, is_default=line.is_default, amount=line.amount, low=line.low, mid=line.mid, high=line.high,
        tried=record.tried, missed=record.missed, off=record.off, actual=record.actual, is_sample=run.is_sample,
    )  # fmt: skip


def store_due_runs(
    *, last: datetime.date, company: Company, now: datetime.datetime, job: JobRun | None = None,
    is_sample: bool = False, progress: Callable[[int, int], None] = lambda done, total: None,
) -> int:  # fmt: skip
    """Keep the run as of ``last``, and those of firsts of months that were missed before it; how many were made.

    The very first time it is the last two years' firsts of months, made from history.
    """
    past, made = Past(last), 0
    days = [*_missed(last), last]
    for done, day in enumerate(days, 1):
        if not ForecastRun.objects.filter(as_of=day).exists():
            made += bool(store_run(as_of=day, past=past, company=company, now=now, job=job, is_sample=is_sample))
        progress(done, len(days))
    return made


def _missed(last: datetime.date) -> list[datetime.date]:
    newest = ForecastRun.objects.filter(as_of__lt=last).order_by("-as_of").values_list("as_of", flat=True).first()
    earliest = add_months(last, -RUNS_FROM_HISTORY) if newest is None else max(newest, add_months(last, -24))
    found, month = [], last.replace(day=1)
    while month - DAY > earliest:
        found.append(month - DAY)
        month = add_months(month, -1)
    return [day for day in reversed(found) if day != last]
