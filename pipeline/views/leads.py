from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import IntegerField, Q, QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views import View

from accounts import formats
from accounts.keyset import KeysetPage, Sort
from accounts.models import Account, Contact
from accounts.roles import Role
from accounts.views.listing import Column, Filter, ListPage
from accounts.working_hours import WorkingHours
from pipeline.actions.deletions import restorable
from pipeline.actions.leads import change_lead, create_lead, delete_lead, restore_lead
from pipeline.forms.leads import LeadForm, NewLeadForm
from pipeline.models import Channel, Deal, Lead
from pipeline.models.lead import RANK, LeadQuerySet
from pipeline.past import Moment
from pipeline.timeline import lead_timeline
from pipeline.views.deal_filters import reps_offered
from pipeline.views.duplicates import DuplicateCheck
from pipeline.views.moments import look_chip
from pipeline.views.saved_views import views_chip
from pipeline.views.writing import ActionButton, ActionPage, back_to, deleted, sent_version

OPEN = (Lead.Status.NEW, Lead.Status.CONTACTED, Lead.Status.QUALIFIED)


class LeadListView(ListPage):
    """The inbox of leads, as a table and as CSV. ``seen``: from when; None: from now."""

    seen: Moment | None = None
    template_name = "pipeline/lead_list.html"
    kind = "leads"
    sorts: ClassVar = {
        "score": (gettext_lazy("score, then age"), Sort("rank", down=True, id_down=False, kind=IntegerField())),
        "age": (gettext_lazy("longest waiting"), Sort("created_at")),
        "new": (gettext_lazy("newest"), Sort("created_at", down=True)),
        "name": (gettext_lazy("name"), Sort("name")),
    }
    columns: ClassVar = [
        Column("name", lambda lead: lead.name),
        Column("company", lambda lead: lead.company),
        Column("email", lambda lead: lead.email),
        Column("phone", lambda lead: lead.phone),
        Column("channel", lambda lead: lead.channel),
        Column("campaign", lambda lead: lead.campaign),
        Column("owner", lambda lead: lead.owner and lead.owner.key),
        Column("status", lambda lead: lead.status),
        Column("score", lambda lead: lead.score),
        Column("created_at", lambda lead: lead.created_at),
        Column("first_responded_at", lambda lead: lead.first_responded_at),
        Column("qualified_at", lambda lead: lead.qualified_at),
        Column("disqualified_at", lambda lead: lead.disqualified_at),
        Column("disqualified_reason", lambda lead: lead.disqualified_reason),
        Column("converted_at", lambda lead: lead.converted_at),
        Column("external_id", lambda lead: lead.external_id),
    ]

    def filters(self) -> list[Filter]:
        user = self.request.user
        everyone = _("Mine and the queue") if user.role == Role.REP else _("Everyone's")
        owners = [("", everyone), ("me", _("Mine")), ("queue", _("Unclaimed")), *reps_offered(user)]
        channels = Channel.objects.visible_to(user).order_by("name").values_list("pk", "name")
        statuses = [("", _("Open")), *Lead.Status.choices, ("all", _("Any"))]
        answers = [("", _("any")), ("waiting", _("Waiting")), ("answered", _("Answered"))]
        return [
            Filter("owner", _("Owner"), owners),
            Filter("status", _("Status"), statuses),
            Filter(
                "channel",
                _("Channel"),
                [("", _("any")), *((str(pk), name) for pk, name in channels), ("none", _("None"))],
            ),
            Filter("answer", _("First response"), answers),
            Filter("q", _("Name"), is_text=True),
        ]

    def visible(self) -> LeadQuerySet:
        return Lead.objects.visible_to(self.request.user)

    def rows(self, chosen: dict[str, str]) -> QuerySet[Lead]:
        rows = self.visible().annotate(rank=RANK)
        rows = rows.select_related("owner", "channel", "campaign")
        for name in chosen:
            rows = getattr(self, f"by_{name}")(rows, chosen[name])
        return rows

    def by_owner(self, rows: QuerySet[Lead], value: str) -> QuerySet[Lead]:
        if value == "me":
            return rows.filter(owner__user=self.request.user)
        if value == "queue":
            return rows.filter(owner=None)
        return rows.filter(owner=int(value)) if value else rows

    @staticmethod
    def by_status(rows: QuerySet[Lead], value: str) -> QuerySet[Lead]:
        if value == "all":
            return rows
        return rows.filter(status=value) if value else rows.filter(status__in=OPEN)

    @staticmethod
    def by_channel(rows: QuerySet[Lead], value: str) -> QuerySet[Lead]:
        if value == "none":
            return rows.filter(channel=None)
        return rows.filter(channel=int(value)) if value else rows

    @staticmethod
    def by_answer(rows: QuerySet[Lead], value: str) -> QuerySet[Lead]:
        return rows.filter(first_responded_at__isnull=value == "waiting") if value else rows

    @staticmethod
    def by_q(rows: QuerySet[Lead], value: str) -> QuerySet[Lead]:
        return rows.filter(Q(name__icontains=value) | Q(company__icontains=value)) if value else rows

    def page(self, found: KeysetPage[Lead], chosen: dict[str, str]) -> dict[str, Any]:
        user = self.request.user
        for lead in found.rows:
            lead.url = lead.get_absolute_url()
        may_write = user.role != Role.LEADER
        hours = WorkingHours.read()
        return {
            "may_write": may_write,
            "own_rep": getattr(user, "rep", None),
            "bulk_parts": self.list_parts(),
            "hours": hours,
            "goal": formats.minutes(hours.goal) if hours.goal else "",
        }

    def more_chips(self) -> list[dict[str, Any]]:
        return [views_chip(self.request, "leads"), look_chip(self.request, self.seen, parts=("as_of",))]

    def shown_text(self, total: int, *, is_all: bool) -> str:
        return ngettext("%s lead", "%s leads", total) % (formats.number(total) + ("" if is_all else "+"))


