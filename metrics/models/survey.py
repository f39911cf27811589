from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Contact, Rep, Team
from accounts.models.team import managed_team_ids
from accounts.roles import Role


class SurveyQuerySet(models.QuerySet["SurveyResponse"]):
    def visible_to(self, user: Any) -> Self:
        """All for leader and admin, for a manager the answers that belong to the managed teams.

        Reps see the figures of at least five answers, never who gave which.
        """
        role = getattr(user, "role", None)
        if role in (Role.ADMIN, Role.LEADER):
            return self
        if role == Role.MANAGER:
            return self.filter(team__in=managed_team_ids(user))
        return self.none()


class SurveyResponse(models.Model):
    """A customer's answer to a survey, or an invitation that nobody has answered (``score`` and ``at`` None).

    ``kind`` nps is scored from 0 to 10, csat from 1 to 5. ``answered_on`` is the company's day of ``at``. Owner, team,
    segment, industry and region are those of the account on that day (of the invitation while there is no answer),
    frozen. ``touchpoint`` empty: the survey about the relation as a whole; else what it was about (an order, a visit).
    """

    class Kind(models.TextChoices):
        NPS = "nps", _("Recommendation (NPS, 0 to 10)")
        CSAT = "csat", _("Satisfaction (CSAT, 1 to 5)")

    account = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="surveys", verbose_name=_("account")
    )
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, blank=True, related_name="surveys", verbose_name=_("contact")
    )
    kind = models.CharField(_("kind"), max_length=4, choices=Kind.choices, default=Kind.NPS)
    score = models.PositiveSmallIntegerField(_("score"), null=True, blank=True)
    at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_on = models.DateField(null=True, editable=False)
    invited_on = models.DateField(_("invited on"), null=True, blank=True)
    touchpoint = models.CharField(_("touchpoint"), max_length=100, blank=True)
    owner = models.ForeignKey(Rep, models.PROTECT, null=True, related_name="+", editable=False)
    team = models.ForeignKey(Team, models.PROTECT, null=True, related_name="+", editable=False)
    segment = models.CharField(max_length=200, blank=True, editable=False)
    industry = models.CharField(max_length=200, blank=True, editable=False)
    region = models.CharField(max_length=200, blank=True, editable=False)
    external_id = models.CharField(_("external id"), max_length=200, null=True, blank=True, unique=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    is_sample = models.BooleanField(default=False, editable=False)

    objects = SurveyQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list] = [
            models.Index(fields=["answered_on", "kind"], name="survey_answered"),
            models.Index(fields=["invited_on", "kind"], name="survey_invited"),
            models.Index(fields=["-created_at", "-id"], name="survey_newest"),
        ]
        constraints: ClassVar[list] = [
            models.CheckConstraint(
                name="survey_score_of_its_kind",
                condition=Q(score__isnull=True)
                | Q(kind="nps", score__gte=0, score__lte=10)
                | Q(kind="csat", score__gte=1, score__lte=5),
            ),
            models.CheckConstraint(name="survey_kind_known", condition=Q(kind__in=["nps", "csat"])),
            models.CheckConstraint(
                name="survey_answered_or_invited",
                condition=Q(score__isnull=False, at__isnull=False, answered_on__isnull=False)
                | Q(score__isnull=True, at__isnull=True, answered_on__isnull=True, invited_on__isnull=False),
            ),
            models.CheckConstraint(
                name="survey_answered_after_invitation",
                condition=Q(invited_on__isnull=True)
                | Q(answered_on__isnull=True)
                | Q(answered_on__gte=models.F("invited_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.answered_on or self.invited_on}: {'' if self.score is None else self.score}"
