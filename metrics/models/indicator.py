from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.roles import Role
from pipeline.models import Channel
from pipeline.models.channel import CatalogueQuerySet


class Indicator(models.Model):
    """A number from outside that is typed in or imported: web visits, followers, stock on hand.

    A *flow* adds up over a period (visits); of a *stock* the last reading at or before the period's end holds
    (followers), summed over its sources.
    """

    class Nature(models.TextChoices):
        FLOW = "flow", _("Flow: adds up over time")
        STOCK = "stock", _("Stock: the last reading holds")

    name = models.CharField(_("name"), max_length=200, unique=True)
    slug = models.SlugField(max_length=100, unique=True)
    nature = models.CharField(_("nature"), max_length=5, choices=Nature.choices, default=Nature.FLOW)
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    is_sample = models.BooleanField(default=False, editable=False)

    objects = CatalogueQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        constraints: ClassVar[list] = [
            models.CheckConstraint(name="indicator_name_given", condition=~Q(name="")),
            models.CheckConstraint(name="indicator_nature_known", condition=Q(nature__in=["flow", "stock"])),
        ]

    def __str__(self) -> str:
        return self.name


class IndicatorReadingQuerySet(models.QuerySet["IndicatorReading"]):
    def visible_to(self, user: Any) -> Self:
        """Readings are about the market, not about people: every known role reads them."""
        return self if getattr(user, "role", None) in Role.values else self.none()


class IndicatorReading(models.Model):
    """What an indicator was on a day according to a source. ``channel`` is set where the source is one of ours."""

    indicator = models.ForeignKey(
        Indicator, models.CASCADE, related_name="readings", verbose_name=_("indicator")
    )  # fmt: skip
    day = models.DateField(_("day"))
    value = models.DecimalField(_("value"), max_digits=20, decimal_places=6)
    source = models.CharField(_("source"), max_length=200, blank=True)
    channel = models.ForeignKey(
        Channel, models.PROTECT, null=True, blank=True, related_name="readings", verbose_name=_("channel")
    )
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)
    is_sample = models.BooleanField(default=False, editable=False)

    objects = IndicatorReadingQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list] = [models.Index(fields=["-day", "-id"], name="reading_newest")]
        constraints: ClassVar[list] = [
            models.UniqueConstraint(fields=["indicator", "day", "source"], name="reading_once_a_day_and_source")
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.day}: {self.value}"
