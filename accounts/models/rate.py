from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class ExchangeRate(models.Model):
    """Units of ``currency`` for one unit of ``base`` on ``day``; the European Central Bank quotes them for base EUR."""

    currency = models.CharField(_("currency"), max_length=3)
    base = models.CharField(_("base"), max_length=3, default="EUR")
    day = models.DateField(_("day"))
    rate = models.DecimalField(_("rate"), max_digits=20, decimal_places=10)
    recorded_at = models.DateTimeField(auto_now_add=True)
    is_sample = models.BooleanField(default=False, editable=False)

    class Meta:
        constraints: ClassVar[list] = [
            models.UniqueConstraint(fields=["base", "currency", "day"], name="rate_once_a_day"),
            models.CheckConstraint(name="rate_above_zero", condition=models.Q(rate__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.rate} {self.currency} for 1 {self.base} on {self.day}"


class ReplacedRate(models.Model):
    """What a rate was before it was corrected or deleted: known from ``known_at`` up to, not including, ``until``.

    What was frozen at a moment can so be worked out again as it was then, in any currency.
    """

    currency = models.CharField(max_length=3)
    base = models.CharField(max_length=3)
    day = models.DateField()
    rate = models.DecimalField(max_digits=20, decimal_places=10)
    known_at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list] = [models.Index(fields=["currency", "base", "day"], name="replaced_rate")]

    def __str__(self) -> str:
        return f"{self.rate} {self.currency} for 1 {self.base} on {self.day} until {self.until}"
