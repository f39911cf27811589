from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pipeline.models.channel import CatalogueQuerySet


class ComposedFields(models.Model):
    """What a metric made by an admin is put together of. Filters are pairs of a dimension and the key of a member.

    ``bottom`` empty: the measure itself, not a ratio. ``dimensions`` empty: all that both sides carry.
    """

    name = models.CharField(_("name"), max_length=80)
    meaning = models.CharField(_("meaning"), max_length=500)
    better = models.CharField(_("better"), max_length=8, default="higher")
    top = models.CharField(_("measure"), max_length=60)
    top_where = models.JSONField(_("limited to"), default=list, blank=True)
    bottom = models.CharField(_("divided by"), max_length=60, blank=True)
    bottom_where = models.JSONField(_("limited to"), default=list, blank=True)
    shown_as = models.CharField(_("shown as"), max_length=8, blank=True)
    operator = models.CharField(_("operator"), max_length=20, blank=True)
    dimensions = models.JSONField(_("dimensions"), default=list, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        abstract = True


class MetricDefinition(ComposedFields):
    """A metric that an admin put together of registered measures, as it is now.

    What it was before stays in its versions. It is never deleted but retired: figures that were frozen stay explained.
    """

    slug = models.SlugField(_("slug"), max_length=40, unique=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    changed_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)
    is_sample = models.BooleanField(default=False, editable=False)

    objects = CatalogueQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list] = [
            models.CheckConstraint(name="definition_named", condition=~Q(slug="") & ~Q(name="") & ~Q(top="")),
            models.CheckConstraint(name="definition_version_counts", condition=Q(version__gte=1)),
        ]

    def __str__(self) -> str:
        return self.name


class MetricVersion(ComposedFields):
    """A definition as it was from ``at`` on, until the next version. Never changed but for its words."""

    definition = models.ForeignKey(MetricDefinition, models.CASCADE, related_name="versions")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    is_sample = models.BooleanField(default=False, editable=False)

    class Meta:
        constraints: ClassVar[list] = [
            models.UniqueConstraint(fields=["definition", "version"], name="metric_version_once"),
            models.CheckConstraint(name="metric_version_counts", condition=Q(version__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.name}, version {self.version}"
