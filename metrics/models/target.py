from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Rep, Team
from accounts.models.team import managed_team_ids
from accounts.roles import Role


class TargetQuerySet(models.QuerySet["Target"]):
    def known_on(self, instant: object | None) -> Self:
        """Targets as they stood at an instant; None: as they stand now."""
        if instant is None:
            return self.filter(superseded_at__isnull=True)
        return self.filter(recorded_at__lte=instant).filter(
            Q(superseded_at__isnull=True) | Q(superseded_at__gt=instant)
        )

    def visible_to(self, user: Any) -> Self:
        """A rep sees his own, a manager those of the managed teams and their reps, leader and admin all."""
        role = getattr(user, "role", None)
        if role in (Role.ADMIN, Role.LEADER):
            return self
        own = Q(rep__in=Rep.objects.filter(user=user).values("pk")) if role in Role.values else Q(pk=None)
        if role == Role.MANAGER:
            teams = managed_team_ids(user)
            return self.filter(own | Q(team__in=teams) | Q(rep__team__in=teams))
        return self.filter(own) if role == Role.REP else self.none()


class Target(models.Model):
    """The value that a metric should reach in a scope and a period, in the metric's own unit.

    Percent is a fraction, money the base currency's major unit, as figures are. Never overwritten: a change closes the
    row (``superseded_at``) and adds the next one, so that every earlier answer can be given again. The period is the
    days from ``starts_on`` up to and including ``ends_on``; ``period`` is its name. ``dimension`` empty: over all
    products and channels; else ``member`` is the product or channel by the key that figures use.
    """

    class ScopeKind(models.TextChoices):
        COMPANY = "company", _("Company")
        TEAM = "team", _("Team")
        REP = "rep", _("Rep")

    class PeriodKind(models.TextChoices):
        MONTH = "month", _("Month")
        QUARTER = "quarter", _("Quarter")
        YEAR = "year", _("Year")
        FISCAL_QUARTER = "fiscal quarter", _("Fiscal quarter")
        FISCAL_YEAR = "fiscal year", _("Fiscal year")

    class Dimension(models.TextChoices):
        NONE = "", _("All products and channels")
        PRODUCT = "product", _("Product")
        CHANNEL = "channel", _("Channel")

    metric = models.SlugField(_("metric"), max_length=60)
    scope_kind = models.CharField(_("scope"), max_length=8, choices=ScopeKind.choices)
    scope_id = models.BigIntegerField(default=0, editable=False)
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="targets")
    rep = models.ForeignKey(Rep, models.PROTECT, null=True, blank=True, related_name="targets")
    period_kind = models.CharField(_("period"), max_length=14, choices=PeriodKind.choices)
    period = models.CharField(_("period"), max_length=20)
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"))
    dimension = models.CharField(_("only for"), max_length=8, choices=Dimension.choices, blank=True, default="")
    member = models.CharField(_("product or channel"), max_length=300, blank=True)
    value = models.DecimalField(_("value"), max_digits=24, decimal_places=6)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    superseded_at = models.DateTimeField(null=True)
    superseded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    is_sample = models.BooleanField(default=False, editable=False)

    objects = TargetQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list] = [
            models.Index(fields=["metric", "scope_kind", "scope_id", "starts_on"], name="target_scope"),
            models.Index(fields=["-recorded_at", "-id"], name="target_newest"),
        ]
        constraints: ClassVar[list] = [
            models.UniqueConstraint(
                fields=["metric", "scope_kind", "scope_id", "starts_on", "ends_on", "dimension", "member"],
                condition=Q(superseded_at=None),
                name="target_once",
            ),
            models.CheckConstraint(
                name="target_scope_agrees",
                condition=Q(scope_kind="company", scope_id=0, team__isnull=True, rep__isnull=True)
                | Q(scope_kind="team", team__isnull=False, rep__isnull=True, scope_id=F("team_id"))
                | Q(scope_kind="rep", team__isnull=True, rep__isnull=False, scope_id=F("rep_id")),
            ),
            models.CheckConstraint(name="target_period_span", condition=Q(ends_on__gte=F("starts_on"))),
            models.CheckConstraint(
                name="target_period_kind_known",
                condition=Q(period_kind__in=["month", "quarter", "year", "fiscal quarter", "fiscal year"]),
            ),
            models.CheckConstraint(
                name="target_dimension_has_member",
                condition=Q(dimension="", member="") | (Q(dimension__in=["product", "channel"]) & ~Q(member="")),
            ),
            models.CheckConstraint(
                name="target_superseded_after_recorded",
                condition=Q(superseded_at__isnull=True) | Q(superseded_at__gte=F("recorded_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.metric} {self.scope_key} {self.period}: {self.value.normalize():f}"

    @property
    def scope_key(self) -> str:
        """The scope as people type it: company, team:<slug>, rep:<e-mail or external id>."""
        if self.team is not None:
            return f"team:{self.team.slug}"
        return f"rep:{self.rep.key}" if self.rep is not None else "company"

    @property
    def scope_name(self) -> str:
        """The team's or the rep's name; empty for the company."""
        return str(self.team or self.rep or "")
