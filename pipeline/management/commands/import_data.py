import argparse
import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from pipeline.imports.mapping import FileMapping, read_mapping
from pipeline.imports.registry import all_kinds
from pipeline.imports.report import ImportRefused, Report
from pipeline.imports.running import ABORT, SKIP, Result, Upload, run_import

SHOWN = 100


class Command(BaseCommand):
    help = "Import a file (.csv, .csv.gz, .xlsx) of one KIND. One bad row: nothing is written, unless --on-error skip."

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        kwargs.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        parser = super().create_parser(*args, **kwargs)
        parser.epilog = "\n".join(
            ["kinds and their columns:", *(f"  {name}: {', '.join(k.columns)}" for name, k in all_kinds().items())]
        )
        return parser

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", metavar="KIND", help="what the rows are; see below")
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument(
            "--mapping", metavar="FILE", type=Path, help="a JSON file that maps other columns and values"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")
        parser.add_argument("--on-error", choices=[ABORT, SKIP], default=ABORT)
        parser.add_argument("--errors", metavar="FILE", type=Path, help="where bad rows go, with the reason")
        parser.add_argument("--json", action="store_true")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            result = self._run(options)
        except (ImportRefused, OSError) as error:
            message = str(error) if isinstance(error, ImportRefused) else f"{error.filename}: {error.strerror}."
            report = Report(options["kind"], refused=True)
            report.problem(1, "", message)
            result = Result(report)
        report = result.report
        kept = self._keep_bad_rows(result, options["errors"])
        self._tell(report, options)
        if report.refused or not kept:
            raise SystemExit(1)

    def _keep_bad_rows(self, result: Result, path: Path | None) -> bool:
        if path is None or not result.report.problems:
            return True
        try:
            path.write_text(result.bad_rows_csv(), encoding="utf-8", newline="")
        except OSError as error:
            self.stderr.write(f"{error.filename}: {error.strerror}. The bad rows could not be written.")
            return False
        return True

    def _run(self, options: dict[str, Any]) -> Result:
        mapping = FileMapping()
        if options["mapping"]:
            try:
                mapping = read_mapping(options["mapping"].read_text(encoding="utf-8-sig"))
            except UnicodeDecodeError as error:
                raise ImportRefused("The mapping file is no UTF-8 text.") from error
        with options["file"].open("rb") as stream:
            upload = Upload(
                options["kind"], stream, options["file"].name, mapping, options["on_error"], options["dry_run"]
            )
            return run_import(upload, now=timezone.now(), progress=self._progress)

    def _progress(self, rows: int) -> None:
        if sys.stderr.isatty():
            self.stderr.write(f"\r{rows:,} rows", ending="")

    def _tell(self, report: Report, options: dict[str, Any]) -> None:
        if sys.stderr.isatty():
            self.stderr.write("")
        if options["json"]:
            self.stdout.write(json.dumps(report.as_json(), ensure_ascii=False))
        problems = sorted(report.problems, key=lambda problem: problem.row)
        for problem in problems[:SHOWN]:
            self.stderr.write(str(problem))
        if len(problems) > SHOWN:
            self.stderr.write(f"… and {len(problems) - SHOWN:,} more; --errors FILE or --json has all of them.")
        if report.refused and report.import_id is None:
            self.stderr.write("Nothing was written.")
        elif not options["json"]:
            self._summarise(report)

    def _summarise(self, report: Report) -> None:
        would = "Dry run, nothing written: " if report.dry_run else ""
        words = ("created", "updated", "unchanged", "skipped")
        counts = ", ".join(f"{getattr(report, word):,} {word}" for word in words)
        number = f" (import {report.import_id})" if report.import_id else ""
        self.stdout.write(f"{would}{report.kind}: {counts}{number}.")
        for message in report.notes:
            self.stdout.write(f"  {message}")
