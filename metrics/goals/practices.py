"""What a rep's past twelve months say of how proposals, or deals where there are too few of those, turn out."""

import datetime
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import Min, Q

from accounts.business_dates import business_date, day_start
from accounts.models import Company, Rep
from accounts.working_days import WorkingCalendar
from metrics.cohorts.funnel import HALF
from metrics.goals.way_ahead import FEWEST, Practice
from metrics.numbers import quantile, ratio
from metrics.periods import DAY, add_months, containing
from pipeline.models import Activity, Deal

MONTHS = 12


@dataclass(frozen=True)
class Case:
    """A deal of the rep: when it was opened and closed (None: not), whether it was won, what it was worth."""

    id: int
    opened_on: datetime.date | None
    closed_on: datetime.date | None
    is_won: bool
    minor: int | None


def practice_of(rep: Rep, *, company: Company, today: datetime.date, calendar: WorkingCalendar) -> Practice:
    """How the rep's proposals turned out in the twelve months up to today; deals, where five are not to be had."""
    first = add_months(today, -MONTHS) + DAY
    cases = _cases(rep, company, first)
    by_proposal = _practice("proposal", cases, _proposed(rep, cases), first, today, calendar)
    if by_proposal.tried >= FEWEST:
        return by_proposal
    opened = {case.id: case.opened_on for case in cases if case.opened_on}
    return _practice("deal", cases, opened, first, today, calendar)


def _cases(rep: Rep, company: Company, first: datetime.date) -> list[Case]:
    """Deals that are open or were closed in the window. Duplicates, tests and credit notes are none."""
    recent = Q(outcome="open") | Q(closed_at__gte=day_start(first, company.zone))
    counts = Q(lost_reason=None) | Q(lost_reason__counts=True)
    rows = Deal.objects.live().filter(recent, counts, owner=rep).exclude(kind=Deal.Kind.CREDIT).order_by()

    def day(instant: datetime.datetime | None) -> datetime.date | None:
        return business_date(instant, company.zone) if instant else None

    columns = ("pk", "opened_at", "closed_at", "outcome", "base_minor")
    return [
        Case(pk, day(opened), day(closed) if outcome != "open" else None, outcome == "won", minor)
        for pk, opened, closed, outcome, minor in rows.values_list(*columns)
    ]


def _proposed(rep: Rep, cases: Iterable[Case]) -> dict[int, datetime.date]:
    """By deal the day of its first proposal."""
    rows = Activity.objects.live().filter(owner=rep, kind=Activity.Kind.PROPOSAL, done_on__isnull=False)
    first = dict(rows.filter(deal__owner=rep).order_by().values_list("deal").annotate(Min("done_on")))
    known = {case.id for case in cases}
    return {deal: day for deal, day in first.items() if deal in known}


def _practice(
    what: str, cases: list[Case], put_out: dict[int, datetime.date], first: datetime.date, today: datetime.date,
    calendar: WorkingCalendar,
) -> Practice:  # fmt: skip
    closed = [case for case in cases if case.id in put_out and case.closed_on and put_out[case.id] <= case.closed_on]
    won = [case for case in closed if case.is_won]
    days = Counter((case.closed_on - put_out[case.id]).days for case in won if case.closed_on)
    sizes = [case.minor for case in cases if case.is_won and case.minor is not None]
    return Practice(
        what=what,
        tried=len(closed),
        won=len(won),
        days=quantile(days, HALF),
        size=ratio(sum(sizes), len(sizes)),
        best=_best(put_out.values(), first, today, calendar),
        out=sum(case.closed_on is None for case in cases if case.id in put_out),
    )


def _best(
    days: Iterable[datetime.date], first: datetime.date, today: datetime.date, calendar: WorkingCalendar
) -> Fraction:
    """Most a working day in one month, the running one up to today included."""
    months = Counter(containing(day, "month") for day in days if first <= day <= today)
    shares = (ratio(count, calendar.count(month.start, min(month.last_day, today))) for month, count in months.items())
    return max((share for share in shares if share is not None), default=Fraction())
