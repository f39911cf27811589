from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from metrics.catalogue import METRICS
from metrics.fingerprints import LOCK, lock_text, silently_changed
from metrics.pages.catalogue_page import catalogue_page


class Command(BaseCommand):
    help = "Write docs/metrics.md and the lock of the definitions from the catalogue; --check only compares."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="exit 1 when they are not what the catalogue says")

    def handle(self, *_args: Any, check: bool, **_options: Any) -> None:
        changed = silently_changed(METRICS.values())
        if changed:
            self.stderr.write(f"Changed without a new version: {', '.join(changed)}. Raise version= first.")
            raise SystemExit(1)
        wanted = {
            Path(settings.BASE_DIR) / "docs" / "metrics.md": catalogue_page(METRICS.values()),
            LOCK: lock_text(METRICS.values()),
        }
        stale = [path for path, text in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
        if check and stale:
            names = ", ".join(path.name for path in stale)
            self.stderr.write(f"Not what the catalogue says: {names}. Run manage.py write_catalogue.")
            raise SystemExit(1)
        for path in stale:
            path.write_text(wanted[path], encoding="utf-8")
            self.stdout.write(f"Wrote {path.name}.")
