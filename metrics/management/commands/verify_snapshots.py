import datetime
import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from accounts.business_dates import business_date
from accounts.models import Company
from metrics.asking import parse_day
from metrics.errors import QuestionRefused
from metrics.models import SnapshotDay
from metrics.snapshots.comparing import Difference, compare_days, name_scopes


class Command(BaseCommand):
    help = "Recompute stored figures from the records and compare; exit 1 with the differing ones when there are any."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="first", help="the first day")
        parser.add_argument("--to", dest="last", help="the last day")
        parser.add_argument("--json", action="store_true")

    def handle(self, *_args: Any, **options: Any) -> None:
        company = Company.current()
        today = business_date(timezone.now(), company.zone)
        checked = self._days(options["first"], options["last"])
        found: list[Difference] = []
        for done, differing in compare_days(checked, company=company, today=today):
            found += differing
            if sys.stderr.isatty():
                self.stderr.write(f"\r{done} of {len(checked)} days", ending="")
        if options["json"]:
            scopes = name_scopes(found)
            rows = [one.as_json(scopes) for one in found]
            self.stdout.write(json.dumps({"days": len(checked), "differences": rows}, ensure_ascii=False))
        else:
            self.stdout.write(f"{len(checked)} days compared, {len(found)} figures differ.")
            for one in found:
                self.stderr.write(str(one))
        if found:
            raise SystemExit(1)

    def _days(self, first: str | None, last: str | None) -> list[datetime.date]:
        """The stored days that are asked for."""
        try:
            start, end = parse_day(first, "--from"), parse_day(last, "--to")
        except QuestionRefused as refusal:
            self._refuse(str(refusal))
        if start and end and start > end:
            self._refuse(f"--from {start} lies after --to {end}.")
        days = SnapshotDay.objects.order_by("day")
        days = days.filter(day__gte=start) if start else days
        days = days.filter(day__lte=end) if end else days
        return list(days.values_list("day", flat=True))

    def _refuse(self, message: str) -> Any:
        self.stderr.write(message)
        raise SystemExit(1)
