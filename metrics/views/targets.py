"""Targets as a list, with what each was before: for admins."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views import View

from accounts import formats
from accounts.keyset import KeysetPage, Sort
from accounts.models import Company, Rep, Team
from accounts.views.listing import Column, Filter
from accounts.views.setting_pages import SettingDeletePage, SettingPage, crumbs
from metrics.actions.targets import remove_target, set_target
from metrics.forms.goals import TargetForm
from metrics.goals.words import goal_period, goal_text, metric_name
from metrics.known import known_metrics
from metrics.models import Target
from metrics.views.setting_lists import Cells, FactList, Head

HOME = "metrics:target_list"
HOME_LABEL = gettext_lazy("Targets")


class TargetListView(FactList):
    kind = "targets"
    title = HOME_LABEL
    lede = gettext_lazy("What holds now. A change keeps the old value, who set it and when; open a target to see them.")
    heads = (
        Head(gettext_lazy("Metric")),
        Head(gettext_lazy("Whose")),
        Head(gettext_lazy("Period")),
        Head(gettext_lazy("Only for")),
        Head(gettext_lazy("Target"), is_num=True),
    )
    create_name, edit_name = "metrics:target_create", "metrics:target_history"
    new_label = gettext_lazy("New target")
    icon = "target"
    rows_are_pages = True
    empty_title = gettext_lazy("No targets yet")
    empty_text = gettext_lazy("Set one for the company, a team or a rep; pages then show how far it is reached.")
    sorts: ClassVar = {
        "new": (gettext_lazy("latest period"), Sort("starts_on", down=True)),
        "old": (gettext_lazy("earliest period"), Sort("starts_on")),
        "changed": (gettext_lazy("last changed"), Sort("recorded_at", down=True)),
    }
    columns: ClassVar = [
        Column("metric", lambda row: row.metric),
        Column("scope", lambda row: row.scope_key),
        Column("period", lambda row: row.period),
        Column("value", lambda row: row.value),
        Column("product", lambda row: row.member if row.dimension == "product" else ""),
        Column("channel", lambda row: row.member if row.dimension == "channel" else ""),
    ]

    def filters(self) -> list[Filter]:
        known = known_metrics()
        metrics = Target.objects.known_on(None).order_by("metric").values_list("metric", flat=True).distinct()
        teams = Team.objects.filter(targets__isnull=False).order_by("name").distinct().values_list("pk", "name")
        reps = Rep.objects.filter(targets__isnull=False).order_by("name").distinct().values_list("pk", "name")
        return [
            Filter("metric", _("Metric"), [("", _("any")), *((slug, metric_name(slug, known)) for slug in metrics)]),
            Filter("scope", _("Whose"), [("", _("any")), *Target.ScopeKind.choices]),
            Filter("team", _("Team"), [("", _("any")), *((str(pk), name) for pk, name in teams)]),
            Filter("rep", _("Rep"), [("", _("any")), *((str(pk), name) for pk, name in reps)]),
            Filter("period", _("Period"), is_text=True),
        ]

    def rows(self, chosen: dict[str, str]) -> QuerySet[Target]:
        rows = Target.objects.visible_to(self.request.user).known_on(None).select_related("team", "rep")
        named = {name: chosen[name] for name in ("metric", "team", "rep") if chosen[name]}
        if chosen["scope"]:
            named["scope_kind"] = chosen["scope"]
        if chosen["period"]:
            named["period__iexact"] = chosen["period"]
        return rows.filter(**named)

    def page(self, found: KeysetPage[Any], chosen: dict[str, str]) -> dict[str, Any]:
        self.company, self.known = Company.current(), known_metrics()
        return super().page(found, chosen) | {"grid_url": reverse("metrics:target_grid")}

    def cells(self, row: Target) -> Cells:
        whose = row.scope_name or str(_("Company"))
        value = goal_text(row.metric, row.value, self.company.base_currency, self.known)
        period = goal_period(row, self.company)
        return Cells(metric_name(row.metric, self.known), [whose, period, row.member, value])

    def shown_text(self, total: int, *, is_all: bool) -> str:
        return ngettext("%s target", "%s targets", total) % (formats.number(total) + ("" if is_all else "+"))


def same_targets(target: Target) -> QuerySet[Target]:
    """Every row about what the target is about, the newest first."""
    rows = Target.objects.filter(
        metric=target.metric, scope_kind=target.scope_kind, scope_id=target.scope_id, starts_on=target.starts_on,
        ends_on=target.ends_on, dimension=target.dimension, member=target.member,
    )  # fmt: skip
    return rows.select_related("recorded_by", "superseded_by").order_by("-recorded_at", "-pk")


class TargetHistoryView(View):
    """One target: what holds now, and every value before with who set it and when."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = Target.objects.visible_to(request.user).select_related("team", "rep")
        target = get_object_or_404(rows, pk=pk)
        company, known = Company.current(), known_metrics()
        past = [
            {
                "text": goal_text(row.metric, row.value, company.base_currency, known),
                "row": row,
                "holds": row.superseded_at is None,
            }
            for row in same_targets(target)
        ]
        holds = next((one["row"] for one in past if one["holds"]), None)
        context = {
            "target": target,
            "name": metric_name(target.metric, known),
            "period": goal_period(target, company),
            "whose": target.scope_name or _("Company"),
            "past": past,
            "holds": holds,
            "crumbs": crumbs((HOME_LABEL, reverse(HOME))),
        }
        return render(request, "metrics/target_history.html", context)


class TargetPage(SettingPage):
    model = Target
    form_class = TargetForm  # type: ignore[assignment]
    home, home_label = HOME, HOME_LABEL
    new_title = gettext_lazy("New target")
    delete_name = "metrics:target_delete"

    def records(self) -> Any:
        if "pk" not in self.kwargs:
            return None
        rows = Target.objects.visible_to(self.request.user).known_on(None)
        return rows.select_related("team", "rep")

    def create(self, form: Any) -> Target:
        return set_target(goal=form.goal(), by=self.request.user, now=timezone.now())

    change = create

    def page(self, form: Form) -> dict[str, Any]:
        context = super().page(form)
        if self.record:
            whose = self.record.scope_name or _("Company")
            period = goal_period(self.record, Company.current())
            context["title"] = f"{metric_name(self.record.metric)}, {whose}, {period}"
        return context


class TargetDeleteView(SettingDeletePage):
    model = Target
    home, home_label = HOME, HOME_LABEL

    def records(self) -> Any:
        return Target.objects.visible_to(self.request.user).known_on(None).select_related("team", "rep")

    def act(self, form: Form) -> None:
        remove_target(target=self.record, by=self.request.user, now=timezone.now())
