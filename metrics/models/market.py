from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.money import from_minor
from pipeline.models.channel import CatalogueQuerySet


class MarketSize(models.Model):
    """How large a market is in a year: companies that could buy, and what they spend, according to a source.

    TAM is everybody, SAM who can be served, SOM who can be won. Segment, industry and region empty: the whole market.
    ``revenue_minor`` is a year's, in minor units of ``currency``; ``base_minor`` at the rate of the year's last day,
    or of the day of entry while the year runs. None means not known.
    """

    class Kind(models.TextChoices):
        TAM = "TAM", _("Total market (TAM)")
        SAM = "SAM", _("Serviceable market (SAM)")
        SOM = "SOM", _("Obtainable market (SOM)")

    kind = models.CharField(_("kind"), max_length=3, choices=Kind.choices, default=Kind.SAM)
    segment = models.CharField(_("segment"), max_length=200, blank=True)
    industry = models.CharField(_("industry"), max_length=200, blank=True)
    region = models.CharField(_("region"), max_length=200, blank=True)
    year = models.PositiveSmallIntegerField(_("year"))
    accounts = models.PositiveBigIntegerField(_("companies"), null=True, blank=True)
    revenue_minor = models.BigIntegerField(_("money a year"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    base_minor = models.BigIntegerField(null=True, editable=False)
    source = models.CharField(_("source"), max_length=300)
    is_sample = models.BooleanField(default=False, editable=False)

    objects = CatalogueQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        constraints: ClassVar[list] = [
            models.UniqueConstraint(
                fields=["kind", "segment", "industry", "region", "year"], name="market_size_once_a_year"
            ),
            models.CheckConstraint(name="market_kind_known", condition=Q(kind__in=["TAM", "SAM", "SOM"])),
            models.CheckConstraint(name="market_source_given", condition=~Q(source="")),
            models.CheckConstraint(name="market_year", condition=Q(year__gte=1900, year__lte=2199)),
            models.CheckConstraint(
                name="market_accounts_or_money", condition=Q(accounts__isnull=False) | Q(revenue_minor__isnull=False)
            ),
            models.CheckConstraint(
                name="market_money_not_negative", condition=Q(revenue_minor__isnull=True) | Q(revenue_minor__gte=0)
            ),
            models.CheckConstraint(
                name="market_money_has_currency", condition=Q(revenue_minor__isnull=True) | ~Q(currency="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.year} {self.segment} {self.industry} {self.region}".strip()

    @property
    def revenue(self) -> Any:
        """Money a year in major units, Decimal; None when not known."""
        return None if self.revenue_minor is None else from_minor(self.revenue_minor, self.currency)
