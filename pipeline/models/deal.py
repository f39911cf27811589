import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Contact, Rep
from accounts.models.team import keep_seen_reps, managed_team_ids
from accounts.roles import Role
from pipeline.models.channel import Campaign, Channel
from pipeline.models.owned import OwnedQuerySet
from pipeline.models.product import Product
from pipeline.models.stage import ForecastCategory, LostReason, Outcome, Pipeline, Stage


class DealQuerySet(OwnedQuerySet["Deal"]):
    def visible_to(self, user: Any) -> Self:
        """Own deals and those credited to the user; a manager the teams'; leader and admin all."""
        rows = self.live()
        role = getattr(user, "role", None)
        if role in (Role.ADMIN, Role.LEADER):
            return rows
        if role not in (Role.MANAGER, Role.REP):
            return rows.none()
        sight = DealSight.of(user)
        # Numbers in place of sub-queries: with those no index finds the rows of the one part or the other.
        return rows.filter(Q(owner__in=sight.reps) | Q(pk__in=sight.credited))

    def writable_by(self, user: Any) -> Self:
        """Deals the user may change. A deal that is only credited to a rep is read only for him."""
        return super().visible_to(user) if getattr(user, "role", None) != Role.LEADER else self.none()

    def open(self) -> Self:
        """Deals neither won nor lost."""
        return self.filter(outcome=Outcome.OPEN)


@dataclass(frozen=True, slots=True)
class DealSight:
    """Whose deals a rep or a manager sees: ``reps`` (id, name and last day of each), and ``credited``, the ids of
    deals that belong to others but are credited to one of them."""

    reps: dict[int, tuple[str, datetime.date | None]]
    credited: list[int]

    @classmethod
    def of(cls, user: Any) -> "DealSight":
        """One query; kept on the user for the request."""
        kept = getattr(user, "_deal_sight", None)
        if kept is None:
            kept = user._deal_sight = cls._read(user)
        return kept

    @classmethod
    def _read(cls, user: Any) -> "DealSight":
        mine = Q(user=user)
        if user.role == Role.MANAGER:
            mine |= Q(team__in=managed_team_ids(user))
        reps = Rep.objects.filter(mine).order_by()
        credits = Credit.objects.filter(rep__in=reps.values("pk"))
        # Looked up credit by credit: a join reads all deals of the company.
        owner = Deal.objects.filter(pk=OuterRef("deal")).values("owner")[:1]
        others = credits.alias(owned_by=Coalesce(Subquery(owner), 0, output_field=models.BigIntegerField())).exclude(
            owned_by__in=reps.values("pk")
        )
        nobody = (Value("", models.CharField()), Value(None, models.DateField()))
        found = reps.values_list("pk", "name", "left_on").union(others.values_list("deal_id", *nobody), all=True)
        rows = list(found)
        seen = {pk: (name, left_on) for pk, name, left_on in rows if name}
        keep_seen_reps(user, seen)
        return cls(
            seen,
            sorted({pk for pk, name, _left_on in rows if not name}),
        )


