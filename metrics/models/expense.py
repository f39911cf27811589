from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Rep, Team
from accounts.models.team import managed_team_ids
from accounts.money import from_minor
from accounts.roles import Role
from pipeline.models import Campaign


class ExpenseQuerySet(models.QuerySet["Expense"]):
    def visible_to(self, user: Any) -> Self:
        """All for leader and admin; for a manager what is booked on the managed teams, none of it on a single rep.

        What one person costs is between that person, the leaders and the admins; a manager sees it in the team's sum.
        """
        role = getattr(user, "role", None)
        if role in (Role.ADMIN, Role.LEADER):
            return self
        if role == Role.MANAGER:
            return self.filter(team__in=managed_team_ids(user), rep=None)
        return self.none()


class Expense(models.Model):
    """A cost of selling that is no campaign spend, on the day it belongs to; a credit note is negative.

    ``amount_minor`` is in minor units of ``currency``. ``rate`` (units of the base currency for one of ``currency``)
    and ``base_minor`` are those of ``day``, frozen; None while no rate is young enough. ``team`` is the rep's team of
    that day where a rep is named. ``channel`` is the campaign's of the time of entry. ``purpose`` says whether the cost
    wins new customers or keeps the present ones.
    """

    class Category(models.TextChoices):
        SALARY = "salary", _("Salary")
        COMMISSION = "commission", _("Commission")
        TRAVEL = "travel", _("Travel")
        TOOLS = "tools", _("Tools")
        ENABLEMENT = "enablement", _("Enablement")
        OVERHEAD = "overhead", _("Overhead")
        MARKETING = "marketing", _("Marketing")
        SUPPORT = "support", _("Support")
        OTHER = "other", _("Other")

    class Purpose(models.TextChoices):
        ACQUIRE = "acquire", _("Win new customers")
        RETAIN = "retain", _("Keep customers")

    SALES_CATEGORIES = (
        Category.SALARY,
        Category.COMMISSION,
        Category.TRAVEL,
        Category.TOOLS,
        Category.ENABLEMENT,
        Category.OVERHEAD,
    )
    """What counts as a sales expense (METRICS.md, entry 136)."""

    day = models.DateField(_("day"))
    category = models.CharField(_("category"), max_length=12, choices=Category.choices)
    purpose = models.CharField(_("purpose"), max_length=8, choices=Purpose.choices, default=Purpose.ACQUIRE)
    amount_minor = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    rate = models.DecimalField(max_digits=20, decimal_places=10, null=True, editable=False)
    base_minor = models.BigIntegerField(null=True, editable=False)
    rep = models.ForeignKey(
        Rep, models.PROTECT, null=True, blank=True, related_name="expenses", verbose_name=_("rep")
    )  # fmt: skip
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="expenses", verbose_name=_("team")
    )  # fmt: skip
    campaign = models.ForeignKey(
        Campaign, models.PROTECT, null=True, blank=True, related_name="expenses", verbose_name=_("campaign")
    )
    channel = models.ForeignKey("pipeline.Channel", models.PROTECT, null=True, related_name="+", editable=False)
    account = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="expenses", verbose_name=_("account")
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    external_id = models.CharField(_("external id"), max_length=200, null=True, blank=True, unique=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    is_sample = models.BooleanField(default=False, editable=False)

    objects = ExpenseQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list] = [
            models.Index(fields=["-day", "-id"], name="expense_newest"),
            models.Index(fields=["day", "category"], name="expense_day"),
            models.Index(fields=["team", "day"], name="expense_team"),
            models.Index(fields=["rep", "day"], name="expense_rep"),
        ]
        constraints: ClassVar[list] = [
            models.CheckConstraint(
                name="expense_category_known",
                condition=Q(
                    category__in=[
                        "salary",
                        "commission",
                        "travel",
                        "tools",
                        "enablement",
                        "overhead",
                        "marketing",
                        "support",
                        "other",
                    ]
                ),
            ),
            models.CheckConstraint(name="expense_purpose_known", condition=Q(purpose__in=["acquire", "retain"])),
        ]

    def __str__(self) -> str:
        return f"{self.get_category_display()} {self.day}: {self.amount} {self.currency}"

    @property
    def amount(self) -> Any:
        """The amount in major units, Decimal."""
        return from_minor(self.amount_minor, self.currency)
