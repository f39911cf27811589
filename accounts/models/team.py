import datetime
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.roles import Role


class TeamQuerySet(models.QuerySet["Team"]):
    def visible_to(self, user: Any) -> Self:
        """Team names are no secret inside the company: every role sees all teams, an unknown one none."""
        return self if getattr(user, "role", None) in Role.values else self.none()


class Team(models.Model):
    """A team in a tree. Figures of a team hold its sub-teams'."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    slug = models.SlugField(max_length=220, unique=True, allow_unicode=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("parent team")
    )
    manager = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="managed_teams",
        verbose_name=_("manager"),
    )
    is_sample = models.BooleanField(default=False, editable=False)

    objects = TeamQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        constraints: ClassVar[list] = [
            models.CheckConstraint(name="team_name_given", condition=~Q(name="")),
            models.CheckConstraint(
                name="team_not_its_own_parent", condition=Q(parent__isnull=True) | ~Q(parent=models.F("pk"))
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RepQuerySet(models.QuerySet["Rep"]):
    def visible_to(self, user: Any) -> Self:
        """A rep sees himself and his team-mates' names, a manager the managed teams, leader and admin everyone."""
        from_role = getattr(user, "role", None)
        if from_role in (Role.ADMIN, Role.LEADER):
            return self
        if from_role == Role.MANAGER:
            return self.filter(Q(user=user) | Q(team__in=managed_team_ids(user)))
        if from_role == Role.REP:
            return self.filter(Q(user=user) | Q(team__in=Rep.objects.filter(user=user).values("team")))
        return self.none()


class Rep(models.Model):
    """A seller; may exist without a user (imported history). ``team`` is today's, see ``TeamMembership``."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="rep", verbose_name=_("user")
    )
    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("e-mail"), null=True, blank=True, unique=True)
    external_id = models.CharField(_("external id"), max_length=200, null=True, blank=True, unique=True)
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="reps", verbose_name=_("team today")
    )
    hired_on = models.DateField(_("hired on"), null=True, blank=True)
    left_on = models.DateField(_("left on"), null=True, blank=True, help_text=_("The last day of work."))
    ramp_months = models.PositiveSmallIntegerField(_("ramp in months"), default=0)
    counts_as_capacity = models.BooleanField(_("counts as selling capacity"), default=True)
    is_sample = models.BooleanField(default=False, editable=False)

    objects = RepQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        constraints: ClassVar[list] = [
            models.CheckConstraint(name="rep_name_given", condition=~Q(name="")),
            models.CheckConstraint(
                name="rep_left_after_hired",
                condition=Q(hired_on__isnull=True) | Q(left_on__isnull=True) | Q(left_on__gte=models.F("hired_on")),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def key(self) -> str:
        """How figures and scopes name the rep: e-mail, else external id, else name."""
        return self.email or self.external_id or self.name


class TeamMembership(models.Model):
    """A rep's time in a team: ``starts_on`` (None: from the beginning) to ``ends_on`` (None: still), both included."""

    rep = models.ForeignKey(Rep, models.CASCADE, related_name="memberships")
    team = models.ForeignKey(Team, models.PROTECT, related_name="memberships")
    starts_on = models.DateField(_("starts on"), null=True, blank=True)
    ends_on = models.DateField(_("ends on"), null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        constraints: ClassVar[list] = [
            models.UniqueConstraint(fields=["rep", "starts_on"], name="membership_start_unique"),
            models.UniqueConstraint(
                fields=["rep"], condition=Q(starts_on__isnull=True), name="membership_one_from_the_beginning"
            ),
            models.CheckConstraint(
                name="membership_ends_after_start",
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rep} in {self.team}"

    def holds_on(self, day: datetime.date) -> bool:
        """Whether the rep was in this team on ``day``."""
        return (self.starts_on is None or self.starts_on <= day) and (self.ends_on is None or day <= self.ends_on)


def team_rows(user: object) -> list[tuple[int, int | None, int | None, str, str]]:
    """(id, id of the parent, id of the manager, slug, name) of every team. One query a request: kept on the user."""
    kept = getattr(user, "_team_rows", None)
    if kept is None:
        rows = Team.objects.order_by("name", "pk").values_list("pk", "parent_id", "manager_id", "slug", "name")
        kept = user._team_rows = list(rows)  # type: ignore[attr-defined]
    return kept


def managed_team_ids(user: object) -> list[int]:
    """Ids of the teams that the user manages, sub-teams included, from ``team_rows``."""
    rows = team_rows(user)
    found = {pk for pk, _parent, manager, _slug, _name in rows if manager == user.pk}  # type: ignore[attr-defined]
    while more := {pk for pk, parent, *_rest in rows if parent in found and pk not in found}:
        found |= more
    return sorted(found)


def seen_rep_ids(user: Any) -> list[int]:
    """Ids of the user as a rep and, for a manager, of the reps who are in the managed teams today.

    One query a request: kept on the user. Numbers instead of a sub-query let the database use an index on the owner.
    """
    kept = getattr(user, "_seen_rep_ids", None)
    if kept is None:
        seen = Q(user=user)
        if user.role == Role.MANAGER:
            seen |= Q(team__in=managed_team_ids(user))
        kept = keep_seen_reps(user, Rep.objects.filter(seen).values_list("pk", flat=True))
    return kept


def keep_seen_reps(user: Any, ids: Iterable[int]) -> list[int]:
    """Note what ``seen_rep_ids`` would read, where it was read with something else."""
    user._seen_rep_ids = found = sorted(ids)
    return found


def team_and_descendants(team_id: int, tree: Sequence[tuple[int, int | None]] | None = None) -> list[int]:
    """Ids of a team and all teams below it. ``tree``: ids of all teams with their parents, where they were read."""
    rows = list(Team.objects.values_list("pk", "parent_id")) if tree is None else tree
    found = {team_id}
    while more := {pk for pk, parent in rows if parent in found and pk not in found}:
        found |= more
    return sorted(found)
