"""Writes of users: who may sign in, as what. Only admins make them; one active admin always remains."""

import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.audit import write_audit
from accounts.actions.configuration import check_admin, locked_row, plain_values, save_row
from accounts.actions.reps import link_rep
from accounts.actions.teams import give_team
from accounts.errors import ActionRefused
from accounts.models import ApiToken, Company, Team, User
from accounts.roles import Role
from accounts.sessions import end_sessions

SELLING = frozenset({Role.REP, Role.MANAGER})
"""Roles that may own records, so each of their users is a rep too."""


@transaction.atomic
def create_user(
    *,
    email: str,
    name: str,
    role: str,
    by: User | None,
    now: datetime.datetime,
    password: str | None = None,
    team: Team | None = None,
    hired_on: datetime.date | None = None,
) -> User:
    """Make a user; without a password an invitation lets them in. Who sells becomes a rep, or is one already known.

    ``team`` is a rep's team, or the one that a manager heads. ``hired_on``: the first day of work of a new rep.
    Raises ActionRefused, NotAllowed.
    """
    check_admin(by)
    email = normal_email(email)
    _check_free(email)
    if team is not None and role not in SELLING:
        raise ActionRefused(_("Only reps and managers have a team."), "team")
    user = User.objects.create_user(email, password, name=name, role=role)
    if role in SELLING:
        link_rep(user=user, team=team, hired_on=hired_on, by=by, now=now)
    if role == Role.MANAGER and team is not None:
        give_team(team=team, manager=user, by=by, now=now)
    detail = plain_values({"email": email, "role": role, "team": team})
    write_audit(action="create", subject=user, by=by, now=now, detail={"to": detail})
    return user


@transaction.atomic
def change_user(*, user: User, name: str, email: str, role: str, by: User | None, now: datetime.datetime) -> User:
    """Change name, address and role. A new role ends the user's sessions, so that nothing of the old one lingers.

    Raises ActionRefused for one's own role and for the last active admin's, NotAllowed.
    """
    user = _locked_user(user, by)
    values = {"name": name, "email": normal_email(email), "role": role}
    old = {key: getattr(user, key) for key, value in values.items() if getattr(user, key) != value}
    if not old:
        return user
    if "email" in old:
        _check_free(values["email"])
        EmailAddress.objects.filter(user=user).delete()
    if "role" in old:
        _check_may_lose_role(user, by)
    for key in old:
        setattr(user, key, values[key])
    save_row(user)
    if "role" in old:
        end_sessions(user)
        if role in SELLING:
            link_rep(user=user, by=by, now=now)
    detail = {"from": plain_values(old), "to": plain_values({key: values[key] for key in old})}
    write_audit(action="change", subject=user, by=by, now=now, detail=detail)
    return user


@transaction.atomic
def deactivate_user(*, user: User, by: User | None, now: datetime.datetime) -> User:
    """Let a user in no more: sessions and API tokens end at once, the records stay with the rep."""
    user = _locked_user(user, by)
    if not user.is_active:
        return user
    if by is not None and by.pk == user.pk:
        raise ActionRefused(_("You can't deactivate yourself. Ask another admin."), "is_active")
    _check_not_last_admin(user)
    user.is_active = False
    user.save(update_fields=["is_active"])
    tokens, _rows = ApiToken.objects.filter(user=user).delete()
    detail = {"sessions": end_sessions(user), "tokens": tokens}
    write_audit(action="deactivate", subject=user, by=by, now=now, detail=detail)
    return user


@transaction.atomic
def activate_user(*, user: User, by: User | None, now: datetime.datetime) -> User:
    """Let a deactivated user in again, with the password of before."""
    user = _locked_user(user, by)
    if not user.is_active:
        user.is_active = True
        user.save(update_fields=["is_active"])
        write_audit(action="activate", subject=user, by=by, now=now)
    return user


@transaction.atomic
def change_preferences(*, user: User, now: datetime.datetime, **values: Any) -> User:
    """A user's own choices: name, time_zone, language, theme, shortcuts."""
    user = locked_row(user)
    old = {key: getattr(user, key) for key, value in values.items() if getattr(user, key) != value}
    for key in old:
        setattr(user, key, values[key])
    if old:
        user.save(update_fields=list(old))
        detail = {"from": plain_values(old), "to": plain_values({key: values[key] for key in old})}
        write_audit(action="change", subject=user, by=user, now=now, detail=detail)
    return user


def normal_email(email: str) -> str:
    """The address as it is stored: without blanks around it, in small letters."""
    return User.objects.normalize_email(email.strip()).lower()


def _locked_user(user: User, by: User | None) -> User:
    """The user's row, locked. The company's row is the lock of all such changes: two admins can't remove each other."""
    Company.objects.select_for_update().get(pk=Company.current().pk)
    check_admin(by)
    return locked_row(user)


def _check_free(email: str) -> None:
    if User.objects.filter(email=email).exists():
        raise ActionRefused(_("There is a user with this e-mail already."), "email")


def _check_may_lose_role(user: User, by: User | None) -> None:
    if by is not None and by.pk == user.pk:
        raise ActionRefused(_("You can't change your own role. Ask another admin."), "role")
    _check_not_last_admin(user)


def _check_not_last_admin(user: User) -> None:
    others = User.objects.filter(role=Role.ADMIN, is_active=True).exclude(pk=user.pk)
    if user.role == Role.ADMIN and user.is_active and not others.exists():
        raise ActionRefused(_("This is the last active admin. Make somebody else an admin first."), "role")
