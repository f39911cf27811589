import datetime

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actions.configuration import change_row, create_row, delete_row
from accounts.errors import ActionRefused
from accounts.models import Company, Team, User
from accounts.uses import uses_of

WORDS = {
    "rep": (gettext_lazy("rep"), gettext_lazy("reps")),
    "team": (gettext_lazy("team below it"), gettext_lazy("teams below it")),
    "teammembership": (gettext_lazy("membership"), gettext_lazy("memberships")),
}
"""What people call what a team is used by."""


@transaction.atomic
def create_team(
    *, name: str, by: User | None, now: datetime.datetime, parent: Team | None = None, manager: User | None = None
) -> Team:
    """Make a team. Its slug, by which scopes name it, comes from the name and stays when the name changes."""
    _check_name_free(name)
    return create_row(Team, by=by, now=now, name=name, slug=free_slug(name), parent=parent, manager=manager)


@transaction.atomic
def change_team(
    *, team: Team, name: str, parent: Team | None, manager: User | None, by: User | None, now: datetime.datetime
) -> Team:
    """Change a team. ActionRefused when it would stand below itself."""
    Company.objects.select_for_update().get(pk=Company.current().pk)  # two moves at once could close a circle
    _check_name_free(name, besides=team)
    _check_parent(team, parent)
    team, _old = change_row(team, by=by, now=now, name=name, parent=parent, manager=manager)
    return team


@transaction.atomic
def give_team(*, team: Team, manager: User, by: User | None, now: datetime.datetime) -> Team:
    """Make ``manager`` the head of a team that has none. ActionRefused when it has another one."""
    if team.manager_id not in (None, manager.pk):
        message = _("%(team)s is headed by %(manager)s. Change that on the team's page.")
        raise ActionRefused(message % {"team": team, "manager": team.manager}, "team")
    team, _old = change_row(team, by=by, now=now, manager=manager)
    return team


@transaction.atomic
def delete_team(*, team: Team, by: User | None, now: datetime.datetime) -> None:
    """Delete a team that never had anybody. ActionRefused names what it is used by."""
    delete_row(team, by=by, now=now, words=WORDS)


def team_uses(team: Team) -> list[str]:
    """What keeps a team from being deleted, counted."""
    return uses_of(team, words=WORDS)


def free_slug(name: str) -> str:
    """The slug of a name, numbered when another team has it."""
    wanted = slugify(name, allow_unicode=True)[:200] or "team"
    taken = set(Team.objects.filter(slug__startswith=wanted).values_list("slug", flat=True))
    slug, number = wanted, 1
    while slug in taken:
        number += 1
        slug = f"{wanted}-{number}"
    return slug


def _check_name_free(name: str, besides: Team | None = None) -> None:
    others = Team.objects.filter(name=name)
    if besides is not None:
        others = others.exclude(pk=besides.pk)
    if others.exists():
        raise ActionRefused(_("There is a team of this name already."), "name")


def _check_parent(team: Team, parent: Team | None) -> None:
    above, seen = parent, set()
    while above is not None and above.pk not in seen:
        if above.pk == team.pk:
            raise ActionRefused(_("A team can't stand below itself."), "parent")
        seen.add(above.pk)
        above = above.parent
