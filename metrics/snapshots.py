"""Nightly figures: which days are to do, and how a span of days is stored. Twice, killed or late: the same content."""

import datetime
import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable

from django.db import transaction

from accounts.models import Company, JobRun
from metrics.models import Snapshot, SnapshotDay
from metrics.periods import DAY, containing
from metrics.restatements import write_restatements
from metrics.snapshot_cells import Cells, Place, Stored, compute_cells, span_question, stored_measures
from pipeline.models import ChangedDay

Span = tuple[datetime.date, datetime.date]
KEEP_REP_DAYS = 400


def first_day(company: Company, today: datetime.date) -> datetime.date | None:
    """The earliest day on which any stored measure has a record; None in an empty company."""
    q = span_question(today, today, company, today)
    facts = {measure.fact.__class__: measure.fact for measure in stored_measures().values()}
    days = [day for fact in facts.values() if (day := fact.coverage(q))]
    return min(days, default=None)


def days_to_do(company: Company, today: datetime.date) -> list[datetime.date]:
    """Closed days that have no figures yet, and those that changed since they were stored, in order."""
    start = first_day(company, today)
    if start is None:
        return []
    stored = set(SnapshotDay.objects.values_list("day", flat=True))
    every = {start + n * DAY for n in range(max(0, (today - start).days))}
    changed = {
        span_start + n * DAY
        for span_start, span_end in ChangedDay.objects.filter(day__lt=today).values_list("day", "last_day").distinct()
        for n in range((min(span_end, today - DAY) - span_start).days + 1)
        if span_end >= start
    }
    gone = {day for day in stored if day < start}
    return sorted((every - stored) | (changed & (every | stored)) | (gone & changed))


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
) -> int:
    """Compute and store days, a month at most in one transaction; the number of rows written."""
    spans = month_spans(day for day in days if day < today)
    total = sum((last - first).days + 1 for first, last in spans)
    done = rows = 0
    for first, last in spans:
        rows += store_span(first, last, company=company, today=today, now=now, run=run)
        done += (last - first).days + 1
        progress(done, total)
    return rows


@transaction.atomic
def store_span(
    first: datetime.date, last: datetime.date, *, company: Company, today: datetime.date, now: datetime.datetime,
    run: JobRun,
) -> int:  # fmt: skip
    """Delete and insert the cells of a span in one transaction. What changed in a closed month becomes a restatement.

    One span at a time, whoever computes it: the company's row is the lock.
    """
    Company.objects.select_for_update().get(pk=company.pk)
    drained = list(
        ChangedDay.objects.filter(day__lte=last, last_day__gte=first, recorded_at__lte=now).values_list(
            "pk", "subject", "day", "last_day"
        )
    )
    cells = compute_cells(first, last, company=company, today=today)
    old = stored_cells(first, last)
    known = dict(SnapshotDay.objects.filter(day__range=(first, last)).values_list("day", "known_at"))
    written = _replace(old, cells, first, last, run)
    closed = {day for day in known if day < containing(today, "month").start}
    write_restatements(old, cells, closed, known=known, now=now, run=run)
    _mark_days(cells, first, last, now, run)
    _drain(drained, first, last, now)
    return written


def stored_cells(first: datetime.date, last: datetime.date) -> Cells:
    """What is stored for a span of days."""
    rows = Snapshot.objects.filter(day__range=(first, last), grain="day", dimension="")
    return {
        Place(measure, kind, ident, day): Stored(total, n, _histogram(histogram))
        for measure, kind, ident, day, total, n, histogram in rows.values_list(
            "measure", "scope_kind", "scope_id", "day", "total", "n", "histogram"
        )
    }


def _histogram(stored: dict[str, int] | None) -> Counter[int]:
    return Counter({int(value): count for value, count in (stored or {}).items()})


def _replace(old: Cells, new: Cells, first: datetime.date, last: datetime.date, run: JobRun) -> int:
    """Write what differs only: a cell that is as it was keeps its run."""
    same = {place for place, cell in new.items() if place in old and old[place].content == cell.content}
    gone = [place for place in old if place not in same]
    if gone:
        by_day: dict[datetime.date, set[tuple[str, str, int]]] = defaultdict(set)
        for place in gone:
            by_day[place.day].add(place[:3])
        rows = Snapshot.objects.filter(day__range=(first, last), grain="day", dimension="")
        doomed = [
            pk
            for pk, measure, kind, ident, day in rows.values_list("pk", "measure", "scope_kind", "scope_id", "day")
            if (measure, kind, ident) in by_day.get(day, ())
        ]
        for start in range(0, len(doomed), 500):
            Snapshot.objects.filter(pk__in=doomed[start : start + 500]).delete()
    versions = {key: measure.version for key, measure in stored_measures().items()}
    rows_new = [
        Snapshot(
            measure=place.measure,
            version=versions[place.measure],
            scope_kind=place.scope_kind,
            scope_id=place.scope_id,
            day=place.day,
            total=cell.total,
            n=cell.n,
            histogram={str(value): count for value, count in sorted(cell.histogram.items())} or None,
            run=run,
        )
        for place, cell in new.items()
        if place not in same
    ]
    Snapshot.objects.bulk_create(rows_new, batch_size=2000)
    return len(rows_new)


def digest_of(cells: Iterable[tuple[Place, Stored]]) -> str:
    """A content hash: equal for equal figures, whichever run wrote them."""
    lines = sorted(f"{'|'.join(map(str, place))}={cell.content}" for place, cell in cells)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _mark_days(cells: Cells, first: datetime.date, last: datetime.date, now: datetime.datetime, run: JobRun) -> None:
    by_day: dict[datetime.date, list[tuple[Place, Stored]]] = defaultdict(list)
    for place, cell in cells.items():
        by_day[place.day].append((place, cell))
    days = [first + n * DAY for n in range((last - first).days + 1)]
    SnapshotDay.objects.filter(day__range=(first, last)).delete()
    SnapshotDay.objects.bulk_create(
        [
            SnapshotDay(day=day, run=run, known_at=now, rows=len(by_day[day]), digest=digest_of(by_day[day]))
            for day in days
        ]
    )


def _drain(
    drained: list[tuple[int, str, datetime.date, datetime.date]],
    first: datetime.date,
    last: datetime.date,
    now: datetime.datetime,
) -> None:
    """Take the span out of the queued changes; what lies outside it stays queued."""
    ChangedDay.objects.filter(pk__in=[pk for pk, *_rest in drained]).delete()
    rest: set[tuple[str, datetime.date, datetime.date]] = set()
    for _pk, subject, start, end in drained:
        if start < first:
            rest.add((subject, start, first - DAY))
        if end > last:
            rest.add((subject, last + DAY, end))
    ChangedDay.objects.bulk_create(
        [ChangedDay(subject=subject, day=start, last_day=end, recorded_at=now) for subject, start, end in rest]
    )
