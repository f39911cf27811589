from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import JobRun


class Book(models.Model):
    """A period whose figures are reported: closed, then frozen at an instant, after which they never change.

    ``ends_on`` is the last day. It freezes by itself in the night after ``freezes_on``. ``frozen_at`` is the instant
    whose knowledge counts; ``ready_at`` is when all its figures were stored. A book that was reopened stays for the
    record and is asked no more; closing the period again makes a new one. ``teams`` is the tree of teams at the freeze.
    """

    class State(models.TextChoices):
        CLOSED = "closed", _("Closed, not frozen yet")
        FREEZING = "freezing", _("Being frozen")
        FROZEN = "frozen", _("Frozen")
        REOPENED = "reopened", _("Reopened")

    name = models.CharField(max_length=20)
    starts_on = models.DateField()
    ends_on = models.DateField()
    closed_at = models.DateTimeField()
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    freezes_on = models.DateField()
    frozen_at = models.DateTimeField(null=True)
    frozen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    ready_at = models.DateTimeField(null=True)
    run = models.ForeignKey(JobRun, models.PROTECT, null=True, related_name="+")
    teams = models.JSONField(default=list)
    reopened_at = models.DateTimeField(null=True)
    reopened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints: ClassVar[list] = [
            models.UniqueConstraint(fields=["starts_on", "ends_on"], condition=Q(reopened_at=None), name="book_once"),
            models.CheckConstraint(name="book_span", condition=Q(ends_on__gte=models.F("starts_on"))),
            models.CheckConstraint(
                name="book_ready_when_frozen", condition=Q(ready_at=None) | Q(frozen_at__isnull=False)
            ),
            models.CheckConstraint(name="book_reopened_with_reason", condition=Q(reopened_at=None) | ~Q(reason="")),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def state(self) -> str:
        if self.reopened_at:
            return self.State.REOPENED
        if self.ready_at:
            return self.State.FROZEN
        return self.State.FREEZING if self.frozen_at else self.State.CLOSED


class BookFigure(models.Model):
    """A figure as it was reported: value and parts as exact fractions, in minor units for money; empty: not known.

    For the whole period of the book and for each of its months.
    """

    book = models.ForeignKey(Book, models.CASCADE, related_name="figures")
    metric = models.CharField(max_length=60)
    version = models.PositiveSmallIntegerField()
    scope_kind = models.CharField(max_length=8)
    scope_id = models.BigIntegerField(default=0)
    first = models.DateField()
    last = models.DateField()
    value = models.TextField(blank=True)
    numerator = models.TextField(blank=True)
    denominator = models.TextField(blank=True)
    n = models.BigIntegerField()

    class Meta:
        constraints: ClassVar[list] = [
            models.UniqueConstraint(
                fields=["book", "metric", "scope_kind", "scope_id", "first", "last"], name="book_figure_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.metric} {self.scope_kind} {self.scope_id} {self.first}..{self.last}: {self.value}"


class BookRecords(models.Model):
    """The company's records behind a figure at the freeze, compressed: for facts that keep no versions.

    ``content`` is JSON, one row a record: kind, id, external id, name, day, numerator, denominator.
    """

    book = models.ForeignKey(Book, models.CASCADE, related_name="records")
    metric = models.CharField(max_length=60)
    content = models.BinaryField()

    class Meta:
        constraints: ClassVar[list] = [models.UniqueConstraint(fields=["book", "metric"], name="book_records_once")]

    def __str__(self) -> str:
        return f"{self.metric} of {self.book_id}"
