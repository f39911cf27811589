"""The quick log: what was done, or what to do next, about the record that the address names."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import formats
from accounts.business_dates import business_date
from accounts.models import Account, Company, Contact
from pipeline.actions.activities import log_activity
from pipeline.forms.activities import DONE_KINDS, RECORDS, AboutForm, LogForm, PlanForm
from pipeline.models import Activity, Deal, Lead
from pipeline.views.activity_moves import undo_tag, with_next
from pipeline.views.writing import ActionPage, back_to

_RECENT_DEALS, _RECENT_LEADS, _PEOPLE = 12, 8, 30


class QuickPage(ActionPage):
    """What both pages share: the record of the page it was opened from, and the way back there."""

    form_class: type[AboutForm]

    def form(self, data: Any = None) -> AboutForm:
        zone = Company.current().zone
        self.zone, self.today = zone, business_date(timezone.now(), zone)
        self.about = self.named(data)
        self.typed = self.form_class(
            data, user=self.request.user, zone=zone, today=self.today, about=self.about,
            recent=None if self.about else self.recent(), people=self.people(), **self.extra(),
        )  # fmt: skip
        return self.typed

    def extra(self) -> dict[str, Any]:
        return {}

    def named(self, data: Any) -> dict[str, Any]:
        """The records in the address, or in what was sent; one out of sight does not exist."""
        found = {}
        for kind, model in RECORDS.items():
            asked = (data or self.request.GET).get(kind, "")
            rows = model.objects.visible_to(self.request.user)
            if data is not None:
                found[kind] = rows.filter(pk=_number(asked)).first() if asked else None
            elif asked:
                found[kind] = get_object_or_404(rows, pk=_number(asked))
        return {kind: record for kind, record in found.items() if record is not None}

    def recent(self) -> list[tuple[str, str]]:
        """The deals and leads that changed last, to choose from where no record is named."""
        user = self.request.user
        deals = Deal.objects.visible_to(user).open().select_related("account").order_by("-updated_at", "-pk")
        leads = Lead.objects.visible_to(user).exclude(owner=None).order_by("-created_at", "-pk")
        leads = leads.filter(status__in=(Lead.Status.NEW, Lead.Status.CONTACTED, Lead.Status.QUALIFIED))
        found = [
            (f"deal:{deal.pk}", " · ".join(filter(None, [deal.name, str(deal.account or "")])))
            for deal in deals[:_RECENT_DEALS]
        ]
        return [*found, *((f"lead:{lead.pk}", str(lead)) for lead in leads[:_RECENT_LEADS])]

    def people(self) -> list[Contact]:
        """The contacts of the account that it is about."""
        account = self.about.get("account") or getattr(self.about.get("deal"), "account", None)
        if not isinstance(account, Account) or "contact" in self.about:
            return []
        rows = Contact.objects.visible_to(self.request.user).filter(account=account)
        return list(rows.order_by("name", "pk")[:_PEOPLE])

    def page(self, form: Form) -> dict[str, Any]:
        record = next((self.about[kind] for kind in RECORDS if kind in self.about), None)
        kind = record._meta.model_name if record else ""
        return {
            "about": record,
            "about_kind": kind,
            "about_account": getattr(record, "account", None) if kind in {"deal", "contact"} else None,
            "draft": f"-{kind}-{record.pk}" if record else "",
            "today": self.today,
        }

    def record_url(self) -> str:
        record = next((self.about[kind] for kind in RECORDS if kind in self.about), None)
        return record.get_absolute_url() if record else reverse("pipeline:activity_list")


class ActivityLogView(QuickPage):
    template_name = "pipeline/activity_log.html"
    form_class = LogForm

    def extra(self) -> dict[str, Any]:
        asked = self.request.GET.get("kind", "")
        return {"last_kind": asked if asked in DONE_KINDS else self.last_kind()}

    def last_kind(self) -> str:
        """The kind that the user logged last."""
        done = (
            Activity.objects.visible_to(self.request.user).filter(owner__user=self.request.user).exclude(done_at=None)
        )
        return done.order_by("-logged_at", "-pk").values_list("kind", flat=True).first() or ""

    def act(self, form: Form) -> Activity:
        now = timezone.now()
        self.values = self.typed.values(now)
        return log_activity(by=self.request.user, now=now, **self.values)

    def done(self, result: Activity) -> HttpResponse:
        undo = undo_tag(result, user=self.request.user, next_step=self.values["next_step"])
        parts = [result.get_kind_display(), result.get_outcome_display() if result.outcome else ""]
        what = " · ".join(str(part) for part in parts if part)
        text = with_next(_("%(what)s logged.") % {"what": what}, self.values["next_step"])
        messages.success(self.request, text, extra_tags=undo)
        return back_to(self.request, default=self.record_url())


class ActivityPlanView(QuickPage):
    template_name = "pipeline/activity_plan.html"
    form_class = PlanForm

    def act(self, form: Form) -> Activity:
        return log_activity(by=self.request.user, now=timezone.now(), **self.typed.values())

    def done(self, result: Activity) -> HttpResponse:
        day = formats.day(business_date(result.due_at, self.zone), today=self.today)
        undo = f"undo:{reverse('pipeline:activity_delete', args=[result.pk])}"
        messages.success(self.request, _("Planned for %(day)s.") % {"day": day}, extra_tags=undo)
        return back_to(self.request, default=self.record_url())


def _number(text: str) -> int:
    """The id in an address; 0, which no record has, for anything else."""
    return int(text) if text.isdecimal() and len(text) < 19 else 0


def _with_account(deal: Deal) -> str:
    return f"{deal.name} · {deal.account}" if deal.account else deal.name
