from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Contact, Rep, Team
from accounts.models.team import managed_team_ids, seen_rep_ids
from accounts.roles import Role
from pipeline.models.channel import Campaign, Channel
from pipeline.models.owned import OwnedQuerySet

RANK = Coalesce("score", Value(-1), output_field=models.IntegerField())
"""What the inbox is ordered by, highest first: an unscored lead comes after those of score 0."""

NOT_COUNTED = ("spam", "test", "duplicate")
"""Reasons of disqualification that take a lead out of every count and rate."""


class LeadQuerySet(OwnedQuerySet["Lead"]):
    def visible_to(self, user: Any) -> Self:
        """Own leads and the unclaimed ones of the own team's queue; a manager the teams'; leader and admin all."""
        rows = self.live()
        role = getattr(user, "role", None)
        if role in (Role.ADMIN, Role.LEADER):
            return rows
        if role == Role.MANAGER:
            teams = managed_team_ids(user)
            return rows.filter(Q(owner__in=seen_rep_ids(user)) | Q(owner=None, team__in=teams))
        if role == Role.REP:
            queue = Rep.objects.filter(user=user, team__isnull=False).values("team")
            return rows.filter(Q(owner__user=user) | Q(owner=None, team__in=queue))
        return rows.none()


class Lead(models.Model):
    """Somebody who may buy. The ``_on`` dates are the company's days, frozen with the row when they happened.

    ``first_owner`` and ``first_team`` get the credit of the lead's cohort, whoever works it later. ``assigned_at`` is
    when it first got an owner, None while it has none, when nobody knows, and when its owner made it.
    """

    class Status(models.TextChoices):
        NEW = "new", _("New")
        CONTACTED = "contacted", _("Contacted")
        QUALIFIED = "qualified", _("Qualified")
        CONVERTED = "converted", _("Converted")
        DISQUALIFIED = "disqualified", _("Disqualified")

    name = models.CharField(_("name"), max_length=300)
    company = models.CharField(_("company"), max_length=300, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=60, blank=True)
    region = models.CharField(_("region"), max_length=200, blank=True)
    channel = models.ForeignKey(Channel, models.PROTECT, null=True, blank=True, related_name="leads")
    campaign = models.ForeignKey(Campaign, models.PROTECT, null=True, blank=True, related_name="leads")
    owner = models.ForeignKey(Rep, models.PROTECT, null=True, blank=True, related_name="leads")
    team = models.ForeignKey(
        Team, models.SET_NULL, null=True, blank=True, related_name="queued_leads", verbose_name=_("queue of team")
    )
    first_owner = models.ForeignKey(Rep, models.PROTECT, null=True, blank=True, related_name="+", editable=False)
    first_team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="+", editable=False)
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.NEW)
    score = models.PositiveSmallIntegerField(_("score"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"))
    created_on = models.DateField(editable=False)
    assigned_at = models.DateTimeField(_("first assigned at"), null=True, blank=True)
    first_responded_at = models.DateTimeField(_("first answered at"), null=True, blank=True)
    responded_on = models.DateField(null=True, editable=False)
    response_minutes = models.PositiveIntegerField(null=True, editable=False)
    qualified_at = models.DateTimeField(_("qualified at"), null=True, blank=True)
    qualified_on = models.DateField(null=True, editable=False)
    disqualified_at = models.DateTimeField(_("disqualified at"), null=True, blank=True)
    disqualified_on = models.DateField(null=True, editable=False)
    disqualified_reason = models.CharField(_("reason"), max_length=200, blank=True)
    converted_at = models.DateTimeField(_("converted at"), null=True, blank=True)
    converted_on = models.DateField(null=True, editable=False)
    account = models.ForeignKey(Account, models.SET_NULL, null=True, blank=True, related_name="leads")
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, blank=True, related_name="leads")
    deal = models.OneToOneField("pipeline.Deal", models.SET_NULL, null=True, blank=True, related_name="lead")
    external_id = models.CharField(_("external id"), max_length=200, null=True, blank=True, unique=True)
    updated_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    is_sample = models.BooleanField(default=False, editable=False)

    objects = LeadQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list] = [
            models.Index(fields=["created_on"], name="lead_created_on"),
            models.Index(fields=["owner", "status", "-created_at"], name="lead_owner_status"),
            models.Index(fields=["status", "-created_at", "-id"], name="lead_status_created"),
            models.Index(fields=["first_owner", "created_on"], name="lead_first_owner"),
            models.Index(fields=["email"], name="lead_email"),
            models.Index(fields=["account", "owner"], condition=Q(deleted_at=None), name="lead_account_owner"),
            models.Index(fields=["-created_at", "-id"], name="lead_newest"),
            models.Index(
                RANK.desc(),
                "id",
                name="lead_inbox",
                condition=Q(status__in=["new", "contacted", "qualified"], deleted_at=None),
            ),
        ]
        constraints: ClassVar[list] = [
            models.CheckConstraint(name="lead_name_given", condition=~Q(name="")),
            models.CheckConstraint(
                name="lead_status_known",
                condition=Q(
                    status__in=[
                        "new",
                        "contacted",
                        "qualified",
                        "converted",
                        "disqualified",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="lead_response_after_creation",
                condition=Q(first_responded_at__isnull=True) | Q(first_responded_at__gte=models.F("created_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.company})" if self.company else self.name

    def get_absolute_url(self) -> str:
        return reverse("pipeline:lead_detail", args=[self.pk])
