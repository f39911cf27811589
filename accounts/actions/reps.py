"""Writes of reps. Their teams are in ``memberships``; what a change does to figures is ``pipeline``'s to say."""

import datetime
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.actions.configuration import change_row, create_row, date_history, locked_row
from accounts.errors import ActionRefused
from accounts.models import Rep, Team, TeamMembership, User
from accounts.roles import Role


@transaction.atomic
def create_rep(*, name: str, by: User | None, now: datetime.datetime, team: Team | None = None, **values: Any) -> Rep:
    """Make a seller: email, external_id, user, hired_on, left_on, ramp_months, counts_as_capacity.

    The first team holds from the first day of work, without one from the beginning.
    """
    values = _checked(name, values)
    rep = create_row(Rep, by=by, now=now, name=name, team=team, **values)
    if team is not None:
        date_history(TeamMembership(rep=rep, team=team, starts_on=rep.hired_on), now).save()
    return rep


@transaction.atomic
def change_rep(*, rep: Rep, by: User | None, now: datetime.datetime, **values: Any) -> tuple[Rep, dict[str, Any]]:
    """Change fields of a rep, as for ``create_rep`` but the team; also the old values of what differed."""
    rep = locked_row(rep)
    values = _checked(values.get("name", rep.name), values, besides=rep)
    return change_row(rep, by=by, now=now, **values)


@transaction.atomic
def link_rep(
    *,
    user: User,
    by: User | None,
    now: datetime.datetime,
    team: Team | None = None,
    hired_on: datetime.date | None = None,
) -> Rep:
    """The rep that a selling user is: already linked, known by the same e-mail, or new.

    A manager may own records but is no selling capacity. A rep who has a team keeps it: ActionRefused for another one.
    """
    rep = Rep.objects.filter(user=user).first() or Rep.objects.filter(email__iexact=user.email).first()
    if rep is None:
        return create_rep(
            name=user.name, email=user.email, user=user, team=team, hired_on=hired_on,
            counts_as_capacity=user.role == Role.REP, by=by, now=now,
        )  # fmt: skip
    if rep.user_id not in (None, user.pk):
        raise ActionRefused(_("A rep with this e-mail belongs to another user."), "email")
    if team is not None and rep.team_id != team.pk:
        message = _("%(rep)s is known as a rep already. Leave the team empty and change it on the rep's page.")
        raise ActionRefused(message % {"rep": rep}, "team")
    if rep.user_id is None:
        rep, _old = change_row(rep, by=by, now=now, user=user)
    return rep


def _checked(name: str, values: dict[str, Any], besides: Rep | None = None) -> dict[str, Any]:
    """The values as they are stored: no empty keys, and at least one key by which figures name the rep."""
    for key in ("email", "external_id"):
        if key in values:
            values[key] = values[key] or None
    hired, left = (values.get(key, getattr(besides, key, None)) for key in ("hired_on", "left_on"))
    if hired and left and left < hired:
        raise ActionRefused(_("The last day lies before the first."), "left_on")
    has_key = any(values.get(key, getattr(besides, key, None)) for key in ("email", "external_id"))
    return values if has_key else {**values, "external_id": _free_key(name)}


def _free_key(name: str) -> str:
    """The slug of a name, numbered when another rep has it as external id."""
    wanted = slugify(name, allow_unicode=True)[:190] or "rep"
    taken = set(Rep.objects.filter(external_id__startswith=wanted).values_list("external_id", flat=True))
    key, number = wanted, 1
    while key in taken:
        number += 1
        key = f"{wanted}-{number}"
    return key
