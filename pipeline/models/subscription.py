from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from pipeline.models.deal import Deal
from pipeline.models.product import Product


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def visible_to(self, user: Any) -> Self:
        """Subscriptions of visible accounts, and of those that were merged into one."""
        seen = Account.objects.visible_to(user).values("pk")
        merged = Account.objects.filter(deleted_at=None, merged_into__in=seen).values("pk")
        return self.filter(Q(account__in=seen) | Q(account__in=merged))


class Subscription(models.Model):
    """A recurring amount per month from ``starts_on`` up to, not including, ``ends_on``.

    ``base_minor`` is a month's amount in minor units of the base currency at the rate of ``starts_on``, frozen, so that
    exchange rates move no recurring revenue; None while no rate is known.
    """

    account = models.ForeignKey(Account, models.CASCADE, related_name="subscriptions")
    product = models.ForeignKey(Product, models.PROTECT, null=True, blank=True, related_name="subscriptions")
    deal = models.ForeignKey(Deal, models.SET_NULL, null=True, blank=True, related_name="subscriptions")
    monthly_amount = models.DecimalField(_("monthly amount"), max_digits=18, decimal_places=4)
    currency = models.CharField(_("currency"), max_length=3)
    base_minor = models.BigIntegerField(null=True, editable=False)
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    churn_reason = models.CharField(_("churn reason"), max_length=200, blank=True)
    external_id = models.CharField(_("external id"), max_length=200, null=True, blank=True, unique=True)
    is_sample = models.BooleanField(default=False, editable=False)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list] = [
            models.Index(fields=["starts_on"], name="subscription_start"),
            models.Index(fields=["ends_on"], name="subscription_end"),
        ]
        constraints: ClassVar[list] = [
            models.CheckConstraint(
                name="subscription_ends_after_start",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
            ),
            models.CheckConstraint(name="subscription_not_negative", condition=Q(monthly_amount__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.account}: {self.monthly_amount} {self.currency} a month"
