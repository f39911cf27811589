from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from accounts.models.team import managed_team_ids
from accounts.roles import Role
from pipeline.models import SavedView

MINE, EVERYONE = "", "all"


class SavedViewForm(forms.Form):
    """The name of a view, and for whom it is."""

    name = forms.CharField(label=_("Name"), max_length=80)
    query = forms.CharField(widget=forms.HiddenInput, required=False, max_length=2000)
    shared = forms.ChoiceField(label=_("For"), required=False)

    def __init__(self, *args: Any, user: User, view: SavedView | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        teams = Team.objects.order_by("name")
        if user.role == Role.MANAGER:
            teams = teams.filter(pk__in=managed_team_ids(user))
        elif user.role != Role.ADMIN:
            teams = teams.none()
        self.teams = {str(team.pk): team for team in teams}
        if view and view.team_id:
            self.teams.setdefault(str(view.team_id), view.team)
        choices = [(MINE, _("Me")), *((pk, team.name) for pk, team in self.teams.items())]
        if user.role == Role.ADMIN or (view and view.is_for_all):
            choices.append((EVERYONE, _("Everyone")))
        self.fields["shared"].choices = choices
        if len(choices) == 1:
            del self.fields["shared"]

    def values(self) -> dict[str, Any]:
        """What ``save_view`` takes."""
        shared = self.cleaned_data.get("shared", MINE)
        return {
            "name": self.cleaned_data["name"],
            "query": self.cleaned_data["query"],
            "team": self.teams.get(shared),
            "is_for_all": shared == EVERYONE,
        }