class Deal(models.Model):
    """An opportunity as it stands today. Its past is in ``DealEvent``; figures come from ``DealVersion``.

    ``amount`` None means not known, 0 is a value. ``opened_at`` None means that nobody knows when it began.
    ``base_minor`` is the amount in minor units of the base currency at the rate of the event that set amount,
    currency or outcome; None when the amount or a rate is not known.
    """

    class Kind(models.TextChoices):
        NEW = "new", _("New")
        EXPANSION = "expansion", _("Expansion")
        RENEWAL = "renewal", _("Renewal")
        CREDIT = "credit", _("Credit")

    name = models.CharField(_("name"), max_length=300)
    account = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="deals")
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, blank=True, related_name="deals")
    channel = models.ForeignKey(Channel, models.PROTECT, null=True, blank=True, related_name="deals")
    campaign = models.ForeignKey(Campaign, models.PROTECT, null=True, blank=True, related_name="deals")
    owner = models.ForeignKey(Rep, models.PROTECT, null=True, blank=True, related_name="deals")
    pipeline = models.ForeignKey(Pipeline, models.PROTECT, related_name="deals")
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="deals")
    stage_entered_at = models.DateTimeField(editable=False, null=True)
    outcome = models.CharField(_("outcome"), max_length=4, choices=Outcome.choices, default=Outcome.OPEN)
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=4, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    rate = models.DecimalField(max_digits=20, decimal_places=10, null=True, editable=False)
    base_minor = models.BigIntegerField(null=True, editable=False)
    probability = models.DecimalField(
        _("probability"), max_digits=5, decimal_places=4, null=True, blank=True, help_text=_("Empty: the stage's.")
    )
    forecast_category = models.CharField(
        _("forecast category"),
        max_length=10,
        choices=ForecastCategory.choices,
        blank=True,
        help_text=_("Empty: the stage's."),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.NEW)
    opened_at = models.DateTimeField(_("opened at"), null=True, blank=True)
    expected_close_on = models.DateField(_("expected close"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    lost_reason = models.ForeignKey(LostReason, models.PROTECT, null=True, blank=True, related_name="deals")
    competitor = models.CharField(_("competitor"), max_length=200, blank=True)
    next_step_on = models.DateField(null=True, editable=False)
    external_id = models.CharField(_("external id"), max_length=200, null=True, blank=True, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    is_sample = models.BooleanField(default=False, editable=False)

    objects = DealQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list] = [
            models.Index(fields=["owner", "outcome"], name="deal_owner_outcome"),
            models.Index(fields=["stage", "expected_close_on", "id"], name="deal_stage_close"),
            models.Index(fields=["account", "owner"], condition=Q(deleted_at=None), name="deal_account_owner"),
            models.Index(fields=["-updated_at", "-id"], name="deal_newest"),
            models.Index(fields=["closed_at"], name="deal_closed"),
            models.Index(
                fields=["pipeline", "stage"],
                name="deal_open_totals",
                include=["base_minor", "probability", "forecast_category", "next_step_on"],
                condition=Q(outcome="open", deleted_at=None),
            ),
            models.Index(
                fields=["expected_close_on", "id"],
                name="deal_open_close",
                condition=Q(outcome="open", deleted_at=None),
            ),
            models.Index(
                fields=["stage_entered_at", "id"],
                name="deal_open_age",
                condition=Q(outcome="open", deleted_at=None),
            ),
            models.Index(fields=["name", "id"], name="deal_name"),
            models.Index(fields=["id", "owner"], name="deal_id_owner"),
            models.Index(
                fields=["stage", "next_step_on", "expected_close_on", "id"],
                name="deal_open_urgency",
                condition=Q(outcome="open", deleted_at=None),
            ),
        ]
        constraints: ClassVar[list] = [
            models.CheckConstraint(name="deal_name_given", condition=~Q(name="")),
            models.CheckConstraint(name="deal_outcome_known", condition=Q(outcome__in=Outcome.values)),
            models.CheckConstraint(
                name="deal_closed_at_set_when_closed",
                condition=Q(outcome="open", closed_at__isnull=True)
                | Q(outcome__in=["won", "lost"], closed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="deal_closed_after_opened",
                condition=Q(closed_at__isnull=True)
                | Q(opened_at__isnull=True)
                | Q(closed_at__gte=models.F("opened_at")),
            ),
            models.CheckConstraint(
                name="deal_negative_only_for_credit",
                condition=Q(amount__isnull=True) | Q(amount__gte=0) | Q(kind="credit"),
            ),
            models.CheckConstraint(
                name="deal_probability_to_one",
                condition=Q(probability__isnull=True) | Q(probability__gte=0, probability__lte=1),
            ),
            models.CheckConstraint(
                name="deal_lost_reason_when_lost", condition=Q(lost_reason__isnull=True) | Q(outcome="lost")
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("pipeline:deal_detail", args=[self.pk])

    @property
    def effective_probability_bp(self) -> int:
        """The chance of winning in hundredths of a percent: the deal's own, else the stage's."""
        if self.probability is None:
            return self.stage.probability_bp
        return int(self.probability * 10_000)

    @property
    def effective_category(self) -> str:
        """The forecast category: the deal's own, else the stage's."""
        return self.forecast_category or self.stage.forecast_category


class DealLine(models.Model):
    """A product on a deal. ``unit_price`` and ``unit_cost`` are in the deal's currency; None means not known."""

    deal = models.ForeignKey(Deal, models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, models.PROTECT, related_name="lines")
    quantity = models.DecimalField(_("quantity"), max_digits=14, decimal_places=4, default=Decimal(1))
    unit_price = models.DecimalField(_("unit price"), max_digits=18, decimal_places=4, null=True, blank=True)
    discount = models.DecimalField(_("discount"), max_digits=5, decimal_places=4, default=Decimal(0))
    unit_cost = models.DecimalField(_("unit cost"), max_digits=18, decimal_places=4, null=True, blank=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list] = [
            models.CheckConstraint(name="line_quantity_above_zero", condition=Q(quantity__gt=0)),
            models.CheckConstraint(name="line_discount_to_one", condition=Q(discount__gte=0, discount__lte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.product}"


class Credit(models.Model):
    """A rep's share of a deal. The shares of a deal add up to 1; a deal without credits is its owner's."""

    deal = models.ForeignKey(Deal, models.CASCADE, related_name="credits")
    rep = models.ForeignKey(Rep, models.PROTECT, related_name="credits")
    share = models.DecimalField(_("share"), max_digits=7, decimal_places=6)

    class Meta:
        constraints: ClassVar[list] = [
            models.UniqueConstraint(fields=["deal", "rep"], name="credit_once"),
            models.CheckConstraint(name="credit_share_to_one", condition=Q(share__gt=0, share__lte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.rep}: {self.share} of {self.deal}"
