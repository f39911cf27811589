"""Handing a rep's work to others: who has what, what would go to whom, doing it, taking it back."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View

from accounts import formats
from accounts.business_dates import business_date
from accounts.models import AuditEntry, Company, Rep
from accounts.money import from_minor
from accounts.roles import Role
from accounts.views.form_pages import FormPage, PressPage
from pipeline.actions.hand_overs import ACTION, check_may_hand_over, hand_over, hand_overs_of, undo_hand_over
from pipeline.forms.hand_overs import HandOverForm
from pipeline.handing_over import plan_hand_over, work_of

KINDS = ("deals", "leads", "accounts", "activities")


class WorkListView(View):
    """The reps in sight with what is open at each."""

    def get(self, request: HttpRequest) -> HttpResponse:
        reps = list(Rep.objects.visible_to(request.user).select_related("team").order_by("name", "pk"))
        counts = {kind: _count_by_owner(rows) for kind, rows in work_of(reps).items()}
        rows = [(rep, [counts[kind].get(rep.pk, 0) for kind in KINDS]) for rep in reps]
        # Who has left and has nothing any more is of no interest here.
        shown = [row for row in rows if row[0].left_on is None or any(row[1])]
        return render(request, "pipeline/hand_over_list.html", {"rows": shown})


def _count_by_owner(rows: QuerySet[Any]) -> dict[int, int]:
    return dict(rows.order_by().values_list("owner").annotate(count=Count("pk")))


class HandOverView(FormPage):
    """First what would go to whom, then the same once more to do it."""

    template_name = "pipeline/hand_over.html"
    plan: Any = None

    def records(self) -> QuerySet[Rep]:
        return Rep.objects.visible_to(self.request.user).select_related("team")

    def form(self, data: Any = None) -> Form:
        today = business_date(timezone.now(), Company.current().zone)
        return HandOverForm(data, rep=self.record, user=self.request.user, today=today)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.show(form, status=422)
        plan = plan_hand_over(self.record, list(form.cleaned_data["to"]))
        if form.cleaned_data["seen"] != plan.digest:
            return self.preview(form, plan)
        return super().post(request, **kwargs)

    def preview(self, form: Form, plan: Any) -> HttpResponse:
        self.plan = plan
        form.data = form.data.copy()
        form.data["seen"] = plan.digest
        return self.show(form)

    def act(self, form: Form) -> AuditEntry:
        data = form.cleaned_data
        return hand_over(
            rep=self.record, to=list(data["to"]), day=data["day"], seen=data["seen"], by=self.request.user,
            now=timezone.now(),
        )  # fmt: skip

    def done(self, result: AuditEntry) -> HttpResponse:
        undo = reverse("pipeline:hand_over_undo", args=[result.pk])
        text = _("The work of %(rep)s is handed over.") % {"rep": self.record}
        messages.success(self.request, text, extra_tags=f"undo:{undo}")
        return redirect("pipeline:hand_over", pk=self.record.pk)

    def page(self, form: Form) -> dict[str, Any]:
        currency = Company.current().base_currency
        entries = hand_overs_of(self.record)
        for entry in entries:
            entry.told = [(name, text) for name, text in entry.detail["to"].items() if name != "from"]  # type: ignore[attr-defined]
            entry.may_undo = self.request.user.role == Role.ADMIN or entry.by_id == self.request.user.pk  # type: ignore[attr-defined]
        return {
            "title": _("Hand over the work of %(rep)s") % {"rep": self.record},
            "verb": _("Hand over") if self.plan and self.plan.count else _("See what goes where"),
            "icon": "transfer",
            "cancel_url": reverse("pipeline:hand_over_list"),
            "work": [(kind, rows.count()) for kind, rows in work_of([self.record]).items()],
            "plan": self.plan,
            "shares": [(share, from_minor(share.open_minor, currency)) for share in self.plan.shares]
            if self.plan
            else [],
            "currency": currency,
            "entries": entries,
        }


class HandOverUndoView(PressPage):
    """Takes a hand-over back; the address names its line in the audit log."""

    def records(self) -> QuerySet[AuditEntry]:
        rows = AuditEntry.objects.filter(action=ACTION)
        return rows if self.request.user.role == Role.ADMIN else rows.filter(by=self.request.user)

    def act(self, record: AuditEntry) -> Any:
        check_may_hand_over(self.request.user, get_object_or_404(Rep, pk=record.subject_id))
        return undo_hand_over(entry=record, by=self.request.user, now=timezone.now())

    def done(self, record: AuditEntry, result: Any) -> HttpResponse:
        back = ngettext("%s record given back.", "%s records given back.", len(result.restored))
        text = back % formats.number(len(result.restored))
        if result.left:
            stays = ngettext(
                "%s stays: it was closed or given on since.", "%s stay: closed or given on since.", len(result.left)
            )
            text = f"{text} {stays % formats.number(len(result.left))}"
        messages.success(self.request, text)
        return self.back(record)

    def back(self, record: AuditEntry) -> HttpResponse:
        return redirect("pipeline:hand_over", pk=record.subject_id)
