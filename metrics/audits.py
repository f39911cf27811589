"""Audits after a night: members add up, stored cells equal the facts, versions equal their events.

A finding makes the run suspect. Days that somebody changed since they were stored wait for the next night and are
left out.
"""

import datetime
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence

from accounts.business_dates import business_date
from accounts.models import Company
from metrics.models import SnapshotDay
from metrics.one_moment import one_moment
from metrics.periods import DAY, containing
from metrics.snapshot_cells import Cells, Place, TeamTree, compute_cells, stored_measures
from metrics.snapshot_rows import differing, stored_cells, sum_of_days
from metrics.snapshots import changed_days, month_spans
from pipeline.history import find_differing_deals
from pipeline.models import Deal

SAMPLED_DAYS = 8
SAMPLED_OLD_DAYS = 4
SAMPLED_DEALS = 50
MOST_FINDINGS = 50


def audit_days(days: Sequence[datetime.date], *, company: Company, now: datetime.datetime, seed: int) -> list[str]:
    """Findings in words; empty when everything holds. ``seed`` picks the sample, so a run can be audited again.

    Of ``days``, which a run has just stored, and of those stored before.
    """
    today = business_date(now, company.zone)
    chance = random.Random(seed)  # noqa: S311  a sample for checking, nothing secret
    stored = set(SnapshotDay.objects.values_list("day", flat=True))
    stored -= changed_days(stored)
    new = sorted(stored.intersection(days))
    old = sorted(stored.difference(days))
    sample = chance.sample(new, min(SAMPLED_DAYS, len(new))) + chance.sample(old, min(SAMPLED_OLD_DAYS, len(old)))
    findings = _folds_hold(chance, company, now)  # first: what is wrong there makes the other findings
    for first, last in month_spans(sample):
        findings += differences(first, last, company=company, today=today, with_waiting=False)
    for day in sorted(sample):
        findings += _members_add_up(day)
    for month in sorted({containing(day, "month").start for day in sample}):
        findings += month_differences(month)
    return findings[:MOST_FINDINGS]


def compare_days(
    days: Sequence[datetime.date], *, company: Company, today: datetime.date
) -> Iterator[tuple[int, list[str]]]:
    """Compute stored days again, a month at most at a time: how many days are done, and what differs in these."""
    done, months = 0, set()
    for first, last in month_spans(days):
        found = differences(first, last, company=company, today=today)
        if (month := containing(first, "month").start) not in months:
            months.add(month)
            found += month_differences(month)
        done += (last - first).days + 1
        yield done, found


def differences(
    first: datetime.date, last: datetime.date, *, company: Company, today: datetime.date, with_waiting: bool = True
) -> list[str]:
    """Stored cells of a span that the facts do not give, in words.

    Those of days that somebody changed since, and that the next night stores anew, say so or are left out.
    """
    with one_moment():
        stored, fresh = stored_cells(first, last), compute_cells(first, last, company=company, today=today)
        waiting = changed_days([first + n * DAY for n in range((last - first).days + 1)])
    return [
        words + (" (changed since; the next night stores it)" if place.day in waiting else "")
        for place, words in _words(stored, fresh)
        if with_waiting or place.day not in waiting
    ]


def month_differences(day: datetime.date) -> list[str]:
    """Stored cells of the day's month that its days do not add up to, in words; none when it is not stored."""
    month = containing(day, "month")
    with one_moment():
        stored = stored_cells(month.start, month.start, "month")
        added = sum_of_days(month.start, month.last_day) if stored else {}
    return [words for _place, words in _words(stored, added, "month of ")]


def _words(stored: Cells, fresh: Cells, of: str = "") -> list[tuple[Place, str]]:
    def shown(cells: Cells, place: Place) -> str:
        return str(cells[place].content[:2]) if place in cells else "nothing"

    return [
        (
            place,
            f"{place.measure} of {place.scope_kind} {place.scope_id} on {of}{place.day}: "
            f"stored {shown(stored, place)}, recomputed {shown(fresh, place)}",
        )
        for place in sorted(differing(stored, fresh))
    ]


def _members_add_up(day: datetime.date) -> list[str]:
    """Reps come to the company's total, and so do the teams on top: a row counted twice or left out shows here.

    Shared money aside: a won deal without an owner is the company's alone.
    """
    shared = {key for key, measure in stored_measures().items() if measure.is_shared}
    tops = {team for team, parent in TeamTree().parents.items() if parent is None} | {0}
    totals: dict[str, tuple[int, int]] = {}
    parts: dict[tuple[str, str], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for (measure, kind, ident, _day), cell in stored_cells(day, day).items():
        if kind == "company":
            totals[measure] = (cell.total, cell.n)
        elif measure not in shared and (kind == "rep" or (kind == "team" and ident in tops)):
            total, n = parts[measure, kind]
            parts[measure, kind] = (total + cell.total, n + cell.n)
    return [
        f"{measure} on {day}: {kind}s come to {parts[measure, kind]}, the company to {totals.get(measure, (0, 0))}"
        for measure in sorted({*totals, *(measure for measure, _kind in parts)} - shared)
        for kind in ("rep", "team")
        if parts[measure, kind] != totals.get(measure, (0, 0))
    ]


def _folds_hold(chance: random.Random, company: Company, now: datetime.datetime) -> list[str]:
    """A sample of deals folded anew gives the versions that are stored."""
    newest = Deal.objects.order_by("-pk").values_list("pk", flat=True).first()
    if newest is None:
        return []
    picks = {chance.randint(1, newest) for _ in range(SAMPLED_DEALS)}
    found = Deal.objects.filter(pk__in=picks).values_list("pk", flat=True)
    with one_moment():
        differing_deals = find_differing_deals(found, now=now, company=company)
    return [f"deal {pk}: its versions are not what its events come to" for pk in differing_deals]
