from typing import Any, ClassVar

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from accounts.models.team import team_and_descendants
from accounts.roles import Role


class TeamForm(forms.ModelForm):
    class Meta:
        model = Team
        fields = ("name", "parent", "manager")
        help_texts: ClassVar[dict[str, Any]] = {
            "parent": _("Its figures hold this team's too."),
            "manager": _("Sees and changes the records of this team and of the teams below it."),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        team = self.instance
        parents = Team.objects.order_by("name")
        self.fields["parent"].queryset = parents.exclude(pk__in=team_and_descendants(team.pk)) if team.pk else parents
        self.fields["parent"].empty_label = _("None: a team at the top")
        managers = User.objects.filter(Q(is_active=True, role=Role.MANAGER) | Q(pk=team.manager_id))
        self.fields["manager"].queryset = managers.order_by("name", "pk")
        self.fields["manager"].empty_label = _("Nobody")
