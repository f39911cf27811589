from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import Contact
from accounts.roles import Role


class CatalogueQuerySet(models.QuerySet):
    """Rows that everybody in the company may read: channels, campaigns, products, stages, lost reasons."""

    def visible_to(self, user: Any) -> Self:
        """All rows for a known role, none for an unknown one."""
        return self if getattr(user, "role", None) in Role.values else self.none()


class Channel(models.Model):
    """Where a lead or a deal came from."""

    class Kind(models.TextChoices):
        PAID = "paid", _("Paid")
        ORGANIC = "organic", _("Organic")
        INBOUND = "inbound", _("Inbound")
        OUTBOUND = "outbound", _("Outbound")
        PARTNER = "partner", _("Partner")
        REFERRAL = "referral", _("Referral")
        EVENT = "event", _("Event")
        OTHER = "other", _("Other")

    name = models.CharField(_("name"), max_length=200, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.OTHER)
    is_sample = models.BooleanField(default=False, editable=False)

    objects = CatalogueQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        constraints: ClassVar[list] = [models.CheckConstraint(name="channel_name_given", condition=~Q(name=""))]

    def __str__(self) -> str:
        return self.name


class Campaign(models.Model):
    """A piece of marketing with a start, an end and a budget in the base currency."""

    class Status(models.TextChoices):
        PLANNED = "planned", _("Planned")
        RUNNING = "running", _("Running")
        ENDED = "ended", _("Ended")

    name = models.CharField(_("name"), max_length=200, unique=True)
    channel = models.ForeignKey(
        Channel, models.PROTECT, null=True, blank=True, related_name="campaigns", verbose_name=_("channel")
    )
    starts_on = models.DateField(_("starts on"), null=True, blank=True)
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    budget = models.DecimalField(_("budget"), max_digits=18, decimal_places=4, null=True, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.RUNNING)
    is_sample = models.BooleanField(default=False, editable=False)

    objects = CatalogueQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        constraints: ClassVar[list] = [
            models.CheckConstraint(name="campaign_name_given", condition=~Q(name="")),
            models.CheckConstraint(
                name="campaign_ends_after_start",
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
            ),
            models.CheckConstraint(
                name="campaign_budget_not_negative", condition=Q(budget__isnull=True) | Q(budget__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CampaignSpend(models.Model):
    """Money spent on a campaign on a day. ``base_minor``: minor units of the base currency, None without a rate."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="spend")
    day = models.DateField(_("day"))
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=4)
    currency = models.CharField(_("currency"), max_length=3)
    base_minor = models.BigIntegerField(null=True, editable=False)
    recorded_at = models.DateTimeField(auto_now_add=True)
    is_sample = models.BooleanField(default=False, editable=False)

    objects = CatalogueQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list] = [
            models.UniqueConstraint(fields=["campaign", "day", "currency"], name="spend_once_a_day"),
            models.CheckConstraint(name="spend_not_negative", condition=Q(amount__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} {self.day}: {self.amount} {self.currency}"


class TouchQuerySet(models.QuerySet["Touch"]):
    def visible_to(self, user: Any) -> Self:
        """Touches of visible leads and contacts."""
        lead: Any = self.model._meta.get_field("lead").related_model
        leads, people = lead.objects.visible_to(user), Contact.objects.visible_to(user)
        return self.filter(Q(lead__in=leads.values("pk")) | Q(contact__in=people.values("pk")))


class Touch(models.Model):
    """One contact of a campaign with a lead or a contact person."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="touches")
    lead = models.ForeignKey("pipeline.Lead", models.CASCADE, null=True, blank=True, related_name="touches")
    contact = models.ForeignKey(Contact, models.CASCADE, null=True, blank=True, related_name="touches")
    kind = models.CharField(_("kind"), max_length=40)
    at = models.DateTimeField(_("at"))

    objects = TouchQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list] = [
            models.CheckConstraint(
                name="touch_of_lead_or_contact",
                condition=Q(lead__isnull=False, contact__isnull=True) | Q(lead__isnull=True, contact__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.campaign}"
