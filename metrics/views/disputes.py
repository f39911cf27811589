"""Disputes: opening one about a line, and the thread in which it is answered and decided."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from accounts.errors import NotAllowed
from accounts.views.form_pages import FormPage, PressPage
from metrics.actions.disputes import (
    MOST_TEXT,
    answer_dispute,
    check_is_payee,
    disputed_lines,
    open_dispute,
    outcomes_for,
)
from metrics.errors import QuestionRefused
from metrics.models import Dispute, Statement
from metrics.period_names import title_of
from metrics.views.statements import crumbs


class DisputeForm(forms.Form):
    """Which line, and what is wrong with it."""

    line = forms.TypedChoiceField(label=gettext_lazy("Line"), coerce=int)
    text = forms.CharField(
        label=gettext_lazy("What is wrong"), max_length=MOST_TEXT, widget=forms.Textarea(attrs={"rows": 5})
    )

    def __init__(self, *args: Any, lines: list[str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["line"].choices = [(place, words) for place, words in enumerate(lines, 1)]  # type: ignore[attr-defined]


class DisputeCreateView(FormPage):
    """Who is paid doubts a line of his statement."""

    def records(self) -> QuerySet[Statement]:
        return Statement.objects.visible_to(self.request.user).select_related("rep__user", "version__plan")

    def check_right(self, rows: QuerySet[Statement]) -> None:
        try:
            check_is_payee(self.record, self.request.user)
        except NotAllowed as refusal:
            raise PermissionDenied(str(refusal)) from refusal

    def form(self, data: Any = None) -> forms.Form:
        try:
            lines = disputed_lines(self.record, timezone.now())
        except QuestionRefused:
            lines = []
        return DisputeForm(data, lines=lines)

    def page(self, form: forms.Form) -> dict[str, Any]:
        return {
            "title": _("Dispute a line of %s") % title_of(self.record.period),
            "verb": _("Send"),
            "crumbs": crumbs(),
            "cancel_url": self.record.get_absolute_url(),
        }

    def act(self, form: forms.Form) -> Dispute:
        return open_dispute(statement=self.record, by=self.request.user, now=timezone.now(), **form.cleaned_data)

    def done(self, result: Dispute) -> HttpResponse:
        messages.success(self.request, _("The dispute is open; an answer is due on %s.") % result.due_on)
        return redirect(result)


class DisputeDetailView(View):
    """The thread of a dispute."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = Dispute.objects.visible_to(request.user)
        dispute = get_object_or_404(rows.select_related("statement__rep", "closed_by"), pk=pk)
        try:
            choices = outcomes_for(dispute, request.user) if dispute.is_open else None
        except NotAllowed:
            choices = None
        words = dict(Dispute.Outcome.choices)
        context = {
            "dispute": dispute,
            "statement": dispute.statement,
            "crumbs": [
                *crumbs(),
                {
                    "label": f"{dispute.statement.rep}, {title_of(dispute.statement.period)}",
                    "url": dispute.statement.get_absolute_url(),
                },
            ],
            "said": dispute.messages.select_related("by").order_by("pk"),
            "may_write": choices is not None,
            "choices": [(key, words[key]) for key in choices or ()],
        }
        return render(request, "metrics/dispute_detail.html", context)


class DisputeAnswerView(PressPage):
    """Write into a dispute, and close it with the button that says so."""

    def records(self) -> QuerySet[Dispute]:
        return Dispute.objects.visible_to(self.request.user)

    def act(self, record: Dispute) -> Dispute:
        outcome = self.request.POST.get("outcome") or Dispute.Outcome.OPEN.value
        text = self.request.POST.get("text", "")
        return answer_dispute(dispute=record, text=text, outcome=outcome, by=self.request.user, now=timezone.now())

    def back(self, record: Dispute) -> HttpResponse:
        return redirect(record)
