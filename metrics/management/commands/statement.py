import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from accounts.business_dates import business_date
from accounts.errors import ActionRefused
from accounts.models import Company, Rep, User
from metrics.actions.statements import approve_statements
from metrics.errors import QuestionRefused
from metrics.incentives.lines import money_text
from metrics.incentives.statements import View, parse_stated, statements_of
from metrics.scopes import find_scope


class Command(BaseCommand):
    help = (
        "A rep's incentive statements of a month or quarter, one for each plan version that holds; --approve-by freezes"
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rep", required=True, metavar="EMAIL", help="e-mail or external id")
        parser.add_argument("--period", required=True, help="2026-10, 2026-Q4, FY2026-Q4")
        parser.add_argument(
            "--approve-by", metavar="EMAIL", help="approve them for good; an admin or the rep's manager"
        )
        parser.add_argument("--json", action="store_true")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            views = self._views(options)
        except (QuestionRefused, ActionRefused) as error:
            self.stderr.write(str(error))
            raise SystemExit(1) from error
        if options["json"]:
            self.stdout.write(json.dumps([view.as_json() for view in views], ensure_ascii=False))
            return
        for view in views:
            self._print(view)
        if not views:
            self.stdout.write("No plan holds for this rep in this period.")

    def _views(self, options: dict[str, Any]) -> list[View]:
        now, company = timezone.now(), Company.current()
        rep = find_rep(options["rep"])
        period = parse_stated(options["period"], company, business_date(now, company.zone))
        if options["approve_by"]:
            user = User.objects.filter(email__iexact=options["approve_by"], is_active=True).first()
            if user is None:
                raise QuestionRefused(f"There is no active user “{options['approve_by'][:60]}”.", "approve_by")
            approve_statements(rep=rep, period=period, by=user, now=now)
        return statements_of(rep, period, company=company, now=now)

    def _print(self, view: View) -> None:
        terms, currency = view.version.terms, view.currency
        self.stdout.write(
            f"{view.rep.key}, {view.period.name}, {terms.name} version {view.version.number}: {view.status}"
        )
        for line in view.lines:
            what = " ".join(part for part in (line.component, line.deal_key, line.of_period) if part)
            self.stdout.write(f"  {line.kind:<10} {what}: {money_text(line.amount, currency)}  ({line.text})")
        self.stdout.write(f"  total {money_text(view.total, currency)} {currency}")
        for name, minor in sorted(view.balances.items()):
            self.stdout.write(f"  balance of {name}: {money_text(minor, currency)}")
        for warning in view.warnings:
            self.stdout.write(f"  warning: {warning}")


def find_rep(text: str) -> Rep:
    """The rep of an e-mail or external id. Raises QuestionRefused."""
    scope = find_scope(f"rep:{text.strip()}")
    rep = Rep.objects.select_related("user", "team").filter(pk=scope.id).first() if scope else None
    if rep is None:
        raise QuestionRefused(f"There is no rep “{text[:60]}”: give the e-mail or the external id.", "rep")
    return rep
