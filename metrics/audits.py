"""Audits after a night: members add up, and stored cells equal the facts. A finding makes the run suspect."""

import datetime
import random
from collections import defaultdict
from collections.abc import Sequence

from accounts.business_dates import business_date
from accounts.models import Company
from metrics.snapshot_cells import compute_cells
from metrics.snapshots import stored_cells
from pipeline.history import find_differing_deals
from pipeline.models import Deal

SAMPLED_DAYS = 8
SAMPLED_DEALS = 50
MOST_FINDINGS = 50


def audit_days(days: Sequence[datetime.date], *, company: Company, now: datetime.datetime, seed: int) -> list[str]:
    """Findings in words; empty when everything holds. ``seed`` picks the sample, so a run can be audited again."""
    today = business_date(now, company.zone)
    chance = random.Random(seed)  # noqa: S311  a sample for checking, nothing secret
    closed = [day for day in days if day < today]
    sample = sorted(chance.sample(closed, min(SAMPLED_DAYS, len(closed))))
    findings: list[str] = []
    for day in sample:
        findings += differences(day, day, company=company, today=today)
        findings += _members_add_up(day)
    findings += _folds_hold(chance, company, now)
    return findings[:MOST_FINDINGS]


def differences(first: datetime.date, last: datetime.date, *, company: Company, today: datetime.date) -> list[str]:
    """Stored cells of a span that the facts do not give, in words."""
    stored, fresh = stored_cells(first, last), compute_cells(first, last, company=company, today=today)
    return [
        f"{place.measure} of {place.scope_kind} {place.scope_id} on {place.day}: "
        f"stored {stored[place].content[:2] if place in stored else None}, "
        f"recomputed {fresh[place].content[:2] if place in fresh else None}"
        for place in sorted({*stored, *fresh})
        if place not in stored or place not in fresh or stored[place].content != fresh[place].content
    ]


def _members_add_up(day: datetime.date) -> list[str]:
    """What reps come to is never more than the company's total: a joined row counted twice shows here."""
    totals: dict[str, int] = {}
    reps: dict[str, int] = defaultdict(int)
    for place, cell in stored_cells(day, day).items():
        if place.scope_kind == "company":
            totals[place.measure] = cell.total
        elif place.scope_kind == "rep":
            reps[place.measure] += cell.total
    return [
        f"{measure} on {day}: reps come to {amount}, the company to {totals.get(measure, 0)}"
        for measure, amount in reps.items()
        if 0 <= totals.get(measure, 0) < amount
    ]


def _folds_hold(chance: random.Random, company: Company, now: datetime.datetime) -> list[str]:
    """A sample of deals folded anew gives the versions that are stored."""
    newest = Deal.objects.order_by("-pk").values_list("pk", flat=True).first()
    if newest is None:
        return []
    picks = {chance.randint(1, newest) for _ in range(SAMPLED_DEALS)}
    found = Deal.objects.filter(pk__in=picks).values_list("pk", flat=True)
    differing = find_differing_deals(found, now=now, company=company)
    return [f"deal {pk}: its versions are not what its events come to" for pk in differing]
