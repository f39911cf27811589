from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Rep, Team
from accounts.roles import Role

DEPTH = ("team", "team__parent", "team__parent__parent", "team__parent__parent__parent")
"""Ways from a rep to the teams that he is in: what is shared with a team is shared with those below it."""


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, user: Any) -> Self:
        """Own ones, those of the user's teams, and the company's."""
        if getattr(user, "role", None) not in Role.values:
            return self.none()
        mine = Rep.objects.filter(user=user).order_by()
        seen = Q(owner=user) | Q(is_for_all=True) | Q(team__manager=user)
        for way in DEPTH:
            seen |= Q(team__in=mine.filter(**{f"{way}__isnull": False}).values(way))
        return self.filter(seen)

    def writable_by(self, user: Any) -> Self:
        """Who may rename or remove it: its owner, and an admin what is shared."""
        if getattr(user, "role", None) == Role.ADMIN:
            return self.visible_to(user).filter(Q(owner=user) | Q(is_for_all=True) | Q(team__isnull=False))
        return self.visible_to(user).filter(owner=user)


class SavedView(models.Model):
    """A name for the filters and the sort of a page. It holds no rows: who opens it sees what he may see anyway.

    ``query`` is the address's part behind the question mark. For the owner alone unless ``team`` or ``is_for_all``.
    """

    class Page(models.TextChoices):
        BOARD = "board", _("Board")
        DEALS = "deals", _("Deals")
        LEADS = "leads", _("Leads")
        ACCOUNTS = "accounts", _("Accounts")
        ACTIVITIES = "activities", _("Activities")

    name = models.CharField(_("name"), max_length=80)
    page = models.CharField(_("page"), max_length=10, choices=Page.choices)
    query = models.CharField(_("filters"), max_length=1000, blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views")
    team = models.ForeignKey(Team, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("team"))
    is_for_all = models.BooleanField(_("for the whole company"), default=False)
    default_of = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="default_views", blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list] = [
            models.CheckConstraint(name="saved_view_name_given", condition=~Q(name="")),
            models.UniqueConstraint(fields=["owner", "page", "name"], name="saved_view_name_once"),
            models.CheckConstraint(
                name="saved_view_shared_one_way", condition=Q(team__isnull=True) | Q(is_for_all=False)
            ),
        ]

    def __str__(self) -> str:
        return self.name
