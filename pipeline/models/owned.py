from typing import Any, Self, TypeVar

from django.db import models

from accounts.models import Rep
from accounts.models.team import seen_rep_ids
from accounts.roles import Role

Row = TypeVar("Row", bound=models.Model)


class OwnedQuerySet(models.QuerySet[Row]):
    """Rows that belong to one rep through ``owner``."""

    def live(self) -> Self:
        """Rows that are not deleted."""
        return self.filter(deleted_at__isnull=True)

    def visible_to(self, user: Any) -> Self:
        """Live rows the user may see: own ones, a manager's teams', all for leader and admin, else none."""
        rows = self.live()
        role = getattr(user, "role", None)
        if role in (Role.ADMIN, Role.LEADER):
            return rows
        if role == Role.MANAGER:
            return rows.filter(owner__in=seen_rep_ids(user))
        if role == Role.REP:
            return rows.filter(owner__in=Rep.objects.filter(user=user).values("pk"))
        return rows.none()

    def writable_by(self, user: Any) -> Self:
        """The visible rows that the user may change: a rep and a manager what they see, an admin all, a leader none."""
        return self.none() if getattr(user, "role", None) == Role.LEADER else self.visible_to(user)
