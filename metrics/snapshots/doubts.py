"""Whether the newest night is doubted: said on every page of figures until a good one has run."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import formats
from accounts.models import JobRun
from accounts.roles import Role

ENDED = (JobRun.State.DONE, JobRun.State.PARTIAL, JobRun.State.SUSPECT)


def doubt_banner(user: Any) -> dict[str, Any] | None:
    """The line for a reader of figures, for an admin with the way to the findings; None when nothing is in doubt."""
    newest = JobRun.objects.filter(kind="snapshot", state__in=ENDED, finished_at__isnull=False)
    run = newest.order_by("-finished_at", "-pk").first()
    if run is None or run.state != JobRun.State.SUSPECT:
        return None
    at = formats.stamp(run.finished_at or run.queued_at)
    text = _(
        "The nightly run of %s did not pass its audit. The figures stored before it stay in use, and what changed "
        "since is computed from the records."
    )  # fmt: skip
    action = None
    if getattr(user, "role", None) == Role.ADMIN:
        action = {"label": _("Look at the findings"), "url": reverse("metrics:job_detail", args=[run.pk])}
    return {"look": "stale", "icon": "alert-triangle", "text": text % at, "action": action}
