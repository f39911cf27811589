"""Which figure stands first on whose pages, as an admin sets it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from accounts.roles import Role
from metrics.forms.goals import metric_choices
from metrics.models import PinnedKpi


class PinForm(forms.Form):
    """A new pin; of one that is there only who reviews it, and how often."""

    metric = forms.ChoiceField(label=_("Metric"), choices=metric_choices)
    role = forms.ChoiceField(
        label=_("For the role"), required=False, choices=[("", _("none")), *Role.choices],
        help_text=_("First on the pages of figures of everybody with this role."),
    )  # fmt: skip
    team = forms.ModelChoiceField(
        Team.objects.none(), label=_("Or for the team"), required=False, empty_label=_("none"),
        help_text=_("First on this team’s page, in place of the role’s."),
    )  # fmt: skip
    owner = forms.ModelChoiceField(
        User.objects.none(), label=_("Owner"), required=False, empty_label=_("Nobody"),
        help_text=_("Who answers for it and reviews it."),
    )  # fmt: skip
    cadence = forms.ChoiceField(
        label=_("Reviewed"), choices=PinnedKpi.Cadence.choices, initial=PinnedKpi.Cadence.MONTHLY
    )

    def __init__(self, data: Any = None, instance: PinnedKpi | None = None) -> None:
        initial = {"metric": "won_revenue"}
        if instance is not None:
            initial = {"owner": instance.owner, "cadence": instance.cadence}
        super().__init__(data, initial=initial)
        self.fields["owner"].queryset = User.objects.filter(is_active=True).order_by("name", "pk")
        self.fields["team"].queryset = Team.objects.order_by("name")
        if instance is not None:
            for name in ("metric", "role", "team"):
                del self.fields[name]
