"""Scopes: whose figures. A scope is authorised, not its rows: everyone allowed a scope gets the same figure."""

from dataclasses import dataclass
from typing import Any

from accounts.models import Company, Rep, Team
from accounts.models.team import managed_team_ids, team_and_descendants
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


def _teams_of(user: Any) -> list[Team]:
    role = getattr(user, "role", None)
    if role in (Role.LEADER, Role.ADMIN):
        return list(Team.objects.order_by("name"))
    if role == Role.MANAGER:
        return list(Team.objects.filter(pk__in=managed_team_ids(user)).order_by("name"))
    return []


def _reps_of(user: Any) -> list[Rep]:
    role = getattr(user, "role", None)
    if role == Role.REP:
        return list(Rep.objects.filter(user=user))
    return list(Rep.objects.visible_to(user).order_by("name", "pk"))


def allowed_scopes(user: Any, company: Company, *, with_reps: bool = True) -> list[Choice]:
    """What the user may ask for, widest first; without the reps where there are too many to choose from."""
    company_scope = [COMPANY] if may_see_company(user, company) else []
    found = [Choice(scope.key, scope.label) for scope in company_scope]
    found += [Choice(f"team:{team.slug}", team.name) for team in _teams_of(user)]
    return found + [Choice(rep_scope(rep).key, rep.name) for rep in (_reps_of(user) if with_reps else ())]


def default_scope(user: Any, company: Company) -> Scope:
    """The widest allowed scope: the company, the topmost managed team, or the rep himself."""
    role = getattr(user, "role", None)
    if role in (Role.LEADER, Role.ADMIN):
        return COMPANY
    teams = _teams_of(user)
    if teams:
        ids = {team.pk for team in teams}
        top = [team for team in teams if team.parent_id not in ids]
        return team_scope(top[0])
    reps = Rep.objects.filter(user=user).first() if role in Role.values else None
    if reps:
        return rep_scope(reps)
    raise _refused(user, company)


def parse_scope(text: str | None, user: Any, company: Company) -> Scope:
    """The scope of a name, for this user. Unknown and not allowed are refused with the same text."""
    clean = (text or "").strip()
    if not clean:
        return default_scope(user, company)
    scope = find_scope(clean)
    if scope is None or not _is_allowed(scope, user, company):
        raise _refused(user, company)
    return scope


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
    shown = ", ".join(names[:12]) + (f" and {len(names) - 12} more" if len(names) > 12 else "")
    return QuestionRefused(f"This scope does not exist or is not yours. Possible: {shown or 'none'}.", "scope")
