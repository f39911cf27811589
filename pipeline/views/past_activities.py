"""The list and the page of activities as they were on an earlier day."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views import View

from accounts.keyset import KeysetPage
from pipeline.models import Activity, Deal, Lead
from pipeline.next_steps import due_of
from pipeline.past import Moment
from pipeline.past_activities import activities_at, activity_then, done_by, planned_at
from pipeline.timeline import name_subjects, with_subjects
from pipeline.views.activities import ActivityListView
from pipeline.views.listing import Column, Filter, FilterRefused
from pipeline.views.moments import PastPage, look_chip, past_banner


class PastActivities(PastPage):
    """What the pages of activities that look at the past share."""

    def said(self, moment: Moment) -> dict[str, Any]:
        """The banner, which says what nobody knows any more, and what goes with it."""
        note = _(
            "A next step is shown from the day on which it was noted, until it was done. Its due day, words and owner "
            "are today’s: activities keep no history of them."
        )
        return {
            "may_write": False,
            "now": moment.now,
            "zone": moment.company.zone,
            "past_query": f"?{urlencode(moment.parts())}",
            "banner": past_banner(self.request, moment, note),
        }


def link_subjects(activities: list[Activity], moment: Moment) -> None:
    """Say of each activity where the page of its record on that day is; accounts and contacts have only today's."""
    name_subjects(activities)
    query = f"?{urlencode(moment.parts())}"
    for activity in activities:
        activity.about_query = query if isinstance(activity.about, Deal | Lead) else ""  # type: ignore[attr-defined]


class PastActivityListView(PastActivities, ActivityListView):
    """The list of activities as of a day, with the same columns in its file."""

    @property
    def columns(self) -> list[Column]:  # type: ignore[override]
        return [
            Column(column.header, lambda activity, read=column.read: read(activity_then(activity, self.past)))
            for column in ActivityListView.columns
        ]

    def filters(self) -> list[Filter]:
        """By the day due nothing can be asked: it keeps no history."""
        self.past = self.seen = self.moment()
        if self.request.GET.get("due"):
            raise FilterRefused(_("due: due days keep no history; possible only without as_of."))
        return [one for one in super().filters() if one.name != "due"]

    def done(self, rows: QuerySet[Activity]) -> QuerySet[Activity]:
        return done_by(self.past, rows)

    def planned(self, rows: QuerySet[Activity], chosen: dict[str, str]) -> QuerySet[Activity]:
        return planned_at(self.past, rows)

    def page(self, found: KeysetPage[Activity], chosen: dict[str, str]) -> dict[str, Any]:
        context = super().page(found, chosen)
        link_subjects(found.rows, self.past)
        for activity in found.rows:
            activity_then(activity, self.past).group = _("Planned then")  # type: ignore[attr-defined]
        return {**context, **self.said(self.past)}


class PastActivityView(PastActivities, View):
    """The page of an activity as it was on a day."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = with_subjects(Activity.objects.visible_to(request.user), user=request.user)
        activity = get_object_or_404(rows, pk=pk)
        try:
            moment = self.moment()
        except FilterRefused as refusal:
            return self.refused_day(refusal)
        context = {**self.said(moment), "chips": [look_chip(request, moment, parts=("as_of",))]}
        if not activities_at(moment, rows).filter(pk=pk).exists():
            text = _("It was neither done nor planned by then.")
            return render(
                request,
                "pipeline/record_absent.html",
                {"title": str(activity), "icon": "checklist", "text": text, **context},
            )
        link_subjects([activity], moment)
        zone = moment.company.zone
        due = due_of(activity.due_at, zone) if activity.due_at else None
        context |= {"activity": activity_then(activity, moment), "due": due}
        return render(request, "pipeline/activity_detail.html", context)
