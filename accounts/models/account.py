from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.db.models.lookups import IsNull
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models.team import Rep, seen_rep_ids
from accounts.roles import Role

MANY_REPS = 5
"""From so many reps on, an account is asked for what touches it: most of the first ones are found at once, and
nothing is listed that no page shows. With fewer, what they touch is listed first, else all accounts would be asked."""


def _found_here(accounts: models.QuerySet["Account"]) -> Q:
    """Whether the account at hand is among some. Unlike EXISTS and IN never answered by listing all of them first."""
    return Q(IsNull(Subquery(accounts.filter(pk=OuterRef("pk")).values("pk")[:1]), False))


class AccountQuerySet(models.QuerySet["Account"]):
    def live(self) -> Self:
        """Accounts that are neither deleted nor merged into another one."""
        return self.filter(deleted_at__isnull=True, merged_into__isnull=True)

    def family(self, account: "Account") -> Self:
        """An account and those that were merged into it: what was sold to these stays counted as theirs."""
        return self.filter(Q(pk=account.pk) | Q(merged_into=account.pk))

    def visible_to(self, user: Any) -> Self:
        """Own accounts and those that the user's leads, deals or activities touch; for a manager, the teams' too. Who
        would see an account that was merged sees the one into which.

        Sub-queries, never to-many joins: a join would repeat rows and inflate every total built on top.
        """
        rows = self.live()
        role = getattr(user, "role", None)
        if role in (Role.ADMIN, Role.LEADER):
            return rows
        if role not in (Role.MANAGER, Role.REP):
            return rows.none()
        reps = seen_rep_ids(user)
        touched = Account.objects.order_by()
        ways = [
            touched.filter(deals__owner__in=reps, deals__deleted_at=None),
            touched.filter(deals__credits__rep__in=reps, deals__deleted_at=None),
            touched.filter(leads__owner__in=reps, leads__deleted_at=None),
            touched.filter(activities__owner__in=reps, activities__deleted_at=None),
        ]
        seen = Q(owner__in=reps)
        for way in ways:
            seen |= _found_here(way) if len(reps) >= MANY_REPS else Q(pk__in=way.values("pk"))
        merged = Account.objects.exclude(merged_into=None).filter(seen)
        return rows.filter(seen | Q(pk__in=merged.values("merged_into")))

    def writable_by(self, user: Any) -> Self:
        """The visible rows that the user may change: a leader none."""
        return self.none() if getattr(user, "role", None) == Role.LEADER else self.visible_to(user)


class Account(models.Model):
    """A customer company, won or not yet.

    ``merged_into`` is the account that a duplicate became, since ``merged_at``: it is in no list any more, but keeps
    what was sold to it, so that no figure of the past moves.
    """

    name = models.CharField(_("name"), max_length=300)
    domain = models.CharField(_("domain"), max_length=253, blank=True)
    industry = models.CharField(_("industry"), max_length=200, blank=True)
    segment = models.CharField(_("segment"), max_length=200, blank=True)
    region = models.CharField(_("region"), max_length=200, blank=True)
    country = models.CharField(_("country"), max_length=200, blank=True)
    employees = models.PositiveIntegerField(_("employees"), null=True, blank=True)
    annual_revenue = models.DecimalField(_("annual revenue"), max_digits=20, decimal_places=2, null=True, blank=True)
    is_key = models.BooleanField(_("key account"), default=False)
    parent = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="subsidiaries")
    merged_into = models.ForeignKey("self", models.SET_NULL, null=True, editable=False, related_name="merged")
    merged_at = models.DateTimeField(null=True, editable=False)
    owner = models.ForeignKey(Rep, models.SET_NULL, null=True, blank=True, related_name="accounts")
    external_id = models.CharField(_("external id"), max_length=200, null=True, blank=True, unique=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    is_sample = models.BooleanField(default=False, editable=False)

    objects = AccountQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["updated_at"])

    class Meta:
        indexes: ClassVar[list] = [
            models.Index(fields=["name", "id"], name="account_name"),
            models.Index(fields=["owner", "name"], name="account_owner"),
            models.Index(fields=["domain"], name="account_domain"),
        ]
        constraints: ClassVar[list] = [
            models.CheckConstraint(name="account_name_given", condition=~Q(name="")),
            models.CheckConstraint(
                name="account_revenue_not_negative",
                condition=Q(annual_revenue__isnull=True) | Q(annual_revenue__gte=0),
            ),
            models.CheckConstraint(
                name="account_not_merged_into_itself",
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=models.F("pk")),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("pipeline:account_detail", args=[self.pk])


class ContactQuerySet(models.QuerySet["Contact"]):
    def live(self) -> Self:
        """Contacts that are neither deleted nor merged into another one."""
        return self.filter(deleted_at__isnull=True, merged_into__isnull=True)

    def visible_to(self, user: Any) -> Self:
        """Contacts of visible accounts."""
        return self.live().filter(account__in=Account.objects.visible_to(user).values("pk"))

    def writable_by(self, user: Any) -> Self:
        """The visible rows that the user may change: a leader none."""
        return self.none() if getattr(user, "role", None) == Role.LEADER else self.visible_to(user)


class Contact(models.Model):
    """A person at an account. ``merged_into``: as of an ``Account``."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="contacts", verbose_name=_("account"))
    name = models.CharField(_("name"), max_length=300)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=60, blank=True)
    title = models.CharField(_("title"), max_length=200, blank=True)
    merged_into = models.ForeignKey("self", models.SET_NULL, null=True, editable=False, related_name="merged")
    merged_at = models.DateTimeField(null=True, editable=False)
    external_id = models.CharField(_("external id"), max_length=200, null=True, blank=True, unique=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    is_sample = models.BooleanField(default=False, editable=False)

    objects = ContactQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["updated_at"])

    class Meta:
        indexes: ClassVar[list] = [
            models.Index(fields=["account", "name"], name="contact_account"),
            models.Index(fields=["name", "id"], name="contact_name"),
            models.Index(fields=["email"], name="contact_email"),
        ]
        constraints: ClassVar[list] = [
            models.CheckConstraint(name="contact_name_given", condition=~Q(name="")),
            models.CheckConstraint(
                name="contact_not_merged_into_itself",
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=models.F("pk")),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("pipeline:contact_detail", args=[self.pk])
