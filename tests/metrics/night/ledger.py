"""What nights leave behind, in a form that two databases or two runs can be compared by."""

import datetime
import random

from django.utils import timezone

from accounts.models import Company, JobRun
from metrics.models import Restatement, Snapshot, SnapshotDay
from metrics.periods import Period, range_name
from metrics.question import Question
from metrics.scopes import COMPANY, Scope
from metrics.snapshots.nightly import NightReport, run_night
from metrics.snapshots.shelf import Shelf

DAY = datetime.timedelta(days=1)
CELL = ("grain", "day", "measure", "version", "scope_kind", "scope_id", "dimension", "member", "total", "n")


def seeded(seed: int) -> random.Random:
    """Chance that is the same each time."""
    return random.Random(seed)  # noqa: S311


def content(until: datetime.date = datetime.date.max) -> dict[str, list[tuple]]:
    """All stored cells and days up to a day, without ids and runs."""
    cells = Snapshot.objects.filter(day__lte=until).values_list(*CELL, "histogram")
    days = SnapshotDay.objects.filter(day__lte=until).values_list("day", "rows", "digest")
    return {"cells": sorted(map(repr, cells)), "days": sorted(days)}


def night(now: datetime.datetime, days: list[datetime.date] | None = None) -> tuple[NightReport, JobRun]:
    """A nightly run at ``now``."""
    run = JobRun.objects.create(
        kind="snapshot", key=f"test {JobRun.objects.count()}", state=JobRun.State.RUNNING, attempts=1, heartbeat_at=now
    )
    return run_night(now=now, run=run, days=days), run


def forget() -> None:
    """As if no night had ever run."""
    for model in (Restatement, Snapshot, SnapshotDay):
        model.objects.all().delete()


def question(
    first: datetime.date, last: datetime.date, *, today: datetime.date, scope: Scope = COMPANY, by: str | None = None,
    stored: bool = True, kind: str = "range",
) -> Question:  # fmt: skip
    """About the days from ``first`` to ``last``, answered from stored figures or from the facts alone."""
    period = Period(first, last + DAY, range_name(first, last + DAY), kind)
    return Question(period, scope, Company.current(), today, today, by=by, shelf=Shelf(today) if stored else None)


def real_today() -> datetime.date:
    """The company's day by the real clock, for programs that look at it themselves."""
    return timezone.now().astimezone(Company.current().zone).date()
