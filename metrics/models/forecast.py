from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from accounts.models import JobRun
from metrics.models.kept import Kept


class ForecastRun(Kept):
    """What was forecast at the end of a day for every scope. One run a day; it never changes.

    ``as_of`` is the last day whose deals were known. ``made_on`` is the company's day on which it was made; when that
    is long after, the run was made from history, as if one had looked from ``as_of``.
    """

    as_of = models.DateField(unique=True)
    made_on = models.DateField()
    made_at = models.DateTimeField()
    job = models.ForeignKey(JobRun, models.SET_NULL, null=True, related_name="+")
    is_sample = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar[list] = [
            models.CheckConstraint(name="forecast_made_after", condition=Q(made_on__gte=F("as_of")))
        ]

    def __str__(self) -> str:
        return f"as of {self.as_of}"


class ForecastPoint(Kept):
    """What one method said of one scope and period, in minor units of the base currency.

    ``low``, ``mid``, ``high`` are P10, P50 and P90; None where the past was too short. ``tried`` earlier periods, seen
    from the same lead time, make the error that was known then: ``missed`` = sum of |forecast - actual|, ``off`` = sum
    of (forecast - actual), ``actual`` = sum of the actuals. ``ends_on`` is the last day.
    """

    class Method(models.TextChoices):
        NAIVE = "naive"
        HOLT_WINTERS = "holt_winters"
        PIPELINE = "pipeline"
        MEDIAN = "median"

    run = models.ForeignKey(ForecastRun, models.CASCADE, related_name="points")
    scope_kind = models.CharField(max_length=8)
    scope_id = models.BigIntegerField(default=0)
    period = models.CharField(max_length=24)
    starts_on = models.DateField()
    ends_on = models.DateField()
    method = models.CharField(max_length=12, choices=Method.choices)
    is_default = models.BooleanField(default=False)
    amount = models.BigIntegerField()
    low = models.BigIntegerField(null=True)
    mid = models.BigIntegerField(null=True)
    high = models.BigIntegerField(null=True)
    tried = models.PositiveSmallIntegerField(default=0)
    missed = models.BigIntegerField(default=0)
    off = models.BigIntegerField(default=0)
    actual = models.BigIntegerField(default=0)
    is_sample = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar[list] = [
            models.Index(fields=["scope_kind", "scope_id", "starts_on", "ends_on"], name="forecast_of_scope")
        ]
        constraints: ClassVar[list] = [
            models.UniqueConstraint(
                fields=["run", "scope_kind", "scope_id", "starts_on", "ends_on", "method"], name="forecast_point_once"
            ),
            models.UniqueConstraint(
                fields=["run", "scope_kind", "scope_id", "starts_on", "ends_on"],
                condition=Q(is_default=True),
                name="forecast_one_default",
            ),
            models.CheckConstraint(name="forecast_span", condition=Q(ends_on__gte=F("starts_on"))),
            models.CheckConstraint(
                name="forecast_interval_in_order",
                condition=Q(low__isnull=True, mid__isnull=True, high__isnull=True)
                | Q(low__isnull=False, mid__isnull=False, high__isnull=False, low__lte=F("mid"), mid__lte=F("high")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.period} {self.scope_kind} {self.scope_id} {self.method}: {self.amount}"
