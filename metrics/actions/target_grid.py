"""Saving a grid of targets: all that changed, and all that was emptied, or nothing."""

import datetime
from collections.abc import Sequence

from django.db import transaction

from accounts.models import User
from metrics.actions.targets import remove_target, set_targets
from metrics.goals.goal import Goal
from metrics.models import Target


@transaction.atomic
def save_grid(
    *, goals: Sequence[Goal], emptied: Sequence[Target], by: User | None, now: datetime.datetime
) -> int:  # fmt: skip
    """Let the goals hold from now on, and the emptied targets no longer; how many changed.

    Raises NotAllowed; ActionRefused when one of the emptied was changed meanwhile.
    """
    for target in emptied:
        remove_target(target=target, by=by, now=now)
    return len(set_targets(goals=goals, by=by, now=now)) + len(emptied)
