"""Rules by which new leads are given out, as admins set them up."""

from typing import Any, ClassVar

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Rep
from pipeline.forms.picks import RecordsField
from pipeline.models import Channel, RoutingRule


class RoutingRuleForm(forms.ModelForm):
    reps = RecordsField(
        Rep.objects.none(),
        label=_("Reps"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("They get the leads in turn. Who has left is passed over."),
    )

    class Meta:
        model = RoutingRule
        fields = ("channel", "region", "reps")
        help_texts: ClassVar[dict[str, Any]] = {
            "region": _("As it is written on leads. Empty: every region."),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["channel"].queryset = Channel.objects.order_by("name", "pk")
        self.fields["channel"].empty_label = _("Every channel")
        chosen = Q(left_on=None)
        if self.instance.pk:
            chosen |= Q(pk__in=self.instance.reps.values("pk"))
        self.fields["reps"].queryset = Rep.objects.filter(chosen).order_by("name", "pk")

    def clean_region(self) -> str:
        return str(self.cleaned_data["region"]).strip()
