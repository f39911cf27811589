"""P9: the nightly run of one day against a plain count and sum of that day's rows, and against one of all rows.

P11: all nights, as they were stored when the database was made, against one count and sum of all rows and one copy of
the finished figures. P15 is both on SQLite, with goals of its own.
"""

import datetime
from collections.abc import Iterator

from django.db import connection
from django.utils import timezone

from accounts.business_dates import business_date
from accounts.models import Company, JobRun
from benchmarks.databases import BACKFILL
from benchmarks.results import Result
from benchmarks.timing import by_turns, milliseconds
from metrics.models import Snapshot, SnapshotDay
from metrics.periods import DAY
from metrics.snapshots.nightly import run_night
from metrics.snapshots.storing import store_days

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


def measure_night(rounds: int, *, with_audits: bool) -> Iterator[Result]:
    """A workday that is over, stored as if it were new: forgotten before each round, which is not timed."""
    company = Company.current()
    now = timezone.now()
    today = business_date(now, company.zone)
    day = next(day for n in range(1, 8) if (day := today - n * DAY).weekday() < 5)
    run = JobRun.objects.create(kind="benchmark", key=f"benchmark {now.isoformat()}", started_at=now)
    night = _Night(day, company, now, run)
    one, stored = by_turns(lambda: _ask(ONE_DAY, day), night.store, min(rounds, 20), before=night.forget)
    everything = min(milliseconds(lambda: _ask(ALL_DAYS)) for _ in range(SLOW_ROUNDS))
    facts = {
        "day": f"{stored.best:.1f} ms", "S_day": f"{one.best:.2f} ms", "S_all": f"{everything:.0f} ms",
        "figures": night.rows,
    }  # fmt: skip
    if with_audits:
        facts["with its audits"] = f"{min(_timed(night.forget, night.run) for _ in range(SLOW_ROUNDS)):.0f} ms"
    row, goal = ("P9", 15) if connection.vendor == "postgresql" else ("P15", 20)
    yield Result(row, "one day stored", stored.best / one.best, goal, "S_day", facts, one.is_noisy)
    if row == "P9":
        yield Result(row, "one day stored", stored.best / everything, 0.05, "S_all", facts, one.is_noisy)


def measure_backfill() -> Iterator[Result]:
    """What storing all nights took when the database was made; nothing where its job is not known."""
    job = JobRun.objects.filter(kind="benchmark", key=BACKFILL, finished_at__isnull=False).first()
    if job is None or job.started_at is None or job.finished_at is None:
        return
    seconds = (job.finished_at - job.started_at).total_seconds()
    everything = min(milliseconds(lambda: _ask(ALL_DAYS)) for _ in range(SLOW_ROUNDS)) / 1000
    copied = min(milliseconds(_copy_figures) for _ in range(2)) / 1000
    facts = {
        "nights": job.done, "rows": job.rows, "took": f"{seconds:.0f} s", "S_all": f"{everything:.2f} s",
        "W_out": f"{copied:.2f} s",
    }  # fmt: skip
    if connection.vendor == "postgresql":
        yield Result("P11", "all nights stored", seconds / (everything + copied), 6, "(S_all + W_out)", facts)
    else:
        yield Result("P15", "all nights stored", seconds / everything, 25, "S_all", facts)


def _copy_figures() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE benchmark_w_out AS SELECT * FROM metrics_snapshot")
        cursor.execute("DROP TABLE benchmark_w_out")


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
