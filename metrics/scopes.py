"""Scopes: whose figures. A scope is authorised, not its rows: everyone allowed a scope gets the same figure."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Company, Rep, Team
from accounts.models.team import managed_team_ids, team_and_descendants, team_rows
from accounts.roles import Role
from metrics.errors import QuestionRefused


@dataclass(frozen=True)
class Scope:
    """The company, a team with its sub-teams, or a rep. ``team_ids`` holds the team and all below it."""

    kind: str
    id: int = 0
    key: str = "company"
    label: str = "Company"
    team_ids: tuple[int, ...] = ()

    @property
    def title(self) -> str:
        """The label in the language of who reads it."""
        return _("Company") if self.kind == "company" else self.label


COMPANY = Scope("company")


def team_scope(team: Team) -> Scope:
    return Scope("team", team.pk, f"team:{team.slug}", team.name, tuple(team_and_descendants(team.pk)))


def rep_scope(rep: Rep) -> Scope:
    return Scope("rep", rep.pk, f"rep:{rep.email or rep.external_id or rep.pk}", rep.name)


@dataclass(frozen=True)
class Choice:
    """A scope that a user may ask for."""

    key: str
    label: str


def may_see_company(user: Any, company: Company) -> bool:
    """Leaders and admins see the company's figures; others where an admin allows a leaderboard."""
    role = getattr(user, "role", None)
    return role in (Role.LEADER, Role.ADMIN) or (role in Role.values and company.leaderboard)


def _teams_of(user: Any) -> list[int]:
    """Ids of the teams whose figures are the user's to ask for, by name."""
    role = getattr(user, "role", None)
    if role in (Role.LEADER, Role.ADMIN):
        return [pk for pk, *_rest in team_rows(user)]
    if role == Role.MANAGER:
        managed = set(managed_team_ids(user))
        return [pk for pk, *_rest in team_rows(user) if pk in managed]
    return []


def team_scopes(user: Any) -> list[Scope]:
    """The scopes of these teams: those below none of the others come first."""
    ids = set(_teams_of(user))
    return sorted(_scopes_by_name(user, ids), key=lambda scope: _parent(user, scope.id) in ids) if ids else []


def _parent(user: Any, team: int) -> int | None:
    return next(parent for pk, parent, *_rest in team_rows(user) if pk == team)


def _scopes_by_name(user: Any, ids: Collection[int]) -> list[Scope]:
    """From the teams that the request has read already."""
    rows = team_rows(user)
    tree = [(pk, parent) for pk, parent, *_rest in rows]
    return [
        Scope("team", pk, f"team:{slug}", name, tuple(team_and_descendants(pk, tree)))
        for pk, _parent, _manager, slug, name in rows
        if pk in ids
    ]


def _reps_of(user: Any) -> list[Rep]:
    """The reps whose figures are the user's to ask for. One query a request: kept on the user."""
    kept: list[Rep] | None = getattr(user, "_scope_reps", None)
    if kept is None:
        kept = user._scope_reps = list(_rows_of_reps(user))
    return kept


def _rows_of_reps(user: Any) -> QuerySet[Rep]:
    rows = Rep.objects.filter(user=user) if getattr(user, "role", None) == Role.REP else Rep.objects.visible_to(user)
    return rows.order_by("name", "pk")


def has_more_reps(user: Any, most: int) -> bool:
    """Whether the user may ask for more than ``most`` reps; of the company's no more than these are read."""
    if getattr(user, "role", None) not in (Role.LEADER, Role.ADMIN):
        return len(_reps_of(user)) > most
    kept = getattr(user, "_scope_reps", None)
    if kept is None:
        kept = list(_rows_of_reps(user)[: most + 1])
        if len(kept) <= most:
            user._scope_reps = kept
    return len(kept) > most


def allowed_scopes(user: Any, company: Company, *, with_reps: bool = True) -> list[Choice]:
    """What the user may ask for, widest first; without the reps where there are too many to choose from."""
    company_scope = [COMPANY] if may_see_company(user, company) else []
    found = [Choice(scope.key, scope.title) for scope in company_scope]
    teams = set(_teams_of(user))
    if teams:
        found += [Choice(f"team:{slug}", name) for pk, _up, _by, slug, name in team_rows(user) if pk in teams]
    return found + [Choice(rep_scope(rep).key, rep.name) for rep in (_reps_of(user) if with_reps else ())]


def default_scope(user: Any, company: Company) -> Scope:
    """The widest allowed scope: the company, the topmost managed team, or the rep himself."""
    role = getattr(user, "role", None)
    if role in (Role.LEADER, Role.ADMIN):
        return COMPANY
    teams = team_scopes(user)
    if teams:
        return teams[0]
    rep = next((rep for rep in _reps_of(user) if rep.user_id == user.pk), None) if role in Role.values else None
    if rep:
        return rep_scope(rep)
    raise _refused(user, company)


def parse_scope(text: str | None, user: Any, company: Company) -> Scope:
    """The scope of a name, for this user. Unknown and not allowed are refused with the same text."""
    clean = (text or "").strip()
    if not clean:
        return default_scope(user, company)
    scope = _find_team(clean, user) if clean.startswith("team:") else find_scope(clean)
    if scope is None or not _is_allowed(scope, user, company):
        raise _refused(user, company)
    return scope


def _find_team(text: str, user: Any) -> Scope | None:
    ids = [pk for pk, _parent, _manager, slug, _name in team_rows(user) if f"team:{slug}" == text]
    return next(iter(_scopes_by_name(user, ids)), None)


def find_scope(text: str) -> Scope | None:
    """The scope of a name, whoever asks; None when there is no such team or rep."""
    kind, _colon, name = text.partition(":")
    if text == "company":
        return COMPANY
    if kind == "team":
        team = Team.objects.filter(slug=name).first()
        return team_scope(team) if team else None
    if kind == "rep" and name:
        rep = Rep.objects.filter(email__iexact=name).first() or Rep.objects.filter(external_id=name).first()
        if rep is None and name.isdecimal():
            rep = Rep.objects.filter(pk=int(name), email=None, external_id=None).first()
        return rep_scope(rep) if rep else None
    return None


def _is_allowed(scope: Scope, user: Any, company: Company) -> bool:
    role = getattr(user, "role", None)
    if role in (Role.LEADER, Role.ADMIN):
        return True
    if scope.kind == "company":
        return may_see_company(user, company)
    if scope.kind == "team":
        return role == Role.MANAGER and scope.id in managed_team_ids(user)
    if role == Role.MANAGER:
        return Rep.objects.visible_to(user).filter(pk=scope.id).exists()
    return role == Role.REP and Rep.objects.filter(pk=scope.id, user=user).exists()


def _refused(user: Any, company: Company) -> QuestionRefused:
    names = [choice.key for choice in allowed_scopes(user, company)]
    shown = ", ".join(names[:12])
    if len(names) > 12:
        shown = _("%(names)s and %(count)s more") % {"names": shown, "count": len(names) - 12}
    message = _("This scope does not exist or is not yours. Possible: %(possible)s.")
    return QuestionRefused(message % {"possible": shown or _("none")}, "scope")
