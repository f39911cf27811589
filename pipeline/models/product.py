from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from pipeline.models.channel import CatalogueQuerySet


class Product(models.Model):
    """What is sold. Prices and costs are in the base currency."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    sku = models.CharField(_("SKU"), max_length=100, null=True, blank=True, unique=True)
    family = models.CharField(_("family"), max_length=200, blank=True)
    list_price = models.DecimalField(_("list price"), max_digits=18, decimal_places=4, null=True, blank=True)
    unit_cost = models.DecimalField(_("unit cost"), max_digits=18, decimal_places=4, null=True, blank=True)
    launched_on = models.DateField(_("launched on"), null=True, blank=True)
    recurring = models.BooleanField(_("recurring"), default=False)
    is_sample = models.BooleanField(default=False, editable=False)

    objects = CatalogueQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        constraints: ClassVar[list] = [
            models.CheckConstraint(name="product_name_given", condition=~Q(name="")),
            models.CheckConstraint(
                name="product_list_price_not_negative", condition=Q(list_price__isnull=True) | Q(list_price__gte=0)
            ),
            models.CheckConstraint(
                name="product_unit_cost_not_negative", condition=Q(unit_cost__isnull=True) | Q(unit_cost__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return self.name
