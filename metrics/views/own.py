"""Whose day and numbers a page is about: the reader's own rep, or for a manager one of the team."""

from typing import Any

from django.http import Http404, HttpRequest

from accounts.models import Rep
from accounts.roles import Role


def own_rep(user: Any) -> Rep | None:
    """The rep that the user is; None for who does not sell."""
    return Rep.objects.filter(user=user).select_related("team").first()


def asked_rep(request: HttpRequest) -> Rep | None:
    """The rep that a manager asks for by ``rep``, else the reader's own; Http404 for one out of sight."""
    asked = request.GET.get("rep", "")
    if not asked or request.user.role != Role.MANAGER:
        return own_rep(request.user)
    pk = int(asked) if asked.isdecimal() and len(asked) < 19 else 0
    rep = Rep.objects.visible_to(request.user).select_related("team").filter(pk=pk).first()
    if rep is None:
        raise Http404
    return rep


def team_reps(user: Any) -> list[Rep]:
    """The reps whose day a manager may look at: those of the managed teams who have not left."""
    if user.role != Role.MANAGER:
        return []
    return list(Rep.objects.visible_to(user).filter(left_on=None).select_related("team").order_by("name", "pk"))
