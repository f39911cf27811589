from decimal import Decimal
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Rep, Team
from accounts.models.team import managed_team_ids
from accounts.money import from_minor
from accounts.roles import Role
from metrics.models.kept import Kept
from metrics.models.plan import PlanVersion
from pipeline.models import Deal


class Approval(Kept):
    """The moment from which a rep's statements of a period never change, with the facts that they came from.

    ``facts`` are those of the calculation (``metrics.incentives.stored_facts``), deals only where they differ from the
    approval before. ``ends_on`` is the last day. ``hash`` follows from the one before, the statements and the facts.
    """

    rep = models.ForeignKey(Rep, models.PROTECT, related_name="approvals")
    period = models.CharField(max_length=20)
    starts_on = models.DateField()
    ends_on = models.DateField()
    facts = models.JSONField()
    hash = models.CharField(max_length=64)
    approved_at = models.DateTimeField()
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    is_sample = models.BooleanField(default=False, editable=False)

    class Meta:
        constraints: ClassVar[list] = [
            models.UniqueConstraint(fields=["rep", "starts_on", "ends_on"], name="approval_once"),
            models.CheckConstraint(name="approval_span", condition=Q(ends_on__gte=F("starts_on"))),
        ]

    def __str__(self) -> str:
        return f"{self.rep}, {self.period}"


def whose_pay(user: Any, rep: str = "") -> Q:
    """The reps whose pay a user sees: a rep's own, for a manager those of the managed teams too; leader and admin all.

    ``rep``: the way from the asked model to the rep, ending in ``__``.
    """
    role = getattr(user, "role", None)
    if role in (Role.ADMIN, Role.LEADER):
        return Q()
    if role == Role.MANAGER:
        return Q(**{f"{rep}user": user}) | Q(**{f"{rep}team__in": managed_team_ids(user)})
    return Q(**{f"{rep}user": user}) if role == Role.REP else Q(pk__in=[])


class StatementQuerySet(models.QuerySet["Statement"]):
    def visible_to(self, user: Any) -> Self:
        """A rep sees his own, a manager those of the managed teams too; leader and admin all."""
        return self.filter(whose_pay(user, "rep__"))

    def frozen(self) -> Self:
        """Approved and paid ones, which never change."""
        return self.filter(approval__isnull=False)


class Statement(models.Model):
    """What a plan version pays a rep for a statement period, in minor units of the plan's currency.

    Its lines are stored when it is approved; from then on only its status moves. Before that it is calculated anew
    whenever somebody asks, and the row, where there is one, says what it came to at ``calculated_at``: for lists.
    ``balances``: what recoverable draws came to after it, by component. ``base_minor``: the total in the base currency
    at the rate of its last day, None where there is none; ``team``: the rep's last one by then, None without any. Both
    are for figures and frozen with it. ``was_minor``: what it came to before a calculation changed it by more than the
    company's ``pay_alert_percent``; None again once it is reviewed.
    """

    class Status(models.TextChoices):
        CALCULATED = "calculated", _("Calculated")
        IN_REVIEW = "in review", _("In review")
        APPROVED = "approved", _("Approved")
        PAID = "paid", _("Paid")

    rep = models.ForeignKey(Rep, models.PROTECT, related_name="statements")
    version = models.ForeignKey(PlanVersion, models.PROTECT, related_name="statements")
    approval = models.ForeignKey(Approval, models.PROTECT, null=True, related_name="statements")
    calculated_at = models.DateTimeField(null=True)
    position = models.PositiveSmallIntegerField(default=0)
    period = models.CharField(max_length=20)
    starts_on = models.DateField()
    ends_on = models.DateField()
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.APPROVED)
    total_minor = models.BigIntegerField()
    base_minor = models.BigIntegerField(null=True)
    was_minor = models.BigIntegerField(null=True)
    team = models.ForeignKey(Team, models.PROTECT, null=True, related_name="statements")
    balances = models.JSONField(default=dict)
    warnings = models.JSONField(default=list)
    hash = models.CharField(max_length=64)
    paid_at = models.DateTimeField(null=True)
    paid_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    is_sample = models.BooleanField(default=False, editable=False)

    objects = StatementQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list] = [
            models.Index(fields=["-ends_on", "-id"], name="statement_newest"),
            models.Index(
                fields=["ends_on"], include=["base_minor", "team", "rep"], condition=Q(approval__isnull=False),
                name="statement_figures",
            ),
        ]  # fmt: skip
        constraints: ClassVar[list] = [
            models.UniqueConstraint(fields=["rep", "version", "starts_on", "ends_on"], name="statement_once"),
            models.CheckConstraint(name="statement_span", condition=Q(ends_on__gte=F("starts_on"))),
            models.CheckConstraint(
                name="statement_status_known",
                condition=Q(status__in=["calculated", "in review", "approved", "paid"]),
            ),
            models.CheckConstraint(
                name="statement_frozen_by_approval",
                condition=Q(status__in=["approved", "paid"], approval__isnull=False)
                | Q(status__in=["calculated", "in review"], approval__isnull=True),
            ),
            models.CheckConstraint(
                name="statement_paid_at_set_when_paid",
                condition=Q(status="paid", paid_at__isnull=False) | (~Q(status="paid") & Q(paid_at__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rep}, {self.period}, {self.version}"

    def get_absolute_url(self) -> str:
        return reverse("metrics:statement_detail", args=[self.pk])

    @property
    def is_frozen(self) -> bool:
        return self.approval_id is not None

    @property
    def total(self) -> Decimal:
        """In major units of its currency."""
        return from_minor(self.total_minor, self.currency)

    @property
    def was(self) -> Decimal | None:
        """What it came to before an unusual change, in major units; None without one."""
        return None if self.was_minor is None else from_minor(self.was_minor, self.currency)


class StatementLine(Kept):
    """A line of an approved statement, frozen. Numbers for show are texts, as ``metrics.incentives.lines`` writes them.

    ``hash`` follows from the line before and from all of this one but ``deal``, which is a way to the record only.
    """

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="lines")
    position = models.PositiveIntegerField()
    component = models.CharField(max_length=200, null=True)  # noqa: DJ001, an adjustment has none
    kind = models.CharField(max_length=12)
    deal = models.ForeignKey(Deal, models.SET_NULL, null=True, related_name="statement_lines")
    deal_key = models.CharField(max_length=300, null=True)  # noqa: DJ001
    closed_on = models.DateField(null=True)
    basis = models.CharField(max_length=60, null=True)  # noqa: DJ001
    share = models.CharField(max_length=20, null=True)  # noqa: DJ001
    step = models.CharField(max_length=40, null=True)  # noqa: DJ001
    rate = models.CharField(max_length=40, null=True)  # noqa: DJ001
    of_period = models.CharField(max_length=20, null=True)  # noqa: DJ001
    amount_minor = models.BigIntegerField()
    text = models.CharField(max_length=500)
    hash = models.CharField(max_length=64)
    is_sample = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering: ClassVar[list] = ["statement", "position"]
        constraints: ClassVar[list] = [
            models.UniqueConstraint(fields=["statement", "position"], name="statement_line_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.deal_key or self.component or ''}: {self.amount_minor}"
