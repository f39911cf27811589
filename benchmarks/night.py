"""P9: the nightly run of one day against a plain count and sum of that day's rows, and against one of all rows."""

import datetime
from collections.abc import Iterator

from django.db import connection
from django.utils import timezone

from accounts.business_dates import business_date
from accounts.models import Company, JobRun
from benchmarks.results import Result
from benchmarks.timing import by_turns, milliseconds
from metrics.models import Snapshot, SnapshotDay
from metrics.nightly import run_night
from metrics.periods import DAY
from metrics.snapshots import store_days

ONE_DAY = (
    "SELECT count(*), sum(base_minor) FROM pipeline_dealversion WHERE superseded_at IS NULL AND closed_on = %s",
    "SELECT count(*), sum(base_minor) FROM pipeline_dealversion WHERE superseded_at IS NULL AND opened_on = %s",
    "SELECT count(*), sum(score) FROM pipeline_lead WHERE created_on = %s",
    "SELECT count(*), sum(duration_minutes) FROM pipeline_activity WHERE done_on = %s",
)
"""S_day: index ranges of exactly one day."""
ALL_DAYS = (
    "SELECT count(*), sum(base_minor) FROM pipeline_deal",
    "SELECT count(*), sum(duration_minutes) FROM pipeline_activity",
    "SELECT count(*), sum(stage_id) FROM pipeline_stagevisit",
    "SELECT count(*), sum(score) FROM pipeline_lead",
)
"""S_all: everything once, one after the other on one core."""
SLOW_ROUNDS = 5


def measure_night(rounds: int) -> Iterator[Result]:
    """A workday that is over, stored as if it were new: forgotten before each round, which is not timed."""
    company = Company.current()
    now = timezone.now()
    today = business_date(now, company.zone)
    day = next(day for n in range(1, 8) if (day := today - n * DAY).weekday() < 5)
    run = JobRun.objects.create(kind="benchmark", key=f"benchmark {now.isoformat()}", started_at=now)
    night = _Night(day, company, now, run)
    one, stored = by_turns(lambda: _ask(ONE_DAY, day), night.store, min(rounds, 20), before=night.forget)
    whole = min(_timed(night.forget, night.run) for _ in range(SLOW_ROUNDS))
    everything = min(milliseconds(lambda: _ask(ALL_DAYS)) for _ in range(SLOW_ROUNDS))
    facts = {
        "day": f"{stored.best:.1f} ms", "S_day": f"{one.best:.2f} ms", "S_all": f"{everything:.0f} ms",
        "figures": night.rows, "with its audits": f"{whole:.0f} ms",
    }  # fmt: skip
    yield Result("P9", "one day stored", stored.best / one.best, 15, "S_day", facts, one.is_noisy)
    yield Result("P9", "one day stored", stored.best / everything, 0.05, "S_all", facts, one.is_noisy)


class _Night:
    def __init__(self, day: datetime.date, company: Company, now: datetime.datetime, run: JobRun) -> None:
        self.day, self.company, self.now, self.job = day, company, now, run
        self.rows = 0

    def forget(self) -> None:
        Snapshot.objects.filter(day=self.day, grain="day").delete()
        SnapshotDay.objects.filter(day=self.day).delete()

    def store(self) -> None:
        today = business_date(self.now, self.company.zone)
        self.rows = store_days([self.day], company=self.company, today=today, now=self.now, run=self.job)

    def run(self) -> None:
        report = run_night(now=self.now, run=self.job, days=[self.day])
        assert not report.problems, report.problems


def _timed(before, work) -> float:
    before()
    return milliseconds(work)


def _ask(statements: tuple[str, ...], day: datetime.date | None = None) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, [day] if day else [])
            cursor.fetchall()
