"""Nightly figures: which days are to do, and how a span of days is stored. Twice, killed or late: the same content."""

import datetime
from collections.abc import Callable, Collection, Iterable

from accounts.models import Company, JobRun
from metrics.models import SnapshotDay
from metrics.periods import DAY, containing
from metrics.snapshots.cells import compute_cells, span_question, stored_measures
from metrics.snapshots.definitions import definitions_digest
from metrics.snapshots.one_moment import again_on_collision, one_moment
from metrics.snapshots.restatements import write_restatements
from metrics.snapshots.rows import differing, mark_days, replace_cells, store_month, stored_cells
from pipeline.models import ChangedDay

Span = tuple[datetime.date, datetime.date]
CAPACITY = ChangedDay.Subject.CAPACITY
"""Who was there to sell is always counted anew, never stored."""


class Doubted(Exception):
    """What was just stored does not pass its audit; ``findings`` say why."""

    def __init__(self, findings: list[str]) -> None:
        super().__init__("; ".join(findings[:3]))
        self.findings = findings


def first_day(company: Company, today: datetime.date) -> datetime.date | None:
    """The earliest day on which any stored measure has a record; None in an empty company."""
    q = span_question(today, today, company, today)
    facts = {measure.fact.__class__: measure.fact for measure in stored_measures().values()}
    days = [day for fact in facts.values() if (day := fact.coverage(q))]
    return min(days, default=None)


def days_to_do(company: Company, today: datetime.date) -> list[datetime.date]:
    """Closed days, in order, that have no figures yet, or that changed since, or whose definitions did."""
    start = first_day(company, today)
    current = definitions_digest()
    days = SnapshotDay.objects.values_list("day", "run__definitions")
    stored = {day: definitions == current for day, definitions in days}
    every = {start + n * DAY for n in range(max(0, (today - start).days))} if start else set()
    stale = {day for day, is_current in stored.items() if not is_current}
    return sorted((every - stored.keys()) | stale | changed_days(every | stored.keys()))


def changed_days(among: Collection[datetime.date]) -> set[datetime.date]:
    """Those of some days whose records were changed since they were stored; they wait for the next night."""
    if not among:
        return set()
    earliest, latest = min(among), max(among)
    found: set[datetime.date] = set()
    for first, last in ChangedDay.objects.exclude(subject=CAPACITY).values_list("day", "last_day").distinct():
        start, end = max(first, earliest), min(last, latest)
        found |= {start + n * DAY for n in range((end - start).days + 1)}
    return found.intersection(among)


def month_spans(days: Iterable[datetime.date]) -> list[Span]:
    """Runs of consecutive days, cut at month borders: the units of work."""
    spans: list[list[datetime.date]] = []
    for day in sorted(set(days)):
        if spans and day == spans[-1][1] + DAY and day.day != 1:
            spans[-1][1] = day
        else:
            spans.append([day, day])
    return [(first, last) for first, last in spans]


def store_days(
    days: Iterable[datetime.date],
    *,
    company: Company,
    today: datetime.date,
    now: datetime.datetime,
    run: JobRun,
    progress: Callable[[int, int], None] = lambda done, total: None,
    check: Callable[[Span], list[str]] | None = None,
    on_doubt: Callable[[list[str]], None] = lambda findings: None,
) -> int:
    """Compute and store days, a month at most in one transaction; the number of rows written.

    ``check`` looks at a span inside its transaction: with findings nothing of it is kept, and ``on_doubt`` hears them.
    """
    spans = month_spans(day for day in days if day < today)
    total = sum((last - first).days + 1 for first, last in spans)
    done = rows = 0
    for first, last in spans:
        try:
            rows += store_span(first, last, company=company, today=today, now=now, run=run, check=check)
        except Doubted as doubt:
            on_doubt(doubt.findings)
        done += (last - first).days + 1
        progress(done, total)
    return rows


def store_span(
    first: datetime.date, last: datetime.date, *, company: Company, today: datetime.date, now: datetime.datetime,
    run: JobRun, check: Callable[[Span], list[str]] | None = None,
) -> int:  # fmt: skip
    """Replace the cells of a span within a month in one transaction; the number of rows written.

    What changed in a closed month becomes a restatement. One span at a time, whoever computes it. Raises Doubted, and
    keeps what was stored before, when ``check`` finds something.
    """

    def store() -> int:
        with one_moment(alone=True):
            rows = _store(first, last, company=company, today=today, now=now, run=run)
            if check is not None and (findings := check((first, last))):
                raise Doubted(findings)
            return rows

    return again_on_collision(store)


def _store(
    first: datetime.date, last: datetime.date, *, company: Company, today: datetime.date, now: datetime.datetime,
    run: JobRun,
) -> int:  # fmt: skip
    queued = ChangedDay.objects.filter(day__lte=last, last_day__gte=first)
    changes = list(queued.values_list("pk", "subject", "day", "last_day"))
    known = {row.day: row for row in SnapshotDay.objects.filter(day__range=(first, last)).select_related("run")}
    old = stored_cells(first, last) if known else {}
    new = compute_cells(first, last, company=company, today=today)
    places = differing(old, new)
    written = replace_cells(old, new, places, run)
    this_month = containing(today, "month").start
    closed = {day: mark for day, mark in known.items() if day < this_month}
    write_restatements(old, new, places, closed=closed, now=now, run=run)
    mark_days(new, first, last, now, run)
    written += store_month(first, places, run)
    _drain(changes, first, last, now)
    return written


def _drain(
    changes: list[tuple[int, str, datetime.date, datetime.date]],
    first: datetime.date,
    last: datetime.date,
    now: datetime.datetime,
) -> None:
    """Take the span out of the queued changes; what lies outside it stays queued."""
    ChangedDay.objects.filter(pk__in=[pk for pk, *_rest in changes]).delete()
    rest: set[tuple[str, datetime.date, datetime.date]] = set()
    for _pk, subject, start, end in changes:
        if start < first:
            rest.add((subject, start, first - DAY))
        if end > last:
            rest.add((subject, last + DAY, end))
    ChangedDay.objects.bulk_create(
        [ChangedDay(subject=subject, day=start, last_day=end, recorded_at=now) for subject, start, end in rest]
    )
