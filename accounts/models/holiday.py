from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class _Joined(models.Aggregate):
    """Days as text with commas between them; NULL where there is none."""

    function = "string_agg"
    template = "%(function)s(%(expressions)s::text, ',')"
    output_field = models.TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function="group_concat", template="%(function)s(%(expressions)s)")


class HolidayQuerySet(models.QuerySet["Holiday"]):
    def joined(self) -> models.Subquery:
        """All days as one text, to be read along with something else."""
        alike = self.order_by().annotate(all_=models.F("pk") * 0).values("all_")
        return models.Subquery(alike.annotate(days=_Joined("day")).values("days"))


class Holiday(models.Model):
    """A day on which the company does not work, whatever weekday it is."""

    day = models.DateField(_("day"), unique=True)
    name = models.CharField(_("name"), max_length=100, blank=True)

    objects = HolidayQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["day"]

    def __str__(self) -> str:
        return f"{self.day.isoformat()} {self.name}".strip()
