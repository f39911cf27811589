from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from pipeline.models.channel import CatalogueQuerySet


class Outcome(models.TextChoices):
    OPEN = "open", _("Open")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")


class ForecastCategory(models.TextChoices):
    OMITTED = "omitted", _("Omitted")
    PIPELINE = "pipeline", _("Pipeline")
    BEST_CASE = "best case", _("Best case")
    COMMIT = "commit", _("Commit")
    CLOSED = "closed", _("Closed")


class Pipeline(models.Model):
    """A way of selling: stages in order."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_sample = models.BooleanField(default=False, editable=False)

    objects = CatalogueQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        constraints: ClassVar[list] = [models.CheckConstraint(name="pipeline_name_given", condition=~Q(name=""))]

    def __str__(self) -> str:
        return self.name


class Stage(models.Model):
    """A step of a pipeline. ``probability_bp`` is the chance of winning in hundredths of a percent."""

    pipeline = models.ForeignKey(Pipeline, models.CASCADE, related_name="stages", verbose_name=_("pipeline"))
    name = models.CharField(_("name"), max_length=200)
    position = models.PositiveSmallIntegerField(_("position"))
    outcome = models.CharField(_("outcome"), max_length=4, choices=Outcome.choices, default=Outcome.OPEN)
    probability_bp = models.PositiveIntegerField(_("probability"), default=0)
    forecast_category = models.CharField(
        _("forecast category"), max_length=10, choices=ForecastCategory.choices, default=ForecastCategory.PIPELINE
    )
    rot_after_days = models.PositiveSmallIntegerField(_("rots after days"), null=True, blank=True)
    required_fields = models.JSONField(_("fields required to enter"), default=list, blank=True)
    is_sample = models.BooleanField(default=False, editable=False)

    objects = CatalogueQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar[list] = ["pipeline", "position", "pk"]
        constraints: ClassVar[list] = [
            models.UniqueConstraint(fields=["pipeline", "name"], name="stage_name_in_pipeline"),
            models.CheckConstraint(name="stage_name_given", condition=~Q(name="")),
            models.CheckConstraint(name="stage_outcome_known", condition=Q(outcome__in=Outcome.values)),
            models.CheckConstraint(name="stage_probability_to_one", condition=Q(probability_bp__lte=10_000)),
        ]

    def __str__(self) -> str:
        return self.name


class LostReason(models.Model):
    """Why deals are lost. One that does not count (duplicate, spam, test) takes its deals out of counts and rates."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    counts = models.BooleanField(_("counts as a loss"), default=True)
    is_sample = models.BooleanField(default=False, editable=False)

    objects = CatalogueQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        constraints: ClassVar[list] = [models.CheckConstraint(name="lost_reason_name_given", condition=~Q(name=""))]

    def __str__(self) -> str:
        return self.name
