import datetime
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from accounts.business_dates import business_date
from accounts.errors import ActionRefused
from accounts.models import Company
from metrics.errors import QuestionRefused
from metrics.incentives.findings import REFUSE, Finding, PlanRefused
from metrics.incentives.known_names import known_names
from metrics.incentives.lines import money_text
from metrics.incentives.linting import lint
from metrics.incentives.parts import SharesRefused
from metrics.incentives.simulation import Simulation, simulate
from metrics.incentives.stretches import TwoPlansHold
from metrics.management.commands.load_plan import read_terms
from metrics.periods import Period, parse_period


class Command(BaseCommand):
    help = "What a plan file would have paid in past periods, beside the present plans; and the linter's findings."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--from", dest="first", required=True, metavar="PERIOD", help="the first month, 2026-01")
        parser.add_argument("--to", dest="last", required=True, metavar="PERIOD", help="the last month, 2026-06")
        parser.add_argument("--json", action="store_true")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            found, findings = self._simulate(options)
        except (PlanRefused, ActionRefused, QuestionRefused, TwoPlansHold, SharesRefused) as error:
            self.stderr.write(str(error))
            raise SystemExit(1) from error
        except OSError as error:
            self.stderr.write(f"{error.filename}: {error.strerror}.")
            raise SystemExit(1) from error
        if options["json"]:
            self.stdout.write(json.dumps(found.as_json(findings), ensure_ascii=False))
            return
        self._print(found, findings)

    def _simulate(self, options: dict[str, Any]) -> tuple[Simulation, list[Finding]]:
        company = Company.current()
        today = business_date(timezone.now(), company.zone)
        terms = read_terms(options["file"])
        findings = lint(terms, known_names(timezone.now()))
        if any(one.level == REFUSE for one in findings):
            raise PlanRefused(findings)
        first, last = (self._period(options[name], company, today) for name in ("first", "last"))
        if last.last_day < first.start:
            raise QuestionRefused("--to lies before --from.", "to")
        return simulate(terms, first.start, last.last_day, company=company, today=today), findings

    def _period(self, text: str, company: Company, today: datetime.date) -> Period:
        return parse_period(text, today=today, fiscal_start=company.fiscal_year_start_month)

    def _print(self, found: Simulation, findings: list[Finding]) -> None:
        currency = found.terms.currency
        self.stdout.write(
            f"{found.terms.name}, {found.first} to {found.last}: {money_text(found.total, currency)} {currency}"
        )
        for one in found.results:
            present = ", ".join(f"{money_text(minor, code)} {code}" for code, minor in sorted(one.present.items()))
            self.stdout.write(
                f"  {one.rep.key}: {money_text(one.total, currency)} (present plans: {present or 'nothing'})"
            )
        for finding in findings:
            self.stdout.write(f"  {finding.level}: {finding}")
