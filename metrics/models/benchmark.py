from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from pipeline.models.channel import CatalogueQuerySet


class Benchmark(models.Model):
    """What a source says a metric usually is (its median), in the metric's own unit: percent as a fraction.

    ``low`` and ``high`` are the quartiles (p25, p75) where the source gives them. ``segment`` empty: all customers.
    """

    metric = models.SlugField(_("metric"), max_length=60)
    value = models.DecimalField(_("value"), max_digits=24, decimal_places=10)
    low = models.DecimalField(_("lower quartile"), max_digits=24, decimal_places=10, null=True, blank=True)
    high = models.DecimalField(_("upper quartile"), max_digits=24, decimal_places=10, null=True, blank=True)
    source = models.CharField(_("source"), max_length=300)
    year = models.PositiveSmallIntegerField(_("year"))
    segment = models.CharField(_("segment"), max_length=200, blank=True)
    is_sample = models.BooleanField(default=False, editable=False)

    objects = CatalogueQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        constraints: ClassVar[list] = [
            models.UniqueConstraint(fields=["metric", "source", "year", "segment"], name="benchmark_once"),
            models.CheckConstraint(name="benchmark_source_given", condition=~Q(source="")),
            models.CheckConstraint(name="benchmark_year", condition=Q(year__gte=1900, year__lte=2199)),
            models.CheckConstraint(
                name="benchmark_quartiles_around_value",
                condition=(Q(low__isnull=True) | Q(low__lte=F("value")))
                & (Q(high__isnull=True) | Q(high__gte=F("value"))),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.metric} {self.year}: {self.value} ({self.source})"
