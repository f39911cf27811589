from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from accounts.errors import ActionRefused
from pipeline.imports.undoing import undo_import
from pipeline.models import ImportRun


class Command(BaseCommand):
    help = "Put back what an import changed. What was edited since, or is in use by now, stays and is listed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("id", metavar="ID", type=int, help="the number of the import, as import_data gave it")

    def handle(self, *_args: Any, **options: Any) -> None:
        run = ImportRun.objects.defer("content").filter(pk=options["id"]).first()
        try:
            if run is None:
                raise ActionRefused(f"There is no import {options['id']}.")
            undone = undo_import(run=run, by=None, now=timezone.now())
        except ActionRefused as refusal:
            self.stderr.write(str(refusal))
            raise SystemExit(1) from refusal
        self.stdout.write(
            f"Import {run.pk} of {run.kind} undone: {undone.removed:,} removed, {undone.restored:,} put back, "
            f"{len(undone.left):,} left."
        )
        for left in undone.left:
            self.stdout.write(f"  {left}")
