from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Contact, Rep, Team
from pipeline.models.deal import Deal
from pipeline.models.lead import Lead
from pipeline.models.owned import OwnedQuerySet


class Activity(models.Model):
    """Something a rep did (``done_at`` set) or will do (a next step). ``owner`` did it and gets the credit.

    ``original_due_on`` is the company's day on which it was due when that day came: putting it off later leaves it, so
    that being late cannot be undone. ``automated``: no human did it (a sequence's e-mail), so it is in no count.
    ``sent_key`` is that of the form that it was sent with: sent once more, it makes no second activity.
    """

    class Kind(models.TextChoices):
        CALL = "call", _("Call")
        EMAIL = "email", _("E-mail")
        MEETING = "meeting", _("Meeting")
        DEMO = "demo", _("Demo")
        PROPOSAL = "proposal", _("Proposal")
        TASK = "task", _("Task")
        NOTE = "note", _("Note")

    class Direction(models.TextChoices):
        OUT = "out", _("Outgoing")
        IN = "in", _("Incoming")

    class Result(models.TextChoices):
        SPOKE = "spoke", _("Spoke")
        MEETING_SET = "meeting_set", _("Meeting set")
        VOICEMAIL = "voicemail", _("Voicemail")
        NO_ANSWER = "no_answer", _("No answer")
        REPLIED = "replied", _("Replied")
        BOUNCED = "bounced", _("Bounced")
        HELD = "held", _("Held")
        NO_SHOW = "no_show", _("No-show")
        OTHER = "other", _("Other")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    subject = models.CharField(_("subject"), max_length=300, blank=True)
    body = models.TextField(_("note"), blank=True)
    owner = models.ForeignKey(Rep, models.PROTECT, related_name="activities", verbose_name=_("who"))
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="+", editable=False)
    due_at = models.DateTimeField(_("due at"), null=True, blank=True)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    done_on = models.DateField(null=True, editable=False)
    original_due_on = models.DateField(null=True, editable=False)
    duration_minutes = models.PositiveIntegerField(_("minutes"), null=True, blank=True)
    direction = models.CharField(_("direction"), max_length=3, choices=Direction.choices, blank=True)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Result.choices, blank=True)
    automated = models.BooleanField(_("sent by a machine"), default=False)
    lead = models.ForeignKey(Lead, models.CASCADE, null=True, blank=True, related_name="activities")
    deal = models.ForeignKey(Deal, models.CASCADE, null=True, blank=True, related_name="activities")
    account = models.ForeignKey(Account, models.CASCADE, null=True, blank=True, related_name="activities")
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, blank=True, related_name="activities")
    external_id = models.CharField(_("external id"), max_length=200, null=True, blank=True, unique=True)
    sent_key = models.UUIDField(null=True, editable=False)
    logged_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    is_sample = models.BooleanField(default=False, editable=False)

    objects = OwnedQuerySet["Activity"].as_manager()

    class Meta:
        verbose_name_plural = "activities"
        indexes: ClassVar[list] = [
            models.Index(fields=["done_on", "kind"], name="activity_done"),
            models.Index(
                fields=["-done_on", "-id"],
                name="activity_done_newest",
                condition=Q(done_on__isnull=False, deleted_at=None),
            ),
            models.Index(fields=["owner", "done_on"], name="activity_owner_done"),
            models.Index(
                fields=["owner", "due_at"], name="activity_next_step", condition=Q(done_at=None, deleted_at=None)
            ),
            models.Index(fields=["due_at", "id"], name="activity_due_next", condition=Q(done_at=None, deleted_at=None)),
            models.Index(fields=["original_due_on"], name="activity_due_tasks", condition=Q(kind="task")),
            models.Index(fields=["deal", "-done_at"], name="activity_deal"),
            models.Index(fields=["lead"], name="activity_lead"),
            models.Index(fields=["account", "owner"], condition=Q(deleted_at=None), name="activity_account_owner"),
            models.Index(fields=["-logged_at", "-id"], name="activity_newest"),
        ]
        constraints: ClassVar[list] = [
            models.CheckConstraint(
                name="activity_kind_known",
                condition=Q(
                    kind__in=[
                        "call",
                        "email",
                        "meeting",
                        "demo",
                        "proposal",
                        "task",
                        "note",
                    ]
                ),
            ),
            models.UniqueConstraint(
                fields=["owner", "sent_key"], condition=Q(sent_key__isnull=False), name="activity_sent_once"
            ),
            models.CheckConstraint(
                name="activity_done_on_with_done_at",
                condition=Q(done_at__isnull=True, done_on__isnull=True)
                | Q(done_at__isnull=False, done_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.subject or self.get_kind_display()

    def get_absolute_url(self) -> str:
        return reverse("pipeline:activity_detail", args=[self.pk])
