import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from accounts import formats
from accounts.money import from_minor
from metrics.errors import QuestionRefused
from metrics.management.commands.metric import asking_user
from metrics.waterfall.asking import ask_changes
from metrics.waterfall.changes import Waterfall, deal_names, waterfall_json
from metrics.waterfall.words import BAR_WORDS

WORDS = ("from", "to", "closing", "scope", "as_of", "known_on")


class Command(BaseCommand):
    help = "What changed in the open pipeline between the ends of two days: net per deal, in named bars that add up."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", required=True, help="the first day, at its end, for instance 2026-11-16")
        parser.add_argument("--to", required=True, help="the last day, at its end")
        parser.add_argument("--closing", help="only deals expected to close in this period, for instance 2026-Q4")
        parser.add_argument("--scope", help="company, team:<slug> or rep:<email or external id>")
        parser.add_argument("--as-of", help="the day from which to look, included (default today)")
        parser.add_argument("--known-on", help="the day whose knowledge to use (default now)")
        parser.add_argument("--user", help="answer as this user would be answered")
        parser.add_argument("--json", action="store_true")

    def handle(self, *_args: Any, **options: Any) -> None:
        words = {word: options[word] or "" for word in WORDS}
        try:
            found = ask_changes(words, user=asking_user(options["user"]), now=timezone.now())
        except QuestionRefused as error:
            self.stderr.write(str(error))
            raise SystemExit(1) from error
        if options["json"]:
            self.stdout.write(json.dumps(waterfall_json(found), ensure_ascii=False))
        else:
            self._print(found)

    def _print(self, found: Waterfall) -> None:
        currency = found.question.company.base_currency

        def money(minor: int) -> str:
            return formats.money(from_minor(minor, currency), currency, cents=True)

        closing = f", closing in {found.closing.name}" if found.closing else ""
        self.stdout.write(f"Open pipeline of {found.question.scope.key}, {found.first} to {found.last}{closing}")
        self.stdout.write(f"  Starting: {money(found.starting.amount)} ({found.starting.deals} deals)")
        for bar in found.bars.values():
            if bar.deals:
                self.stdout.write(f"  {BAR_WORDS[bar.key]}: {money(bar.amount)} ({bar.deals} deals)")
        self.stdout.write(f"  Ending: {money(found.ending.amount)} ({found.ending.deals} deals)")
        names = deal_names(sorted({change.deal for change in found.changes}))
        for change in found.changes:
            self.stdout.write(f"  {names[change.deal][0]}: {BAR_WORDS[change.bar]} {money(change.amount)}")
