"""What a night stores: the same however often, late or piecemeal it runs."""

import datetime

import pytest

from accounts.models import JobRun
from metrics.jobs.schedule import queue_due
from metrics.jobs.workers import perform_job
from metrics.models import Restatement, SnapshotDay
from metrics.snapshots.nightly import run_night
from metrics.snapshots.storing import days_to_do, store_days
from tests.metrics.night.conftest import NIGHT, TODAY
from tests.metrics.night.ledger import DAY, content, forget, night, seeded

pytestmark = pytest.mark.usefixtures("company")


def test_twice_is_once():
    before = content()
    report, _run = night(NIGHT + datetime.timedelta(minutes=5))
    assert (report.days, report.rows, report.restated, report.problems) == (0, 0, 0, [])
    assert content() == before


def test_a_rebuild_writes_nothing_new():
    before = content()
    days = list(SnapshotDay.objects.values_list("day", flat=True))
    report, run = night(NIGHT + DAY / 2, days=days)
    assert (report.days, report.rows, report.restated, report.problems) == (len(days), 0, 0, [])
    assert content() == before
    assert set(SnapshotDay.objects.values_list("run", flat=True)) == {run.pk}


def test_pieces_in_any_order_give_what_all_at_once_gives(company):
    """Pieces of one to nine days, the last ones first: months are closed by whichever day comes last."""
    whole = content()
    days = [day for day, _rows, _digest in whole["days"]]
    forget()
    chance = seeded(20261005)
    pieces: list[list[datetime.date]] = []
    while days:
        pieces.append([days.pop(0) for _ in range(min(len(days), chance.randint(1, 9)))])
    chance.shuffle(pieces)
    run = JobRun.objects.create(kind="snapshot", key="pieces")
    for piece in pieces:
        store_days(piece, company=company, today=TODAY, now=NIGHT, run=run)
    assert content() == whole


def test_missed_nights_are_filled_in_order():
    """Nobody looked after the jobs for three nights; the next tick queues one run, which does them all."""
    late = NIGHT + 3 * DAY
    queue_due(now=late)
    job = JobRun.objects.get(kind="snapshot", key=(TODAY + 2 * DAY).isoformat())
    perform_job(job_id=job.pk, clock=lambda: late, alive=False)
    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.error) == ("done", 3, 3, "")
    filled = SnapshotDay.objects.filter(run=job.pk).order_by("pk")
    assert list(filled.values_list("day", flat=True)) == [TODAY, TODAY + DAY, TODAY + 2 * DAY]
    piecemeal = content()
    forget()
    night(late)
    assert content() == piecemeal


def test_a_run_that_stopped_half_way_is_taken_up_where_it_stopped():
    whole = content()
    forget()
    stored: list[int] = []

    def stop(done: int, _total: int) -> None:
        stored.append(done)
        if len(stored) == 2:
            raise InterruptedError

    run = JobRun.objects.create(kind="snapshot", key="stopped")
    with pytest.raises(InterruptedError):
        run_night(now=NIGHT, run=run, progress=stop)
    assert SnapshotDay.objects.count() == stored[-1] < len(whole["days"])
    night(NIGHT)
    assert content() == whole
    assert not Restatement.objects.exists()


def test_nothing_is_to_do_after_a_night_but_the_next_day(company):
    assert days_to_do(company, TODAY) == []
    assert days_to_do(company, TODAY + DAY) == [TODAY]
