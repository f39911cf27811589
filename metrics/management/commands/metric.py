import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from metrics.asking import WORDS, YES, ask
from metrics.errors import QuestionRefused
from metrics.figure import Figure
from metrics.numbers import text_of
from metrics.records.lists import list_records


class _System:
    """Who asks when no user is named: the operator of the machine, who may see everything."""

    role = Role.ADMIN
    pk = 0


class Command(BaseCommand):
    help = "One figure with its parts, or a row per member of a dimension; --records lists the rows behind it."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="the metric, for instance win_rate")
        parser.add_argument("--period", required=True, help="2026-Q3, 2026-10, mtd, 2026-07-01..2026-09-30 …")
        parser.add_argument("--scope", help="company, team:<slug> or rep:<email or external id>")
        parser.add_argument("--by", help="a dimension, for instance rep or month")
        parser.add_argument("--as-of", help="the day from which to look, included (default today)")
        parser.add_argument("--known-on", help="the day whose knowledge to use (default now)")
        parser.add_argument(
            "--reported", action="store_const", const=YES, help="as it was reported when the period was frozen"
        )
        parser.add_argument("--where", action="append", default=[], metavar="DIM=MEMBER")
        parser.add_argument("--user", help="answer as this user would be answered")
        parser.add_argument("--compare", help="previous or year")
        parser.add_argument("--json", action="store_true")
        parser.add_argument("--records", action="store_true")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            figure, rows = self._ask(options)
        except QuestionRefused as error:
            self.stderr.write(str(error))
            raise SystemExit(1) from error
        if options["json"]:
            answer = figure.as_json() | ({"records": rows} if rows is not None else {})
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
        else:
            self._print(figure, rows)

    def _ask(self, options: dict[str, Any]) -> tuple[Figure, list[dict[str, Any]] | None]:
        now = timezone.now()
        words = {word: options[word] or "" for word in WORDS if word != "where"}
        asked = ask(options["slug"], words, user=asking_user(options["user"]), now=now, where=options["where"])
        rows = None
        if options["records"]:
            rows = [record.as_json() for record in list_records(asked.metric, asked.question)]
        return asked.figure(now), rows

    def _print(self, figure: Figure, rows: list[dict[str, Any]] | None) -> None:
        q, value = figure.question, figure.value
        unit = figure.currency or figure.metric.unit
        self.stdout.write(f"{figure.metric.name}, {q.period.name}, {q.scope.key}: {text_of(value.value) or '–'} {unit}")
        self.stdout.write(f"  {text_of(value.numerator) or '–'} / {text_of(value.denominator) or '–'}, n = {value.n}")
        for line in figure.warnings:
            self.stdout.write(f"  {line}")
        for row in figure.by or []:
            self.stdout.write(f"  {row.member.label}: {text_of(row.value.value) or '–'} (n = {row.value.n})")
        for record in rows or []:
            parts = f"{record['numerator'] or '–'} / {record['denominator'] or '–'}"
            self.stdout.write(f"  {record['date']} {record['kind']} {record['id']} {record['name']}: {parts}")


def asking_user(email: str | None) -> Any:
    """The user of an e-mail address; the operator of the machine, who sees everything, for none."""
    if not email:
        return _System()
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    if user is None:
        raise QuestionRefused(f"There is no active user “{email[:60]}”.", "user")
    return user
