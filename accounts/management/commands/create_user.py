import secrets
import sys
from getpass import getpass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandParser
from django.core.validators import validate_email
from django.utils import timezone

from accounts.actions.users import create_user
from accounts.errors import ActionRefused
from accounts.models import Team, User
from accounts.roles import Role


class Refused(Exception):
    """The command can't do what it was asked; the message says why."""


class Command(BaseCommand):
    help = (
        "Make a user. On a terminal it asks for the password; without one, or left empty, one is made and printed once."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--role", choices=Role.values, required=True)
        parser.add_argument("--name", default="", help="default: what stands before the @")
        parser.add_argument("--team", default="", help="slug or name: a rep's team, or the one that a manager heads")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            self.create(**{key: options[key] for key in ("email", "role", "name", "team")})
        except (Refused, ActionRefused) as refusal:
            self.stderr.write(str(refusal))
            raise SystemExit(1) from refusal

    def create(self, *, email: str, role: str, name: str, team: str) -> None:
        user = User(email=checked_email(email), name=name.strip() or email.partition("@")[0])
        found = team_of(team) if team else None
        password = asked_password(user)
        made = password or secrets.token_urlsafe(15)
        create_user(email=user.email, name=user.name, role=role, team=found, password=made, by=None, now=timezone.now())
        self.stdout.write(f"{user.email} can sign in as {role}.")
        if not password:
            self.stdout.write(f"Password, shown this once: {made}")


def checked_email(text: str) -> str:
    try:
        validate_email(text.strip())
    except ValidationError as error:
        raise Refused(f"“{text}” is no e-mail address.") from error
    if User.objects.filter(email__iexact=text.strip()).exists():
        raise Refused(f"There is a user “{text.strip()}” already.")
    return text.strip()


def team_of(text: str) -> Team:
    """The team of that slug, else of that name."""
    found = Team.objects.filter(slug=text).first() or Team.objects.filter(name=text).first()
    if found is None:
        known = ", ".join(Team.objects.order_by("slug").values_list("slug", flat=True)[:40]) or "none yet"
        raise Refused(f"There is no team “{text}”. Teams: {known}.")
    return found


def asked_password(user: User) -> str:
    """The password typed twice on a terminal; empty when nothing was typed or there is no terminal."""
    if not sys.stdin.isatty():
        return ""
    password = getpass(f"Password of {user.email} (empty: one is made): ")
    if not password:
        return ""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from error
    if getpass("Once more: ") != password:
        raise Refused("The two passwords differ.")
    return password
