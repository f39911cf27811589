from typing import ClassVar

from django.db import models

from accounts.models import JobRun


class Snapshot(models.Model):
    """A measure of one closed day (or month, for dimensions) in one scope, as a nightly run computed it.

    ``scope_id`` is 0 for the company. ``dimension`` and ``member`` are empty for the scope's total. ``total`` is in
    minor units for money, ``histogram`` maps whole units to counts where a quantile is needed.
    """

    measure = models.CharField(max_length=60)
    version = models.PositiveSmallIntegerField(default=1)
    scope_kind = models.CharField(max_length=8)
    scope_id = models.BigIntegerField(default=0)
    dimension = models.CharField(max_length=20, blank=True)
    member = models.CharField(max_length=300, blank=True)
    grain = models.CharField(max_length=5, default="day")
    day = models.DateField()
    total = models.BigIntegerField(default=0)
    n = models.BigIntegerField(default=0)
    histogram = models.JSONField(null=True)
    run = models.ForeignKey(JobRun, models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar[list] = [
            models.UniqueConstraint(
                fields=["measure", "scope_kind", "scope_id", "dimension", "grain", "day", "member"],
                name="snapshot_cell",
            )
        ]
        indexes: ClassVar[list] = [models.Index(fields=["day", "grain", "measure"], name="snapshot_day")]

    def __str__(self) -> str:
        return f"{self.measure} {self.scope_kind} {self.scope_id} {self.day}"


class SnapshotDay(models.Model):
    """A day whose figures are stored: by which run, and up to which moment it knew the records."""

    day = models.DateField(unique=True)
    run = models.ForeignKey(JobRun, models.PROTECT, related_name="+")
    known_at = models.DateTimeField()
    rows = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64)

    def __str__(self) -> str:
        return str(self.day)


class Restatement(models.Model):
    """A stored figure of a closed month that a later run changed, with the records that caused it."""

    measure = models.CharField(max_length=60)
    scope_kind = models.CharField(max_length=8)
    scope_id = models.BigIntegerField(default=0)
    dimension = models.CharField(max_length=20, blank=True)
    member = models.CharField(max_length=300, blank=True)
    day = models.DateField()
    old_total = models.BigIntegerField(null=True)
    new_total = models.BigIntegerField(null=True)
    old_n = models.BigIntegerField(null=True)
    new_n = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    run = models.ForeignKey(JobRun, models.PROTECT, related_name="+")
    causes = models.JSONField(default=list)

    class Meta:
        indexes: ClassVar[list] = [models.Index(fields=["measure", "day"], name="restatement_measure_day")]

    def __str__(self) -> str:
        return f"{self.measure} {self.day}: {self.old_total} became {self.new_total}"
