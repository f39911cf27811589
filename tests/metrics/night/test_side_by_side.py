"""Nights beside each other and beside people at work, on PostgreSQL: each figure once, and parts of one moment."""

import os
import subprocess
import threading
import time
import uuid
from collections import Counter

import pytest
from django.db import connections
from django.utils import timezone

from accounts.models import Company, JobRun
from metrics.models import Snapshot, SnapshotDay
from metrics.snapshots.storing import store_span
from pipeline.actions.outcomes import reopen_deal, win_deal
from pipeline.models import Deal
from pipeline.sample.loading import Size, load_sample
from tests.metrics.night.ledger import DAY, content, night, real_today
from tests.metrics.night.own_database import OwnDatabases

TINY = Size(reps=4, months=3, deals=50, activities=200)
PATIENCE = 300
pytestmark = [pytest.mark.postgresql, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def template(own_databases) -> str:
    """A database with a small sample and no night."""
    name = own_databases.create("template")
    with own_databases.connected(name):
        load_sample(size=TINY, seed=3, today=real_today())
    return name


def celery(own: OwnDatabases, database: str, queue: str, *words: str) -> subprocess.Popen[bytes]:
    return own.start(
        "-m", "celery", "-A", "salestracker", *words, "--loglevel", "error",
        name=database, REDIS_URL=os.environ["REDIS_URL"], TEST_QUEUE=queue, SALESTRACKER_PROCESS="worker",
        DJANGO_SETTINGS_MODULE="tests.metrics.night.fast_beat",
    )  # fmt: skip


@pytest.mark.redis
def test_two_workers_and_two_beats_store_each_figure_once(own_databases, template, tmp_path):
    own, queue = own_databases, f"test-{uuid.uuid4()}-"
    quiet = own.create("quiet", template)
    with own.connected(quiet):
        today = real_today()
        night(timezone.now())
        wanted = content(until=today - DAY)
    crowded = own.create("crowded", template)
    processes = [
        *(celery(own, crowded, queue, "worker", "--concurrency", "2", "-n", f"worker{n}@test") for n in range(2)),
        *(celery(own, crowded, queue, "beat", "--schedule", str(tmp_path / f"beat{n}")) for n in range(2)),
    ]
    try:
        with own.connected(crowded):
            until = time.monotonic() + PATIENCE
            while time.monotonic() < until and not JobRun.objects.filter(kind="snapshot", state="done").exists():
                time.sleep(0.5)
            time.sleep(5)  # several more ticks of both beats
            jobs = JobRun.objects.filter(kind="snapshot")
            assert list(jobs.values_list("state", "attempts", "error")) == [("done", 1, "")] * jobs.count()
            assert jobs.count() == len({job.key for job in jobs})
            assert content(until=today - DAY) == wanted
            assert set(SnapshotDay.objects.filter(day__lt=today).values_list("run", flat=True)) == {jobs.first().pk}
    finally:
        for process in processes:
            process.kill()
        for process in processes:
            process.wait()


class People(threading.Thread):
    """Close and reopen the deals of a closed day, as fast as they can."""

    def __init__(self, own: OwnDatabases, database: str, deals: list[int], at) -> None:
        super().__init__(daemon=True)
        self.own, self.database, self.deals, self.at = own, database, deals, at
        self.stop, self.done = threading.Event(), 0

    def run(self) -> None:
        with self.own.connected(self.database):
            while not self.stop.is_set():
                deal = Deal.objects.get(pk=self.deals[self.done % len(self.deals)])
                if deal.outcome == "open":
                    win_deal(deal=deal, by=None, now=timezone.now(), closed_at=max(self.at, deal.opened_at))
                else:
                    reopen_deal(deal=deal, by=None, now=timezone.now())
                self.done += 1
        connections.close_all()


def test_what_a_night_stores_while_people_work_is_of_one_moment(own_databases, template):
    """Figures that come from different statements agree: shares with deals, levels with closes, reps with the whole."""
    own = own_databases
    with own.connected(template):
        company, today, now = Company.current(), real_today(), timezone.now()
        at = now - 2 * DAY
        deals = list(Deal.objects.filter(outcome="open", base_minor__gt=0).values_list("pk", flat=True)[:8])
        run = JobRun.objects.create(kind="snapshot", key="crowded")
    people = People(own, template, deals, at)
    people.start()
    try:
        with own.connected(template):
            until = time.monotonic() + 8
            nights = 0
            while time.monotonic() < until or (nights < 10 and people.is_alive()):
                first = today - 4 * DAY
                first = max(first, (today - DAY).replace(day=1))
                store_span(first, today - DAY, company=company, today=today, now=timezone.now(), run=run)
                assert disagreements() == []
                nights += 1
    finally:
        people.stop.set()
        people.join(timeout=30)
    assert people.done > nights


def disagreements() -> list[str]:
    """Every deal has an owner: what reps are credited with is the company's money, as their deals are its deals."""
    sums: dict[tuple, Counter] = {}
    rows = Snapshot.objects.filter(grain="day", measure__in=["won_money", "won_sized_money", "won", "open_deals"])
    for measure, kind, day, total, n in rows.values_list("measure", "scope_kind", "day", "total", "n"):
        if kind in ("company", "rep"):
            sums.setdefault((day, kind), Counter()).update({measure: total, f"{measure} n": n})
    found = []
    for (day, kind), whole in sums.items():
        if kind == "rep":
            company = sums[day, "company"]
            if (whole["won_money"], whole["won"]) != (company["won_money"], company["won"]):
                found.append(f"{day}: reps {whole}, company {company}")
    return found


def test_two_nights_at_once_wait_for_each_other(own_databases, template):
    """Several processes compute the same days: no collision, no figure twice, the content of a quiet night."""
    own = own_databases
    quiet = own.create("quiet", template)
    with own.connected(quiet):
        today = real_today()
        night(timezone.now())
        wanted = content(until=today - DAY)
    processes = [own.start("manage.py", "snapshot", name=template) for _ in range(3)]
    assert [process.wait(timeout=PATIENCE) for process in processes] == [0, 0, 0]
    with own.connected(template):
        assert content(until=today - DAY) == wanted