class LeadDetailView(View):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        user = request.user
        rows = Lead.objects.visible_to(user).select_related("owner", "team", "channel", "campaign")
        lead = get_object_or_404(rows, pk=pk)
        may_write = user.role != Role.LEADER
        context = {
            "lead": lead,
            "now": timezone.now(),
            "hours": WorkingHours.read(),
            "may_write": may_write,
            "may_claim": may_write and lead.owner_id is None and getattr(user, "rep", None) is not None,
            "may_assign": user.role in (Role.MANAGER, Role.ADMIN),
            "is_open": lead.status in OPEN,
            "linked": linked_records(lead, user),
            "list_url": reverse("pipeline:lead_list"),
            "chips": [look_chip(request, None, parts=("as_of",))],
            **lead_timeline(lead, user=user),
        }
        return render(request, "pipeline/lead_detail.html", context)


def linked_records(lead: Lead, user: object, *, query: str = "") -> list[tuple[str, Any, str]]:
    """What the lead became, as far as the user sees it: kind, record, address; a deal's ends with ``query``."""
    found = []
    for kind, model in (("account", Account), ("contact", Contact), ("deal", Deal)):
        pk = getattr(lead, f"{kind}_id")
        record = model.objects.visible_to(user).filter(pk=pk).first() if pk else None
        if record is not None:
            found.append((kind, record, record.get_absolute_url() + (query if kind == "deal" else "")))
    return found


class LeadCreateView(DuplicateCheck, ActionPage):
    template_name = "pipeline/lead_form.html"

    def page(self, form: Form) -> dict[str, Any]:
        return {
            **super().page(form),
            "title": _("New lead"),
            "verb": _("Save lead"),
            "cancel_url": reverse("pipeline:lead_list"),
            "draft": "lead-new",
            "duplicates_url": reverse("pipeline:duplicate_hint"),
        }

    def form(self, data: Any = None) -> Form:
        return NewLeadForm(data, user=self.request.user)

    def act(self, form: Form) -> Lead:
        return create_lead(by=self.request.user, now=timezone.now(), **form.cleaned_data)

    def done(self, result: Lead) -> HttpResponse:
        messages.success(self.request, _("Lead “%(name)s” saved.") % {"name": result})
        return redirect(result)


class LeadEditView(ActionPage):
    template_name = "pipeline/lead_form.html"

    def records(self) -> QuerySet[Lead]:
        return Lead.objects.visible_to(self.request.user)

    def page(self, form: Form) -> dict[str, Any]:
        title = _("Edit “%(name)s”") % {"name": self.record}
        return {"title": title, "verb": _("Save changes"), "cancel_url": self.record.get_absolute_url()}

    def form(self, data: Any = None) -> Form:
        return LeadForm(data, instance=self.record, user=self.request.user)

    def act(self, form: Form) -> Lead:
        return change_lead(lead=self.record, by=self.request.user, now=timezone.now(), **form.cleaned_data)


class LeadDeleteView(ActionButton):
    def records(self) -> QuerySet[Lead]:
        return Lead.objects.visible_to(self.request.user)

    def act(self, record: Lead) -> None:
        delete_lead(lead=record, by=self.request.user, now=timezone.now(), version=sent_version(self.request))

    def done(self, record: Lead, result: Any) -> HttpResponse:
        deleted(self.request, record, "pipeline:lead_restore")
        return redirect("pipeline:lead_list")


class LeadRestoreView(ActionButton):
    def records(self) -> QuerySet[Lead]:
        return restorable(Lead, by=self.request.user)

    def act(self, record: Lead) -> Lead:
        return restore_lead(lead=record, by=self.request.user, now=timezone.now())

    def done(self, record: Lead, result: Lead) -> HttpResponse:
        return back_to(self.request, default=record.get_absolute_url())
