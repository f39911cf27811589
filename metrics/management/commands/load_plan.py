from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.utils import timezone

from accounts.errors import ActionRefused
from accounts.models import User
from metrics.actions.plans import add_version, publish_version
from metrics.asking import parse_day
from metrics.errors import QuestionRefused
from metrics.incentives.documents import document_of, terms_of
from metrics.incentives.findings import WARN, PlanRefused
from metrics.incentives.known_names import known_names
from metrics.incentives.linting import lint
from metrics.incentives.plan_file import as_stored, parse_document
from metrics.incentives.terms import Terms
from metrics.models import PlanVersion


class Command(BaseCommand):
    help = "Take in an incentive plan (YAML or JSON) as the next version of the plan of its name; refused with reasons."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--publish-from", metavar="DAY", help="the day from which it holds; without it, a draft")
        parser.add_argument("--approved-by", metavar="EMAIL", help="the admin who approved it")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            terms = read_terms(options["file"])
            for finding in lint(terms, known_names(timezone.now())):
                if finding.level == WARN:
                    self.stderr.write(f"warning: {finding}")
            row, is_new = self._load(terms, options)
        except (PlanRefused, ActionRefused, QuestionRefused, OSError) as error:
            message = f"{error.filename}: {error.strerror}." if isinstance(error, OSError) else str(error)
            self.stderr.write(message)
            raise SystemExit(1) from error
        held = f", holds from {row.published_from}" if row.published_from else ", a draft"
        self.stdout.write(f"{row}{held}{'' if is_new else ' (nothing changed)'}.")

    @transaction.atomic
    def _load(self, terms: Terms, options: dict[str, Any]) -> tuple[PlanVersion, bool]:
        now, day = timezone.now(), parse_day(options["publish_from"], "--publish-from")
        approver = _user(options["approved_by"])
        if approver is not None and day is None:
            raise ActionRefused("--approved-by goes with --publish-from.", "approved_by")
        same = _newest(terms)
        if same is not None and day is not None and same.published_from == day:
            return same, False
        row = add_version(terms=terms, by=None, now=now)
        if day is not None:
            row = publish_version(version=row, day=day, approved_by=approver, by=None, now=now)
        return row, same is None or same.pk != row.pk or day is not None


def _newest(terms: Terms) -> PlanVersion | None:
    """The newest version of the plan where it says the same: loading a file twice is loading it once."""
    newest = PlanVersion.objects.filter(plan__name=terms.name).select_related("plan").order_by("-number").first()
    return newest if newest is not None and newest.content == as_stored(document_of(terms)) else None


def _user(email: str | None) -> User | None:
    if not email:
        return None
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    if user is None:
        raise ActionRefused(f"There is no active user “{email[:60]}”.", "approved_by")
    return user


def read_terms(path: Path) -> Terms:
    """The terms of a plan file. Raises PlanRefused, OSError."""
    try:
        data = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ActionRefused(f"{path}: the file is no UTF-8 text.", "file") from error
    return terms_of(parse_document(data))
