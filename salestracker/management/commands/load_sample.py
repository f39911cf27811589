import argparse
import datetime
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.business_dates import business_date
from accounts.errors import ActionRefused
from accounts.models import Company
from metrics.sample.loading import load_sample
from pipeline.sample.loading import Size


def whole(low: int, high: int) -> Any:
    """A reader of whole numbers from ``low`` to ``high``."""

    def read(text: str) -> int:
        if not text.isdigit() or not low <= int(text) <= high:
            raise argparse.ArgumentTypeError(f"{text!r} is no whole number from {low} to {high}")
        return int(text)

    return read


def day(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date such as 2026-10-05") from None


class Command(BaseCommand):
    help = "Load a believable sample company. The same seed, day and sizes give the same company."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--reps", type=whole(1, 2000), default=12)
        parser.add_argument("--months", type=whole(1, 120), default=24, help="how far back it goes")
        parser.add_argument("--deals", type=whole(1, 5_000_000), default=4000)
        parser.add_argument("--activities", type=whole(0, 50_000_000), help="default: about six a deal")
        parser.add_argument("--seed", type=whole(0, 2**32), default=1)
        parser.add_argument("--today", type=day, help="the day on which the sample ends; default: today")

    def handle(self, *args: Any, **options: Any) -> None:
        here = business_date(timezone.now(), Company.current().zone)
        today = options["today"] or here
        if today > here:
            raise CommandError(f"--today {today} lies in the future; the latest is {here}.")
        if today.year < 1900:
            raise CommandError(f"--today {today} is too early; the earliest is 1900-01-01.")
        size = Size(options["reps"], options["months"], options["deals"], options["activities"])
        try:
            counts = load_sample(size=size, seed=options["seed"], today=today, progress=self.progress)
        except ActionRefused as error:
            raise CommandError(str(error)) from None
        if sys.stderr.isatty():
            self.stderr.write("")
        self.stdout.write(", ".join(f"{count:,} {what}" for what, count in counts.items()))
        self.stdout.write("Sign in on this machine with the password " + settings.SAMPLE_PASSWORD)
        for role, email in settings.SAMPLE_SIGN_INS.items():
            self.stdout.write(f"  {role:8} {email}")

    def progress(self, done: int, total: int) -> None:
        """A bar on a terminal, nothing in a log."""
        if sys.stderr.isatty():
            filled = 40 * done // total
            self.stderr.write(f"\r[{'#' * filled}{' ' * (40 - filled)}] {done:,} of {total:,} deals", ending="")
            self.stderr.flush()
