"""Sellers and who was in which team when: for admins."""

import datetime
from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import formats
from accounts.business_dates import business_date
from accounts.keyset import KeysetPage, Sort
from accounts.models import Company, Rep, Team
from accounts.views.form_pages import FormPage, PressPage
from accounts.views.listing import Column, Filter, ListPage
from accounts.views.setting_pages import SettingPage, crumbs
from pipeline.actions.memberships import change_seller, hire_rep, move_rep, take_back_move
from pipeline.forms.reps import RepForm, TeamChangeForm

HOME = "pipeline:rep_list"
HOME_LABEL = gettext_lazy("Reps")


class RepListView(ListPage):
    template_name = "pipeline/settings_reps.html"
    kind = "reps"
    sorts: ClassVar = {
        "name": (gettext_lazy("name"), Sort("name")),
        "hired": (gettext_lazy("newest hire"), Sort("hired_on", down=True)),
        "left": (gettext_lazy("latest leaver"), Sort("left_on", down=True)),
    }
    columns: ClassVar = [
        *(Column(name, lambda rep, name=name: getattr(rep, name)) for name in (
            "name", "email", "external_id", "team", "user", "hired_on", "left_on", "ramp_months", "counts_as_capacity",
        )),
    ]  # fmt: skip

    def filters(self) -> list[Filter]:
        teams = [(str(team.pk), team.name) for team in Team.objects.order_by("name")]
        return [
            Filter("q", _("Name or e-mail"), is_text=True),
            Filter("team", _("Team"), [("", _("any")), ("none", _("No team")), *teams]),
            Filter("at", _("At work"), [("", _("any")), ("now", _("Now")), ("left", _("Left"))]),
        ]

    def rows(self, chosen: dict[str, str]) -> QuerySet[Rep]:
        rows = Rep.objects.visible_to(self.request.user).select_related("team", "user")
        if chosen["q"]:
            rows = rows.filter(Q(name__icontains=chosen["q"]) | Q(email__icontains=chosen["q"]))
        if chosen["team"]:
            rows = rows.filter(team=None if chosen["team"] == "none" else chosen["team"])
        if chosen["at"]:
            rows = rows.filter(left_on__isnull=chosen["at"] == "now")
        return rows

    def page(self, found: KeysetPage[Rep], chosen: dict[str, str]) -> dict[str, Any]:
        return {"crumbs": crumbs()}

    def shown_text(self, total: int, *, is_all: bool) -> str:
        return ngettext("%s rep", "%s reps", total) % (formats.number(total) + ("" if is_all else "+"))


class RepPage(SettingPage):
    template_name = "pipeline/settings_rep.html"
    model = Rep
    form_class = RepForm
    home = HOME
    home_label = HOME_LABEL
    new_title = gettext_lazy("New rep")

    def create(self, form: Form) -> Rep:
        return hire_rep(by=self.request.user, now=timezone.now(), **form.cleaned_data)

    def change(self, form: Form) -> Rep:
        return change_seller(rep=self.record, by=self.request.user, now=timezone.now(), **form.cleaned_data)

    def page(self, form: Form) -> dict[str, Any]:
        memberships = self.record.memberships.select_related("team").order_by("-starts_on") if self.record else []
        return {**super().page(form), "memberships": memberships}


class RepTeamPage(FormPage):
    """Who was in which team when, and a change of team from a day on."""

    template_name = "pipeline/settings_rep_team.html"

    def records(self) -> QuerySet[Rep]:
        return Rep.objects.visible_to(self.request.user)

    def form(self, data: Any = None) -> Form:
        today = business_date(timezone.now(), Company.current().zone)
        return TeamChangeForm(data, initial={"team": self.record.team_id, "day": today})

    def act(self, form: Form) -> Rep:
        return move_rep(rep=self.record, by=self.request.user, now=timezone.now(), **form.cleaned_data)

    def page(self, form: Form) -> dict[str, Any]:
        rep_url = reverse("pipeline:rep_edit", args=[self.record.pk])
        return {
            "title": _("Teams of %(rep)s") % {"rep": self.record},
            "verb": _("Change team"),
            "crumbs": crumbs((HOME_LABEL, reverse(HOME)), (self.record.name, rep_url)),
            "cancel_url": rep_url,
            "memberships": self.record.memberships.select_related("team").order_by("-starts_on"),
        }

    def done(self, result: Rep) -> HttpResponse:
        team = result.team or _("no team")
        messages.success(self.request, _("%(rep)s is in %(team)s today.") % {"rep": result, "team": team})
        return redirect("pipeline:rep_team", pk=result.pk)


class RepTeamTakeBackView(PressPage):
    """Takes a change of team back; the button names its first day, empty: from the beginning."""

    def records(self) -> QuerySet[Rep]:
        return Rep.objects.visible_to(self.request.user)

    def act(self, record: Rep) -> Rep:
        text = self.request.POST.get("day", "")
        try:
            day = datetime.date.fromisoformat(text) if text else None
        except ValueError as error:
            raise Http404 from error
        return take_back_move(rep=record, day=day, by=self.request.user, now=timezone.now())

    def done(self, record: Rep, result: Rep) -> HttpResponse:
        messages.success(self.request, _("Taken back: what was before goes on."))
        return self.back(record)

    def back(self, record: Rep) -> HttpResponse:
        return redirect("pipeline:rep_team", pk=record.pk)
