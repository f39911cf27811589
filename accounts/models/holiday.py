from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Holiday(models.Model):
    """A day on which the company does not work, whatever weekday it is."""

    day = models.DateField(_("day"), unique=True)
    name = models.CharField(_("name"), max_length=100, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["day"]

    def __str__(self) -> str:
        return f"{self.day.isoformat()} {self.name}".strip()
