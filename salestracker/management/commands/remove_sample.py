from typing import Any

from django.core.management.base import BaseCommand, CommandError

from metrics.actions.forgetting import forget_figures
from pipeline.sample.loading import sample_is_loaded
from pipeline.sample.removal import has_own_records, remove_sample

NAMED = ("deals", "leads", "activities", "accounts", "contacts", "reps", "users")


class Command(BaseCommand):
    help = "Take the sample company away again, and nothing else. What own records refer to stays and is listed."

    def handle(self, *args: Any, **options: Any) -> None:
        if not sample_is_loaded():
            raise CommandError("There is no sample company here.")
        gone, stays = remove_sample()
        if not stays and not has_own_records():
            forget_figures()
        main = ", ".join(f"{gone[name]:,} {name}" for name in NAMED if name in gone)
        self.stdout.write(f"Removed {sum(gone.values()):,} rows" + (f", among them {main}" if main else ""))
        if stays:
            listed = ", ".join(f"{count:,} {name}" for name, count in stays.items())
            self.stdout.write(f"These stay because your own records refer to them: {listed}")
