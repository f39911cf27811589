import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Rep, Team
from accounts.models.team import managed_team_ids
from accounts.roles import Role
from metrics.periods import add_months


class PinQuerySet(models.QuerySet["PinnedKpi"]):
    def visible_to(self, user: Any) -> Self:
        """Those of the own role and teams, and those that one owns; leader and admin all."""
        role = getattr(user, "role", None)
        if role in (Role.ADMIN, Role.LEADER):
            return self
        if role not in Role.values:
            return self.none()
        teams = managed_team_ids(user) if role == Role.MANAGER else []
        own = Rep.objects.filter(user=user).values("team")
        return self.filter(Q(role=role) | Q(team__in=teams) | Q(team__in=own) | Q(owner=user))


class PinnedKpi(models.Model):
    """A metric that stands first on the pages of a role or of a team, with who answers for it and how often.

    Its target is that of the metric, the scope and the period that a page shows; it has none of its own.
    """

    class Cadence(models.TextChoices):
        WEEKLY = "weekly", _("Every week")
        MONTHLY = "monthly", _("Every month")
        QUARTERLY = "quarterly", _("Every quarter")

    metric = models.SlugField(_("metric"), max_length=60)
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, blank=True)
    team = models.ForeignKey(
        Team, models.CASCADE, null=True, blank=True, related_name="pinned_kpis", verbose_name=_("team")
    )
    position = models.PositiveSmallIntegerField(default=0)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("owner")
    )
    cadence = models.CharField(_("reviewed"), max_length=10, choices=Cadence.choices, default=Cadence.MONTHLY)
    pinned_on = models.DateField()
    reviewed_on = models.DateField(null=True)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    is_sample = models.BooleanField(default=False, editable=False)

    objects = PinQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list] = [
            models.UniqueConstraint(fields=["metric", "role"], condition=Q(team=None), name="pin_once_a_role"),
            models.UniqueConstraint(fields=["metric", "team"], condition=Q(role=""), name="pin_once_a_team"),
            models.CheckConstraint(
                name="pin_role_or_team",
                condition=(Q(team=None) & Q(role__in=["rep", "manager", "leader", "admin"]))
                | Q(team__isnull=False, role=""),
            ),
            models.CheckConstraint(
                name="pin_cadence_known", condition=Q(cadence__in=["weekly", "monthly", "quarterly"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.metric} ({self.place})"

    @property
    def place(self) -> str:
        """The team, or the role, on whose pages it stands."""
        return str(self.team) if self.team is not None else str(Role(self.role).label)

    @property
    def due_on(self) -> datetime.date:
        """The day by which it is to be reviewed again."""
        last = self.reviewed_on or self.pinned_on
        match self.cadence:
            case self.Cadence.WEEKLY:
                return last + datetime.timedelta(days=7)
            case self.Cadence.QUARTERLY:
                return add_months(last, 3)
            case _:
                return add_months(last, 1)
