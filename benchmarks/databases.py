"""The databases that are measured on: made when they do not exist, filled once, kept where that is asked."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Size:
    """How much is in a database."""

    deals: int
    activities: int
    reps: int
    months: int
    rounds: int
    """How often each page is asked for."""
    times: int = 1
    """How often the company stands in the database: itself and its copies (``benchmarks.multiplied``)."""


SIZES = {
    "quick": Size(deals=4000, activities=25_000, reps=12, months=24, rounds=15),
    "small": Size(deals=100_000, activities=1_000_000, reps=100, months=36, rounds=40),
    "full": Size(deals=100_000, activities=1_000_000, reps=100, months=36, rounds=20, times=10),
}
BACKFILL = "backfill"
"""The key of the job under which the database's nights were first stored."""


def database_url(asked: str, size: str) -> str:
    """``asked``; else ``bench`` or ``bench_quick`` on the PostgreSQL that answers; else a file under var/."""
    if asked:
        return asked
    name = "bench" if size == "small" else f"bench_{size}"
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith("postgres"):
        return urlunsplit(urlsplit(given)._replace(path=f"/{name}"))
    host, port = os.environ.get("PGHOST", "127.0.0.1"), os.environ.get("PGPORT", "5432")
    user = os.environ.get("PGUSER", "postgres")
    if _runs("pg_isready", "-q", "-h", host, "-p", port) and _runs(
        "psql", "-w", "-q", "-h", host, "-p", port, "-U", user, "-d", "postgres", "-c", "SELECT 1"
    ):
        return f"postgres://{user}@{host}:{port}/{name}"
    return f"sqlite:///{ROOT / 'var' / f'{name}.sqlite3'}"


def create_database(url: str) -> None:
    """Make a PostgreSQL database unless it is there."""
    parts = urlsplit(url)
    if not parts.scheme.startswith("postgres"):
        return
    if not _runs("psql", *_server(parts), "-q", "-d", parts.path[1:], "-c", "SELECT 1"):
        subprocess.run(["createdb", *_server(parts), parts.path[1:]], check=True)  # noqa: S603, S607


def drop_database(url: str) -> None:
    """Take it away again."""
    parts = urlsplit(url)
    if not parts.scheme.startswith("postgres"):
        for file in Path(parts.path).parent.glob(f"{Path(parts.path).name}*"):
            file.unlink()
        return
    subprocess.run(["dropdb", "--if-exists", "--force", *_server(parts), parts.path[1:]], check=True)  # noqa: S603, S607


def _server(parts: SplitResult) -> list[str]:
    """Which server, for the programs of PostgreSQL, that never ask for a password."""
    host, port, user = parts.hostname or "127.0.0.1", str(parts.port or 5432), parts.username or "postgres"
    return ["-w", "-h", host, "-p", port, "-U", user]


def _runs(*command: str) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0  # noqa: S603
    except OSError:
        return False


def fill_database(size: Size) -> dict[str, float]:
    """Migrate; load the sample and store its nights unless that was done. Seconds, with which the peak of memory.

    Runs after Django is set up.
    """
    import resource

    from django.core.management import call_command
    from django.db import connection

    from metrics.models import SnapshotDay
    from pipeline.sample.loading import sample_is_loaded

    took: dict[str, float] = {}
    call_command("migrate", verbosity=0, skip_checks=True)
    if not sample_is_loaded():
        started = time.perf_counter()
        call_command(
            "load_sample", deals=size.deals, activities=size.activities, reps=size.reps, months=size.months,
            skip_checks=True,
        )  # fmt: skip
        took["load"] = time.perf_counter() - started
        took["load_peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        if size.times > 1:
            took["multiply"] = _multiply(size.times)
    if not SnapshotDay.objects.exists():
        _vacuum(connection)
        took["backfill"] = _store_all_nights()
    if size.times == 1:
        call_command("snapshot")
    _vacuum(connection)
    return took


def _multiply(times: int) -> float:
    from benchmarks.multiplied import multiply

    started = time.perf_counter()
    multiply(times)
    return time.perf_counter() - started


def _store_all_nights() -> float:
    """Store every night as the nightly run does, without its audits; seconds, which the job's row keeps too."""
    from django.utils import timezone

    from accounts.business_dates import business_date
    from accounts.models import Company, JobRun
    from metrics.snapshots.definitions import definitions_digest
    from metrics.snapshots.storing import days_to_do, store_days

    company, now = Company.current(), timezone.now()
    today = business_date(now, company.zone)
    job = JobRun.objects.create(
        kind="benchmark", key=BACKFILL, state=JobRun.State.RUNNING, started_at=now, definitions=definitions_digest()
    )
    days = days_to_do(company, today)
    rows = store_days(days, company=company, today=today, now=now, run=job, progress=_tell)
    job.state, job.finished_at, job.done, job.rows = JobRun.State.DONE, timezone.now(), len(days), rows
    job.save()
    return (job.finished_at - now).total_seconds()


def _tell(done: int, total: int) -> None:
    print(f"Nights stored: {done} of {total}", file=sys.stderr, flush=True)


def _vacuum(connection) -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
