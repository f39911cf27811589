import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from metrics.jobs.health import Check, check_work
from salestracker.health import broker_answers, database_answers, migrations_applied


class Command(BaseCommand):
    help = "Database, broker, workers, age of the newest figures, failed jobs. Exit 1 when any of them is unhealthy."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        checks = all_checks()
        healthy = all(check.works for check in checks)
        if options["json"]:
            listed = [{"name": check.name, "healthy": check.works, "detail": check.detail} for check in checks]
            self.stdout.write(json.dumps({"healthy": healthy, "checks": listed}))
        else:
            for check in checks:
                self.stdout.write(f"{'ok' if check.works else 'FAILING':8} {check.name:10} {check.detail}")
        if not healthy:
            raise SystemExit(1)


def all_checks() -> list[Check]:
    """Every check; those that need the database only while it answers and has its tables."""
    checks = [answering("database", database_answers()), broker()]
    if checks[0].works:
        checks.append(answering("migrations", migrations_applied()))
        if checks[-1].works:
            checks += check_work(timezone.now())
    return checks


def answering(name: str, works: bool) -> Check:
    words = {"database": ("answers", "does not answer"), "migrations": ("applied", "some are missing: run migrate")}
    return Check(name, works, words[name][0 if works else 1])


def broker() -> Check:
    if not settings.REDIS_URL:
        return Check("broker", True, "none: run_schedule does the jobs")
    works = broker_answers()
    return Check("broker", works, "answers" if works else "does not answer; jobs wait in the database")
