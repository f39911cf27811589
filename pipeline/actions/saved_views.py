"""Writes of saved views: names for the filters and the sort of a page."""

import datetime
from urllib.parse import parse_qsl, urlencode

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.audit import write_audit
from accounts.errors import ActionRefused, NotAllowed
from accounts.models import Team, User
from accounts.models.team import managed_team_ids
from accounts.roles import Role
from pipeline.models import SavedView

NOT_KEPT = ("after", "before", "format", "view")
"""Parts of an address that name a place in a list or a view, not which list it is."""


@transaction.atomic
def save_view(
    *, by: User, now: datetime.datetime, page: str, name: str, query: str, team: Team | None = None,
    is_for_all: bool = False, view: SavedView | None = None,
) -> SavedView:  # fmt: skip
    """Keep the filters of a page under a name, or change ``view``. Raises ActionRefused for a name that the user has on
    that page, NotAllowed for sharing what he may not: a manager with his teams, an admin with every team and everyone.
    """
    if view is not None and not SavedView.objects.writable_by(by).filter(pk=view.pk).exists():
        raise NotAllowed(_("This view is somebody else's."))
    was = None if view is None else (view.team_id, view.is_for_all)
    shared = (team.pk if team else None, is_for_all)
    if shared not in (was, (None, False)):
        _check_may_share(by, team, is_for_all=is_for_all)
    view = view or SavedView(owner=by, page=page)
    same = SavedView.objects.filter(owner=view.owner, page=view.page, name=name).exclude(pk=view.pk)
    if same.exists():
        raise ActionRefused(_("There is a view of this name already. Pick another name."), "name")
    action = "change" if view.pk else "create"
    view.name, view.query, view.team, view.is_for_all = name, kept_query(query), team, is_for_all
    view.save()
    if shared != (None, False) or was not in (None, (None, False)):
        detail = {"page": view.page, "team": str(team or ""), "for_all": is_for_all}
        write_audit(action=action, subject=view, by=by, now=now, detail=detail)
    return view


def _check_may_share(by: User, team: Team | None, *, is_for_all: bool) -> None:
    may = by.role == Role.ADMIN or (
        by.role == Role.MANAGER and not is_for_all and team is not None and team.pk in managed_team_ids(by)
    )
    if not may:
        raise NotAllowed(_("A manager shares a view with a team of his, an admin with everyone."))


@transaction.atomic
def delete_view(*, view: SavedView, by: User, now: datetime.datetime) -> None:
    """Remove a view; nothing that it showed is touched."""
    if not SavedView.objects.writable_by(by).filter(pk=view.pk).exists():
        raise NotAllowed(_("This view is somebody else's."))
    if view.team_id or view.is_for_all:
        write_audit(action="delete", subject=view, by=by, now=now)
    view.delete()


@transaction.atomic
def switch_default(*, view: SavedView, by: User) -> bool:
    """Let the page open with this view for ``by``, or no longer; whether it does now."""
    was = view.default_of.filter(pk=by.pk).exists()
    SavedView.default_of.through.objects.filter(user=by, savedview__page=view.page).delete()
    if not was:
        view.default_of.add(by)
    return not was


def kept_query(query: str) -> str:
    """The filters and the sort of an address, without the place in its list. ActionRefused when it is too long."""
    text = urlencode([(key, value) for key, value in parse_qsl(query) if key not in NOT_KEPT])
    if len(text) > 1000:
        raise ActionRefused(_("These filters are too long to be kept."), "query")
    return text
