from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from metrics.models.statement import Statement


class DisputeQuerySet(models.QuerySet["Dispute"]):
    def visible_to(self, user: Any) -> Self:
        """Those on statements that the user sees."""
        return self.filter(statement__in=Statement.objects.visible_to(user))


class Dispute(models.Model):
    """A payee's doubt about a line of his statement, to be answered by ``due_on``.

    ``about`` is the line as it stood when the dispute was opened: before approval lines are no rows.
    """

    class Outcome(models.TextChoices):
        OPEN = "open", _("Open")
        ACCEPTED = "accepted", _("Accepted")
        REJECTED = "rejected", _("Rejected")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="disputes")
    about = models.CharField(max_length=900)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    opened_at = models.DateTimeField()
    due_on = models.DateField(_("answer due"))
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.OPEN)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    is_sample = models.BooleanField(default=False, editable=False)

    objects = DisputeQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list] = [
            models.CheckConstraint(
                name="dispute_outcome_known", condition=Q(outcome__in=["open", "accepted", "rejected", "withdrawn"])
            ),
            models.CheckConstraint(
                name="dispute_closed_at_set_when_closed",
                condition=Q(outcome="open", closed_at__isnull=True) | (~Q(outcome="open") & Q(closed_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return self.about

    def get_absolute_url(self) -> str:
        return reverse("metrics:dispute_detail", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.outcome == self.Outcome.OPEN


class DisputeMessage(models.Model):
    """What somebody said in a dispute."""

    dispute = models.ForeignKey(Dispute, models.CASCADE, related_name="messages")
    text = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    is_sample = models.BooleanField(default=False, editable=False)

    def __str__(self) -> str:
        return self.text[:80]
