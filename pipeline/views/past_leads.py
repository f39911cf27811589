"""The list and the page of leads as they were on an earlier day."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from accounts.keyset import KeysetPage
from accounts.working_hours import WorkingHours
from pipeline.models import Lead
from pipeline.models.lead import LeadQuerySet
from pipeline.past import Moment
from pipeline.past_leads import lead_then, leads_at
from pipeline.timeline import lead_timeline
from pipeline.views.leads import OPEN, LeadListView, linked_records
from pipeline.views.listing import Column, Filter, FilterRefused
from pipeline.views.moments import PastPage, look_chip, past_banner


class PastLeads(PastPage):
    """What the pages of leads that look at the past share."""

    def said(self, moment: Moment) -> dict[str, Any]:
        """The banner, which says what nobody knows any more, and what goes with it."""
        note = _(
            "Status, dates and whether a lead was unclaimed are those of that day. Owner, name, score and channel are "
            "today’s: leads keep no history of them, nor of a disqualification that was taken back."
        )
        return {"may_write": False, "now": moment.now, "banner": past_banner(self.request, moment, note)}


class PastLeadListView(PastLeads, LeadListView):
    """The list of leads as of a day, with the same columns in its file."""

    @property
    def columns(self) -> list[Column]:  # type: ignore[override]
        return [
            Column(column.header, lambda lead, read=column.read: read(lead_then(lead, self.past)))
            for column in LeadListView.columns
        ]

    def filters(self) -> list[Filter]:
        self.past = self.seen = self.moment()
        return super().filters()

    def visible(self) -> LeadQuerySet:
        return leads_at(self.past, super().visible())

    def by_owner(self, rows: QuerySet[Lead], value: str) -> QuerySet[Lead]:
        if value == "queue":
            return rows.filter(had_owner=False)
        return super().by_owner(rows.filter(had_owner=True), value) if value else rows

    @staticmethod
    def by_status(rows: QuerySet[Lead], value: str) -> QuerySet[Lead]:
        if value == "all":
            return rows
        return rows.filter(status_then=value) if value else rows.filter(status_then__in=OPEN)

    def by_answer(self, rows: QuerySet[Lead], value: str) -> QuerySet[Lead]:  # type: ignore[override]
        waited = Q(first_responded_at=None) | Q(first_responded_at__gte=self.past.end)
        return rows.filter(waited if value == "waiting" else ~waited) if value else rows

    def page(self, found: KeysetPage[Lead], chosen: dict[str, str]) -> dict[str, Any]:
        context = super().page(found, chosen)
        for lead in found.rows:
            lead_then(lead, self.past).url = f"{lead.get_absolute_url()}?{urlencode(self.past.parts())}"  # type: ignore[attr-defined]
        return {**context, **self.said(self.past)}


class PastLeadView(PastLeads, View):
    """The page of a lead as it was on a day."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        user = request.user
        rows = Lead.objects.visible_to(user).select_related("owner", "team", "channel", "campaign")
        lead = get_object_or_404(rows, pk=pk)
        try:
            moment = self.moment()
        except FilterRefused as refusal:
            return self.refused_day(refusal)
        query = f"?{urlencode(moment.parts())}"
        chips = [look_chip(request, moment, parts=("as_of",))]
        context = {**self.said(moment), "chips": chips, "past_query": query}
        found = leads_at(moment, rows).filter(pk=pk).first()
        if found is None:
            text = _("The lead had not come in yet.")
            return render(
                request,
                "pipeline/record_absent.html",
                {"title": lead.name, "icon": "user-plus", "text": text, **context},
            )
        lead = lead_then(found, moment)
        context |= {
            "lead": lead,
            "is_open": lead.status in OPEN,
            "hours": WorkingHours.of(moment.company),
            "linked": linked_records(lead, user, query=query),
            "list_url": reverse("pipeline:lead_list") + query,
            **lead_timeline(lead, user=user, moment=moment),
        }
        return render(request, "pipeline/lead_detail.html", context)
