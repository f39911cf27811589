from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from metrics.incentives.documents import document_of, terms_of
from metrics.incentives.plan_file import dump_document
from metrics.models import Plan, PlanVersion


class Command(BaseCommand):
    help = "Write a plan's version (the newest one) as the file that load_plan reads."
    requires_system_checks = ()

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        # --version is the plan's here, not Django's.
        return super().create_parser(*args, conflict_handler="resolve", **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", metavar="NAME", help="the plan's name")
        parser.add_argument("--version", dest="number", type=int, metavar="N", help="default: the newest")

    def handle(self, *_args: Any, **options: Any) -> None:
        rows = PlanVersion.objects.filter(plan__name=options["name"]).order_by("-number")
        row = rows.filter(number=options["number"]).first() if options["number"] is not None else rows.first()
        if row is None:
            numbers = ", ".join(str(number) for number in reversed(rows.values_list("number", flat=True)))
            names = ", ".join(Plan.objects.order_by("name").values_list("name", flat=True)[:20]) or "none"
            what = f"Versions: {numbers}." if numbers else f"Plans: {names}."
            self.stderr.write(f"There is no such version of a plan “{options['name'][:60]}”. {what}")
            raise SystemExit(1)
        self.stdout.write(dump_document(document_of(terms_of(row.content))), ending="")
