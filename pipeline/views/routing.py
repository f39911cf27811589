"""Rules by which new leads are given out: for admins."""

import datetime
from typing import Any

from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.views.form_pages import PressPage
from accounts.views.setting_pages import SettingDeletePage, SettingList, SettingPage
from pipeline.actions.routing import change_rule, create_rule, delete_rule, move_rule
from pipeline.forms.routing import RoutingRuleForm
from pipeline.models import Lead, RoutingRule
from pipeline.routing import Router, preview

HOME = "pipeline:routing_rule_list"
HOME_LABEL = gettext_lazy("Routing of leads")
LOOKED_AT = datetime.timedelta(days=30)


class RoutingRuleListView(SettingList):
    """The rules, whose turn it is, and what each would have given of the last 30 days' leads."""

    template_name = "pipeline/settings_routing.html"

    def context(self) -> dict[str, Any]:
        since = timezone.now() - LOOKED_AT
        leads = list(Lead.objects.live().filter(created_at__gte=since).order_by().values_list("channel", "region"))
        taken, rest = preview(leads)
        routes = Router.load().routes
        rows = [(route, taken.get(route.rule.pk, 0)) for route in routes]
        return {"rows": rows, "leads": len(leads), "rest": rest}


class RoutingRulePage(SettingPage):
    model = RoutingRule
    form_class = RoutingRuleForm
    home = HOME
    home_label = HOME_LABEL
    new_title = gettext_lazy("New rule")
    delete_name = "pipeline:routing_rule_delete"

    def create(self, form: Form) -> RoutingRule:
        return create_rule(by=self.request.user, now=timezone.now(), **self.values(form))

    def change(self, form: Form) -> RoutingRule:
        return change_rule(rule=self.record, by=self.request.user, now=timezone.now(), **self.values(form))

    def values(self, form: Form) -> dict[str, Any]:
        return {**form.cleaned_data, "reps": list(form.cleaned_data["reps"])}


class RoutingRuleMoveView(PressPage):
    """One place up or down, as the button's ``steps`` says."""

    def records(self) -> QuerySet[RoutingRule]:
        return RoutingRule.objects.visible_to(self.request.user)

    def act(self, record: RoutingRule) -> RoutingRule:
        steps = 1 if self.request.POST.get("steps") == "1" else -1
        return move_rule(rule=record, steps=steps, by=self.request.user, now=timezone.now())

    def back(self, record: RoutingRule) -> HttpResponse:
        return redirect(HOME)


class RoutingRuleDeleteView(SettingDeletePage):
    model = RoutingRule
    home = HOME
    home_label = HOME_LABEL

    def uses(self) -> list[str]:
        return []

    def act(self, form: Form) -> None:
        delete_rule(rule=self.record, by=self.request.user, now=timezone.now())
