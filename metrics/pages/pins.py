"""The figures that stand first on a page: those pinned for its team, else for the reader's role."""

import datetime
from typing import Any

from django.db.models import Q

from accounts.roles import Role
from metrics.errors import QuestionRefused
from metrics.models import PinnedKpi
from metrics.pages.reading import Reader
from metrics.scopes import Scope


def pins_of(user: Any, scope: Scope) -> list[PinnedKpi]:
    """In their order; none where nothing is pinned."""
    place = Q(role=getattr(user, "role", None) or "none")
    if scope.kind == "team":
        place |= Q(team=scope.id)
    rows = PinnedKpi.objects.filter(place).select_related("owner", "team").order_by("position", "pk")
    found = list(rows)
    return [pin for pin in found if pin.team_id] or [pin for pin in found if not pin.team_id]


def known_pins(reader: Reader, pins: list[PinnedKpi]) -> list[PinnedKpi]:
    """Without those whose metric is there no more."""
    return [pin for pin in pins if _is_known(reader, pin.metric)]


def _is_known(reader: Reader, slug: str) -> bool:
    try:
        reader.metric(slug)
    except QuestionRefused:
        return False
    return True


def review_rows(reader: Reader, pins: list[PinnedKpi], user: Any) -> list[dict[str, Any]]:
    """Who answers for each and when it is to be looked at again."""
    return [
        {
            "pin": pin,
            "name": reader.metric(pin.metric).name,
            "url": reader.asking.metric_address(pin.metric),
            "may_review": user.role == Role.ADMIN or pin.owner_id == user.pk,
            **review_state(pin, reader.asking.today),
        }
        for pin in pins
    ]


def review_state(pin: PinnedKpi, today: datetime.date) -> dict[str, Any]:
    """Whether a review is due today or was due before."""
    return {"due_on": pin.due_on, "is_due": pin.due_on <= today, "is_fresh": pin.reviewed_on == today}
