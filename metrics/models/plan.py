from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models.team import managed_team_ids
from accounts.roles import Role


class Plan(models.Model):
    """An incentive plan, known by its name. What it pays is in its versions."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    is_sample = models.BooleanField(default=False, editable=False)

    class Meta:
        constraints: ClassVar[list] = [models.CheckConstraint(name="plan_name_given", condition=~Q(name=""))]

    def __str__(self) -> str:
        return self.name


class PlanVersionQuerySet(models.QuerySet["PlanVersion"]):
    def published(self) -> Self:
        """Versions that hold from a day on."""
        return self.filter(published_from__isnull=False)

    def visible_to(self, user: Any) -> Self:
        """Admin and leader see all; others those by which they, or who they manage, are paid."""
        role = getattr(user, "role", None)
        if role in (Role.ADMIN, Role.LEADER):
            return self
        if role not in (Role.MANAGER, Role.REP):
            return self.none()
        theirs = Q(statements__rep__user=user)
        if role == Role.MANAGER:
            theirs |= Q(statements__rep__team__in=managed_team_ids(user))
        return self.filter(theirs).distinct()


class PlanVersion(models.Model):
    """What a plan says from a day on. ``content`` is its document (``metrics.incentives.documents``) and never changes.

    ``published_from`` None: a draft. ``approved_by`` is a second person, not who made it; None where the operator of
    the machine published it by command.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    published_from = models.DateField(_("holds from"), null=True)
    published_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    is_sample = models.BooleanField(default=False, editable=False)

    objects = PlanVersionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list] = [
            models.UniqueConstraint(fields=["plan", "number"], name="plan_version_once"),
            models.CheckConstraint(
                name="plan_version_published_at",
                condition=Q(published_from__isnull=True, published_at__isnull=True, approved_by__isnull=True)
                | Q(published_from__isnull=False, published_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan}, version {self.number}"

    @property
    def label(self) -> str:
        """As ``str``, which is kept in the audit log, but in the reader's language."""
        return gettext("%(plan)s, version %(number)s") % {"plan": self.plan, "number": self.number}
