import datetime
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from accounts.business_dates import business_date
from accounts.models import Company
from metrics.audits import compare_days
from metrics.models import SnapshotDay


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
        days = SnapshotDay.objects.order_by("day")
        try:
            if options["first"]:
                days = days.filter(day__gte=datetime.date.fromisoformat(options["first"]))
            if options["last"]:
                days = days.filter(day__lte=datetime.date.fromisoformat(options["last"]))
        except ValueError as error:
            self.stderr.write("--from and --to take a day such as 2026-10-05.")
            raise SystemExit(1) from error
        checked = list(days.values_list("day", flat=True))
        found: list[str] = []
        for _done, differing in compare_days(checked, company=company, today=today):
            found += differing
        if options["json"]:
            self.stdout.write(json.dumps({"days": len(checked), "differences": found}))
        else:
            self.stdout.write(f"{len(checked)} days compared, {len(found)} figures differ.")
            for line in found:
                self.stderr.write(line)
        if found:
            raise SystemExit(1)
