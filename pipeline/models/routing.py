from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Rep
from accounts.roles import Role
from pipeline.models.channel import Channel

_THERE = _("There is a rule for this channel and region already.")


class RoutingRuleQuerySet(models.QuerySet["RoutingRule"]):
    def visible_to(self, user: Any) -> "RoutingRuleQuerySet":
        """An admin sees them, nobody else does."""
        return self if getattr(user, "role", None) == Role.ADMIN else self.none()


class RoutingRule(models.Model):
    """Who gets a new lead that nobody was given: the first rule that fits, its reps in turn.

    ``channel`` None and ``region`` empty fit every lead. ``given`` counts the leads that it gave; whose turn it is
    follows from that.
    """

    position = models.PositiveSmallIntegerField(_("position"), default=0)
    channel = models.ForeignKey(
        Channel, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("channel")
    )
    region = models.CharField(_("region"), max_length=200, blank=True)
    reps = models.ManyToManyField(Rep, related_name="+", verbose_name=_("reps"))
    given = models.PositiveIntegerField(default=0, editable=False)
    is_sample = models.BooleanField(default=False, editable=False)

    objects = RoutingRuleQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list] = [
            models.UniqueConstraint(
                fields=["channel", "region"], name="routing_rule_once", violation_error_message=_THERE
            ),
            models.UniqueConstraint(
                fields=["region"],
                condition=Q(channel__isnull=True),
                name="routing_rule_once_without_channel",
                violation_error_message=_THERE,
            ),
        ]

    def __str__(self) -> str:
        parts = [str(self.channel) if self.channel_id else "", self.region]
        return ", ".join(part for part in parts if part) or str(_("Every lead"))
