"""``manage.py snapshot`` killed by SIGKILL at random moments, on databases of its own: afterwards nothing shows."""

import datetime
import random
import subprocess
import time
from dataclasses import dataclass
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.jobs import STALE_AFTER, sweep_jobs
from accounts.models import JobRun
from metrics.jobs.workers import perform_job
from metrics.models import Restatement, SnapshotDay
from pipeline.sample.loading import Size, load_sample
from tests.metrics.night.ledger import DAY, content, real_today, seeded
from tests.metrics.night.own_database import OwnDatabases

KILLS, AT_ONCE, PATIENCE = 20, 2, 120
TINY = Size(reps=4, months=3, deals=50, activities=200)


@dataclass
class Victim:
    """A run that is killed once ``stored`` days are in its database and some ``seconds`` have passed."""

    database: str
    process: subprocess.Popen[bytes]
    stored: int
    seconds: float


def kill_at_its_moment(own: OwnDatabases, victim: Victim) -> None:
    with own.connected(victim.database):
        until = time.monotonic() + PATIENCE
        while victim.process.poll() is None and time.monotonic() < until and not _has_come(victim.stored):
            time.sleep(0.005)
    time.sleep(victim.seconds)
    victim.process.kill()
    victim.process.wait()


def _has_come(stored: int) -> bool:
    return JobRun.objects.exists() and SnapshotDay.objects.count() >= stored


def finish(number: int) -> None:
    """The next night by the command, or the same job once it was found silent; nothing where it was done already."""
    if number % 2:
        call_command("snapshot", stdout=StringIO())
        return
    if JobRun.objects.filter(state="done").exists():
        return
    later = timezone.now() + STALE_AFTER + datetime.timedelta(seconds=1)
    swept = sweep_jobs(now=later)
    job = JobRun.objects.get(state="queued")
    begun = job.attempts  # 0: killed before it took the job, which waits as it was
    assert swept == (begun, 0)
    perform_job(job_id=job.pk, clock=lambda: later, alive=False)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("done", begun + 1)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_killed_at_twenty_moments_a_night_leaves_what_a_quiet_one_leaves(own_databases):
    own, chance = own_databases, seeded(20261125)
    template = own.create("template")
    with own.connected(template):
        today = real_today()
        load_sample(size=TINY, seed=3, today=today)
    quiet = own.create("quiet", template)
    with own.connected(quiet):
        started = time.monotonic()
        call_command("snapshot", stdout=StringIO())
        a_month = (time.monotonic() - started) / 4
        wanted = content(until=today - DAY)
        assert len(wanted["days"]) > 80
    halfway = 0
    for first in range(0, KILLS, AT_ONCE):
        numbers = range(first, first + AT_ONCE)
        victims = [start(own, template, number, chance, len(wanted["days"]), a_month) for number in numbers]
        for victim in victims:
            kill_at_its_moment(own, victim)
        for number, victim in enumerate(victims):
            with own.connected(victim.database):
                halfway += 0 < SnapshotDay.objects.count() < len(wanted["days"])
                if victim.process.returncode == 0:
                    continue
                finish(number)
                assert content(until=today - DAY) == wanted
                assert not Restatement.objects.exists()
    assert halfway >= KILLS / 4, "most were killed before or after their work"


def start(own: OwnDatabases, template: str, number: int, chance: random.Random, days: int, a_month: float) -> Victim:
    database = own.create(f"killed_{number}", template)
    process = own.start("manage.py", "snapshot", name=database)
    return Victim(database, process, chance.randrange(days + 1), chance.uniform(0, a_month))
