import datetime
import json
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from accounts.business_dates import business_date
from accounts.models import Company, JobRun
from metrics.jobs.workers import heartbeat
from metrics.models import SnapshotDay
from metrics.periods import DAY
from metrics.snapshots.nightly import NightReport, run_night
from metrics.snapshots.storing import days_to_do, first_day


class Command(BaseCommand):
    help = "Compute the nightly figures: missed and changed days, or the days asked for. Safe to repeat."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--day", help="one day, such as 2026-10-05")
        parser.add_argument("--from", dest="first", help="the first day of a span")
        parser.add_argument("--to", dest="last", help="the last day of a span")
        parser.add_argument("--rebuild", action="store_true", help="compute days again that are stored already")
        parser.add_argument("--json", action="store_true")

    def handle(self, *_args: Any, **options: Any) -> None:
        now = timezone.now()
        days = self._days(options, now)
        run = JobRun.objects.create(
            kind="snapshot",
            key=f"command {now.isoformat()}",
            state=JobRun.State.RUNNING,
            attempts=1,
            started_at=now,
            heartbeat_at=now,
            code_version=settings.CODE_VERSION,
        )
        try:
            with heartbeat(run, timezone.now):
                report = run_night(now=now, run=run, days=days, progress=self._progress)
        except BaseException as error:
            self._end(run, state=JobRun.State.FAILED, error=f"{type(error).__name__}: {error}"[:2000])
            raise
        self._end(
            run,
            state=JobRun.State.SUSPECT if report.problems else JobRun.State.DONE,
            rows=report.rows, done=report.days, total=report.days, result=report.__dict__,
            error="\n".join(report.problems),
        )  # fmt: skip
        self._tell(run, report, options)

    def _tell(self, run: JobRun, report: NightReport, options: dict[str, Any]) -> None:
        if options["json"]:
            self.stdout.write(json.dumps({"run": run.pk, "state": run.state, **report.__dict__}))
        else:
            self.stdout.write(f"{report.days} days, {report.rows} figures written, {report.restated} restated.")
        for problem in report.problems:
            self.stderr.write(problem)
        if report.problems:
            raise SystemExit(1)

    def _days(self, options: dict[str, Any], now: datetime.datetime) -> list[datetime.date] | None:
        if not (options["day"] or options["first"] or options["last"] or options["rebuild"]):
            return None
        company = Company.current()
        today = business_date(now, company.zone)
        first = self._day(options["day"] or options["first"], "--from") or first_day(company, today)
        last = self._day(options["day"] or options["last"], "--to") or today - DAY
        if first is None:
            return []
        if first > last:
            self._refuse(f"--from {first} lies after --to {last}.")
        if last >= today:
            self._refuse(f"{last} is not over yet; the last closed day is {today - DAY}.")
        days = [first + n * DAY for n in range((last - first).days + 1)]
        if options["rebuild"] or options["day"]:
            return days
        done = set(SnapshotDay.objects.values_list("day", flat=True)).difference(days_to_do(company, today))
        return [day for day in days if day not in done]

    def _day(self, text: str | None, option: str) -> datetime.date | None:
        if not text:
            return None
        try:
            return datetime.date.fromisoformat(text)
        except ValueError:
            self._refuse(f"{option} takes a day such as 2026-10-05, not “{text[:40]}”.")
        return None

    def _refuse(self, message: str) -> None:
        self.stderr.write(message)
        raise SystemExit(1)

    def _progress(self, done: int, total: int) -> None:
        if sys.stderr.isatty():
            width = 40 * done // max(total, 1)
            self.stderr.write(f"\r[{'#' * width}{'.' * (40 - width)}] {done} of {total} days", ending="")

    @staticmethod
    def _end(run: JobRun, **values: Any) -> None:
        for name, value in {**values, "finished_at": timezone.now()}.items():
            setattr(run, name, value)
        run.save(update_fields=[*values, "finished_at"])
