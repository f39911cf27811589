"""The tree of teams: for admins."""

from typing import Any

from django.db.models import Count, Q
from django.forms import Form
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.actions.teams import change_team, create_team, delete_team, team_uses
from accounts.forms.teams import TeamForm
from accounts.models import Team
from accounts.views.setting_pages import SettingDeletePage, SettingList, SettingPage


class TeamListView(SettingList):
    template_name = "accounts/team_list.html"

    def context(self) -> dict[str, Any]:
        rows = Team.objects.select_related("manager", "parent").annotate(
            members=Count("reps", filter=Q(reps__left_on=None)),
        )
        return {"teams": in_order(list(rows.order_by("name", "pk")))}


class TeamPage(SettingPage):
    model = Team
    form_class = TeamForm
    home = "accounts:team_list"
    home_label = gettext_lazy("Teams")
    new_title = gettext_lazy("New team")
    delete_name = "accounts:team_delete"

    def create(self, form: Form) -> Team:
        return create_team(by=self.request.user, now=timezone.now(), **form.cleaned_data)

    def change(self, form: Form) -> Team:
        return change_team(team=self.record, by=self.request.user, now=timezone.now(), **form.cleaned_data)


class TeamDeleteView(SettingDeletePage):
    model = Team
    home = "accounts:team_list"
    home_label = gettext_lazy("Teams")

    def uses(self) -> list[str]:
        return team_uses(self.record)

    def act(self, form: Form) -> None:
        delete_team(team=self.record, by=self.request.user, now=timezone.now())


def in_order(teams: list[Team]) -> list[Team]:
    """The tree from the top, each team before those below it, with its ``depth``; every team once."""
    below: dict[int | None, list[Team]] = {}
    known = {team.pk for team in teams}
    for team in teams:
        below.setdefault(team.parent_id if team.parent_id in known else None, []).append(team)
    found: list[Team] = []
    waiting = [(team, 0) for team in reversed(below.get(None, []))]
    while waiting:
        team, team.depth = waiting.pop()
        found.append(team)
        waiting += [(child, team.depth + 1) for child in reversed(below.get(team.pk, []))]
    return found
