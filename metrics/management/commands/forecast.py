import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from accounts import formats
from accounts.business_dates import business_date
from accounts.models import Company
from accounts.money import from_minor
from metrics.actions.forecasts import store_run
from metrics.asking import parse_day
from metrics.errors import QuestionRefused
from metrics.forecasting.asking import Forecast, ask_forecast, error_share, forecast_json
from metrics.forecasting.methods import METHODS
from metrics.forecasting.past import Past
from metrics.forecasting.words import METHOD_WORDS, REASONS
from metrics.management.commands.metric import asking_user

WORDS = ("period", "scope", "as_of")


class Command(BaseCommand):
    help = "What each method expects of a period's revenue, with its interval and its error at this lead time."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--period", help="a period that is not over, for instance 2026-Q4")
        parser.add_argument("--as-of", help="the last day that is known, included (default today)")
        parser.add_argument("--scope", help="company, team:<slug> or rep:<email or external id>")
        parser.add_argument("--user", help="answer as this user would be answered")
        parser.add_argument(
            "--store", action="store_true", help="keep the forecasts of that day, for every scope, as a run for good"
        )
        parser.add_argument("--json", action="store_true")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            if options["store"]:
                self._store(options)
            if options["period"] or not options["store"]:
                words = {word: options[word] or "" for word in WORDS}
                self._tell(ask_forecast(words, user=asking_user(options["user"]), now=timezone.now()), options)
        except QuestionRefused as error:
            self.stderr.write(str(error))
            raise SystemExit(1) from error

    def _store(self, options: dict[str, Any]) -> None:
        now, company = timezone.now(), Company.current()
        today = business_date(now, company.zone)
        as_of = min(parse_day(options["as_of"], "as_of") or today, today)
        run = store_run(as_of=as_of, past=Past(as_of), company=company, now=now)
        if not options["period"]:
            told = {"run": run.pk if run else None, "as_of": as_of.isoformat()}
            text = f"Kept as of {as_of}." if run else f"Nothing can be forecast as of {as_of} yet."
            self.stdout.write(json.dumps(told) if options["json"] else text)

    def _tell(self, found: Forecast, options: dict[str, Any]) -> None:
        if options["json"]:
            self.stdout.write(json.dumps(forecast_json(found), ensure_ascii=False))
            return
        self.stdout.write(f"{found.period.name}, {found.scope.key}, as of {found.as_of}: won {_text(found, found.won)}")
        for method in METHODS:
            line = found.lines.get(method)
            name = f"{METHOD_WORDS[method]} ({method})"
            if line is None:
                self.stdout.write(f"  {name}: – {REASONS[method]}")
                continue
            mark = " *" if line.is_default else ""
            span = f" ({_text(found, line.low)} to {_text(found, line.high)})" if line.low is not None else ""
            self.stdout.write(f"  {name}: {_text(found, line.amount)}{span}{mark}")
            share = error_share(line.record, line.record.missed)
            signed = error_share(line.record, line.record.off)
            if share is not None and signed is not None:
                error = f"{formats.percent(share)}, signed {formats.percent(signed)}"
                self.stdout.write(f"    error at this lead time: {error}, of {line.record.tried} periods")


def _text(found: Forecast, minor: int | None) -> str:
    currency = found.company.base_currency
    return "–" if minor is None else formats.money(from_minor(minor, currency), currency, cents=True)
