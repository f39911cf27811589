import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views import View

from accounts import formats
from accounts.business_dates import business_date, day_start
from accounts.keyset import KeysetPage, Sort
from accounts.models import Company
from accounts.roles import Role
from accounts.views.listing import Column, Filter, ListPage
from accounts.working_days import WorkingCalendar
from pipeline.actions.activities import change_activity
from pipeline.forms.activities import ActivityForm
from pipeline.models import Activity
from pipeline.next_steps import due_of
from pipeline.past import Moment
from pipeline.timeline import name_subjects, with_subjects
from pipeline.views.deal_filters import reps_offered
from pipeline.views.moments import look_chip
from pipeline.views.saved_views import views_chip
from pipeline.views.writing import ActionPage


class ActivityListView(ListPage):
    """Next steps and what was done, as a list and as CSV. ``seen``: from when; None: from now."""

    seen: Moment | None = None
    template_name = "pipeline/activity_list.html"
    kind = "activities"
    columns: ClassVar = [
        Column("kind", lambda activity: activity.kind),
        Column("subject", lambda activity: activity.subject),
        Column("owner", lambda activity: activity.owner.key),
        *(Column(name, lambda activity, name=name: getattr(activity, name)) for name in (
            "due_at", "done_at", "duration_minutes", "direction", "outcome", "deal", "lead", "account", "contact",
            "body", "external_id",
        )),
    ]  # fmt: skip

    @property
    def sorts(self) -> dict[str, Any]:  # type: ignore[override]
        if self.request.GET.get("show") == "done":
            return {
                "done": (gettext_lazy("newest"), Sort("done_on", down=True, known=True)),
                "old": (gettext_lazy("oldest"), Sort("done_on", known=True)),
            }
        return {
            "due": (gettext_lazy("soonest"), Sort("due_at")),
            "far": (gettext_lazy("latest"), Sort("due_at", down=True)),
        }

    def filters(self) -> list[Filter]:
        user = self.request.user
        filters = [Filter("show", _("Show"), [("", _("Next steps")), ("done", _("Done"))], is_view=True)]
        if user.role != Role.REP:
            mine, everyone = ("me", _("Mine")), ("all", _("Everyone's"))
            first = mine if user.role == Role.MANAGER and getattr(user, "rep", None) else everyone
            rest = [everyone if first is mine else mine, *reps_offered(user)]
            filters.append(Filter("owner", _("Owner"), [first, *rest]))
        filters.append(Filter("kind", _("Kind"), [("", _("any")), *Activity.Kind.choices]))
        if self.request.GET.get("show") != "done":
            due = [("", _("any")), ("overdue", _("Overdue")), ("today", _("Today")), ("later", _("Later"))]
            filters.append(Filter("due", _("Due"), due))
        return filters

    def rows(self, chosen: dict[str, str]) -> QuerySet[Activity]:
        rows = with_subjects(Activity.objects.visible_to(self.request.user), user=self.request.user)
        owner = chosen.get("owner", "")
        if owner == "me":
            rows = rows.filter(owner=getattr(self.request.user, "rep", None))
        elif owner.isdecimal():
            rows = rows.filter(owner=int(owner))
        if chosen["kind"]:
            rows = rows.filter(kind=chosen["kind"])
        return self.done(rows) if chosen["show"] == "done" else self.planned(rows, chosen)

    def done(self, rows: QuerySet[Activity]) -> QuerySet[Activity]:
        return rows.filter(done_on__isnull=False)

    def planned(self, rows: QuerySet[Activity], chosen: dict[str, str]) -> QuerySet[Activity]:
        return self.by_due(rows.filter(done_at=None), chosen["due"])

    @staticmethod
    def by_due(rows: QuerySet[Activity], value: str) -> QuerySet[Activity]:
        if not value:
            return rows
        zone = Company.current().zone
        today = business_date(timezone.now(), zone)
        start, end = day_start(today, zone), day_start(today + datetime.timedelta(days=1), zone)
        match value:
            case "overdue":
                return rows.filter(due_at__lt=start)
            case "today":
                return rows.filter(due_at__gte=start, due_at__lt=end)
            case _:
                return rows.filter(due_at__gte=end)

    def page(self, found: KeysetPage[Activity], chosen: dict[str, str]) -> dict[str, Any]:
        company = Company.current_with_days_off()
        zone = company.zone
        today = business_date(timezone.now(), zone)
        name_subjects(found.rows)
        for activity in found.rows:
            activity.group = _group(activity, today, zone)
        is_done = chosen["show"] == "done"
        if is_done:  # pages go by days, so that the database reads few rows; on a page the time of day counts
            found.rows.sort(key=lambda activity: activity.done_at, reverse=self.sort_key == "done")
        calendar = WorkingCalendar.of(company)
        return {
            "may_write": self.request.user.role != Role.LEADER, "is_done": is_done, "zone": zone, "calendar": calendar
        }  # fmt: skip

    def more_chips(self) -> list[dict[str, Any]]:
        look = look_chip(self.request, self.seen, parts=("as_of",), but=("due",))
        return [views_chip(self.request, "activities"), look]

    def shown_text(self, total: int, *, is_all: bool) -> str:
        figure = formats.number(total) + ("" if is_all else "+")
        if self.request.GET.get("show") == "done":
            return ngettext("%s activity", "%s activities", total) % figure
        return ngettext("%s next step", "%s next steps", total) % figure


def _group(activity: Activity, today: datetime.date, zone: ZoneInfo) -> str:
    day = business_date(activity.due_at, zone) if activity.due_at else today
    if day < today:
        return _("Overdue")
    return _("Due today") if day == today else _("Later")


class ActivityDetailView(View):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = with_subjects(Activity.objects.visible_to(request.user), user=request.user)
        activity = get_object_or_404(rows, pk=pk)
        name_subjects([activity])
        company = Company.current_with_days_off()
        zone = company.zone
        context = {
            "activity": activity,
            "due": due_of(activity.due_at, zone) if activity.due_at else None,
            "now": timezone.now(),
            "zone": zone,
            "calendar": WorkingCalendar.of(company),
            "may_write": request.user.role != Role.LEADER,
            "chips": [look_chip(request, None, parts=("as_of",))],
        }
        return render(request, "pipeline/activity_detail.html", context)


class ActivityEditView(ActionPage):
    template_name = "pipeline/activity_form.html"

    def page(self, form: Form) -> dict[str, Any]:
        title = _("Edit “%(name)s”") % {"name": self.record}
        return {"title": title, "verb": _("Save changes"), "cancel_url": self.record.get_absolute_url()}

    def records(self) -> QuerySet[Activity]:
        return Activity.objects.visible_to(self.request.user)

    def form(self, data: Any = None) -> Form:
        return ActivityForm(data, instance=self.record)

    def act(self, form: Form) -> Activity:
        return change_activity(activity=self.record, by=self.request.user, now=timezone.now(), **form.cleaned_data)
