"""The filters that the board and the list of deals have in common."""

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Rep, User
from accounts.models.team import managed_team_ids, team_rows
from accounts.roles import Role
from pipeline.board import urgency
from pipeline.models import Stage
from pipeline.models.deal import DealQuerySet, DealSight
from pipeline.views.listing import Filter, FilterRefused
from pipeline.views.moments import PARTS

SHARED = ("pipeline", "owner", "team", "step", "closes", "q", *PARTS)
"""Parts of the address that the board and the list pass on to one another."""
REPS_OFFERED = 40


@dataclass(frozen=True, slots=True)
class OwnerFilter(Filter):
    """Whose deals: an option, or the id of a rep who is not among the first; out of sight means no rows."""

    def read(self, text: str | None) -> str:
        if text and re.fullmatch(r"\d{1,18}", text):
            return text
        return Filter.read(self, text)

    def words(self, value: str) -> str:
        return dict(self.options).get(value) or f"#{value}"


@dataclass(frozen=True, slots=True)
class MonthFilter(Filter):
    """A filter by month, written 2026-12, besides its options."""

    def read(self, text: str | None) -> str:
        if text and text not in dict(self.options) and not re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", text):
            raise FilterRefused(
                _("%(name)s: possible are late, none and months such as 2026-12.") % {"name": self.name}
            )
        return text or self.default

    def words(self, value: str) -> str:
        words = dict(self.options).get(value)
        return words if words is not None else date_format(datetime.date.fromisoformat(f"{value}-01"), "M Y")


@dataclass(frozen=True, slots=True)
class TeamTree:
    """The teams whose deals a user may tell apart: (id, id of the parent, slug, name)."""

    rows: Sequence[tuple[int, int | None, str, str]]

    @classmethod
    def of(cls, user: User) -> "TeamTree":
        """A manager's teams, every team for leader and admin, none for a rep."""
        if user.role == Role.REP:
            return cls([])
        managed = set(managed_team_ids(user)) if user.role == Role.MANAGER else None
        rows = [(pk, parent, slug, name) for pk, parent, _manager, slug, name in team_rows(user)]
        return cls([row for row in rows if managed is None or row[0] in managed])

    def options(self) -> list[tuple[str, str]]:
        return [("", _("All"))] + [(slug, name) for _pk, _parent, slug, name in self.rows]

    def ids(self, slug: str) -> set[int]:
        """The team of that slug and all teams below it."""
        found = {pk for pk, _parent, own, _name in self.rows if own == slug}
        while more := {pk for pk, parent, _slug, _name in self.rows if parent in found and pk not in found}:
            found |= more
        return found


def owner_options(user: User) -> list[tuple[str, str]]:
    """Everyone, me, and for whom has people the first of them by name. At most one query."""
    return [("", _("All")), ("me", _("Me")), *reps_offered(user)]


def reps_offered(user: User) -> list[tuple[str, str]]:
    """Ids and names of the first reps by name whose records the user sees; none for a rep. At most one query."""
    if user.role == Role.REP:
        return []
    if user.role == Role.MANAGER:
        there = [(name, pk) for pk, (name, left_on) in DealSight.of(user).reps.items() if left_on is None]
    else:
        reps = Rep.objects.visible_to(user).filter(left_on=None).order_by("name", "pk")
        there = list(reps.values_list("name", "pk")[:REPS_OFFERED])
    return [(str(pk), name) for name, pk in sorted(there)[:REPS_OFFERED]]


def all_stages(user: User) -> list[Stage]:
    """Every stage with its pipeline, in the order of pipelines and positions. One query."""
    rows = Stage.objects.visible_to(user).select_related("pipeline")
    return list(rows.order_by("pipeline__position", "pipeline", "position", "pk"))


def pipeline_options(stages: Sequence[Stage]) -> list[tuple[str, str]]:
    """(id, name) of each pipeline that has stages."""
    return list({str(stage.pipeline_id): stage.pipeline.name for stage in stages}.items())


def shared_filters(user: User, teams: TeamTree, today: datetime.date) -> list[Filter]:
    """The filters besides the pipeline, whose deals first."""
    steps = [
        ("", _("any")),
        ("overdue", _("Overdue")),
        ("today", _("Today")),
        ("none", _("None")),
        ("later", _("Later")),
    ]
    months = [(f"{month:%Y-%m}", date_format(month, "M Y")) for month in _months(today)]
    closes = [("", _("any")), ("late", _("Late")), *months, ("none", _("No date"))]
    found = [
        OwnerFilter("owner", _("Owner"), owner_options(user)),
        Filter("team", _("Team"), teams.options()),
        Filter("step", _("Next step"), steps),
        MonthFilter("closes", _("Closes"), closes, is_text=True, input_type="month"),
        Filter("q", _("Search"), is_text=True, input_type="search"),
    ]
    return found if len(teams.rows) > 1 else [one for one in found if one.name != "team"]


def _months(today: datetime.date, count: int = 4) -> list[datetime.date]:
    first = today.replace(day=1)
    months = [divmod(first.month - 1 + n, 12) for n in range(count)]
    return [first.replace(year=first.year + years, month=month + 1) for years, month in months]


def narrow(
    rows: DealQuerySet, chosen: dict[str, str], *, user: User, teams: TeamTree, today: datetime.date
) -> DealQuerySet:
    """The deals that the shared filters leave."""
    if owner := chosen["owner"]:
        rows = rows.filter(owner__user=user) if owner == "me" else rows.filter(owner=int(owner))
    if team := chosen.get("team"):
        rows = rows.filter(owner__team__in=teams.ids(team))
    if step := chosen["step"]:
        rows = rows.filter(_step(step, today))
    if closes := chosen["closes"]:
        rows = rows.filter(closing(closes, today))
    if text := chosen["q"]:
        rows = rows.filter(Q(name__icontains=text) | Q(account__name__icontains=text))
    return rows


def _step(step: str, today: datetime.date) -> Q:
    _due, none, later = urgency(today)
    return {"overdue": Q(next_step_on__lt=today), "today": Q(next_step_on=today), "none": none, "later": later}[step]


def closing(closes: str, today: datetime.date) -> Q:
    """Deals and versions by their expected close: a month, late, or none."""
    if closes == "none":
        return Q(expected_close_on=None)
    if closes == "late":
        return Q(expected_close_on__lt=today)
    first = datetime.date.fromisoformat(f"{closes}-01")
    return Q(expected_close_on__gte=first, expected_close_on__lt=(first + datetime.timedelta(days=31)).replace(day=1))
