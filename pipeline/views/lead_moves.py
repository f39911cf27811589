"""What happens to a lead: claimed, assigned, qualified, disqualified, taken up again, converted."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.errors import ActionRefused
from pipeline.actions.leads import (
    assign_lead,
    convert_lead,
    disqualify_lead,
    qualify_lead,
    reopen_lead,
)
from pipeline.candidates import account_candidates, contact_candidates
from pipeline.duplicates import Typed, find_duplicates
from pipeline.forms.leads import AssignForm, ConvertForm, DisqualifyForm
from pipeline.models import Deal, Lead
from pipeline.views.writing import ActionButton, ActionPage, back_to, sent_version


class LeadButton(ActionButton):
    def records(self) -> QuerySet[Lead]:
        return Lead.objects.visible_to(self.request.user).select_related("owner")


class LeadPage(ActionPage):
    template_name = "pipeline/form_page.html"

    def records(self) -> QuerySet[Lead]:
        return Lead.objects.visible_to(self.request.user).select_related("owner", "channel", "campaign")

    def page(self, form: Form) -> dict[str, Any]:
        return {"cancel_url": self.record.get_absolute_url()}


class LeadClaimView(LeadButton):
    def act(self, record: Lead) -> Lead:
        rep = getattr(self.request.user, "rep", None)
        if rep is None:
            raise ActionRefused(_("Only a rep can claim a lead. Assign it to one."), "owner")
        if record.owner_id == rep.pk:
            return record
        if record.owner_id:
            raise ActionRefused(_("%(name)s has claimed this lead.") % {"name": record.owner}, "owner")
        version = sent_version(self.request)
        return assign_lead(lead=record, owner=rep, by=self.request.user, now=timezone.now(), version=version)

    def done(self, record: Lead, result: Lead) -> HttpResponse:
        messages.success(self.request, _("“%(name)s” is yours.") % {"name": record})
        return back_to(self.request, default=record.get_absolute_url())


class LeadAssignView(LeadPage):
    def form(self, data: Any = None) -> Form:
        return AssignForm(data, user=self.request.user, lead=self.record)

    def act(self, form: Form) -> Lead:
        return assign_lead(lead=self.record, by=self.request.user, now=timezone.now(), **form.cleaned_data)

    def done(self, result: Lead) -> HttpResponse:
        messages.success(self.request, _("%(owner)s has the lead now.") % {"owner": result.owner})
        return redirect(result if self.records().filter(pk=result.pk).exists() else reverse("pipeline:lead_list"))

    def page(self, form: Form) -> dict[str, Any]:
        title = _("Assign “%(name)s”") % {"name": self.record}
        return {**super().page(form), "title": title, "verb": _("Assign"), "icon": "user-share"}


class LeadQualifyView(LeadButton):
    def act(self, record: Lead) -> Lead:
        version = sent_version(self.request)
        return qualify_lead(lead=record, by=self.request.user, now=timezone.now(), version=version)

    def done(self, record: Lead, result: Lead) -> HttpResponse:
        messages.success(self.request, _("“%(name)s” is qualified.") % {"name": record})
        return back_to(self.request, default=record.get_absolute_url())


class LeadDisqualifyView(LeadPage):
    def form(self, data: Any = None) -> Form:
        return DisqualifyForm(data, lead=self.record)

    def act(self, form: Form) -> Lead:
        values = {key: form.cleaned_data[key] for key in ("reason", "version")}
        return disqualify_lead(lead=self.record, by=self.request.user, now=timezone.now(), **values)

    def done(self, result: Lead) -> HttpResponse:
        undo = reverse("pipeline:lead_reopen", args=[result.pk])
        text = _("“%(name)s” is disqualified: %(reason)s.") % {"name": result, "reason": result.disqualified_reason}
        messages.success(self.request, text, extra_tags=f"undo:{undo}")
        return redirect(result)

    def page(self, form: Form) -> dict[str, Any]:
        title = _("Disqualify “%(name)s”") % {"name": self.record}
        return {**super().page(form), "title": title, "verb": _("Disqualify"), "icon": "circle-x"}


class LeadReopenView(LeadButton):
    def act(self, record: Lead) -> Lead:
        return reopen_lead(lead=record, by=self.request.user, now=timezone.now())


class LeadConvertView(LeadPage):
    template_name = "pipeline/lead_convert.html"

    def form(self, data: Any = None) -> Form:
        user = self.request.user
        return ConvertForm(
            data, user=user, lead=self.record,
            accounts=account_candidates(self.record, user=user), contacts=contact_candidates(self.record, user=user),
        )  # fmt: skip

    def act(self, form: Form) -> Deal:
        data = form.cleaned_data
        values = {
            key: data[key] for key in ("account", "contact", "deal_name", "amount", "expected_close_on", "version")
        }
        return convert_lead(
            lead=self.record, by=self.request.user, now=timezone.now(), stage=data["stage"], **values
        )  # fmt: skip

    def done(self, result: Deal) -> HttpResponse:
        if not Deal.objects.visible_to(self.request.user).filter(pk=result.pk).exists():
            messages.info(self.request, _("This lead is converted, and somebody else has the deal now."))
            return redirect(self.record)
        messages.success(self.request, _("“%(name)s” is open now.") % {"name": result})
        return redirect(result)

    def page(self, form: Form) -> dict[str, Any]:
        lead = self.record
        typed = Typed(company=lead.company or lead.name, email=lead.email)
        found = find_duplicates(typed, user=self.request.user, leave_out=lead)
        title = _("Convert “%(name)s”") % {"name": lead}
        verb = _("Convert lead")
        return {**super().page(form), "title": title, "verb": verb, "icon": "arrow-right", "is_hidden": found.hidden}
