from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from accounts.actions.tokens import create_token
from accounts.models import ApiToken, User


class Command(BaseCommand):
    help = "Make an API token for a user and print it once."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="", help="what the token is for")
        parser.add_argument("--scope", choices=ApiToken.Scope.values, default="write")

    def handle(self, *_args: Any, **options: Any) -> None:
        user = User.objects.filter(email__iexact=options["email"], is_active=True).first()
        if user is None:
            self.stderr.write(f"There is no active user “{options['email']}”.")
            raise SystemExit(1)
        token = create_token(user=user, name=options["name"], scope=options["scope"], by=None, now=timezone.now())
        self.stdout.write(token)
