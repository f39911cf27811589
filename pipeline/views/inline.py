"""Editing a deal in its row of the list."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from pipeline.actions.outcomes import edit_deal
from pipeline.forms.inline import DealRowForm
from pipeline.models import Deal
from pipeline.views.deal_edits import DealPage
from pipeline.views.writing import local_address


class DealRowView(DealPage):
    """The fields of a row, sent from the list. What is refused is asked again on a page of its own."""

    def form(self, data: Any = None) -> Form:
        return DealRowForm(data, deal=self.record, user=self.request.user)

    def act(self, form: DealRowForm) -> Deal:  # type: ignore[override]
        return edit_deal(
            deal=self.record, stage=form.cleaned_data["stage"], by=self.request.user, now=timezone.now(),
            version=form.cleaned_data["version"], **form.values(),
        )  # fmt: skip

    def done(self, result: Deal) -> HttpResponse:
        messages.success(self.request, _("“%(name)s” saved.") % {"name": result})
        return redirect(f"{self.back()}#deal-{result.pk}")

    def back(self) -> str:
        """The list from which the row was sent."""
        return local_address(self.request, self.request.GET.get("next", "")) or reverse("pipeline:deal_list")

    def page(self, form: Form) -> dict[str, Any]:
        title = _("Edit “%(name)s”") % {"name": self.record}
        return {"title": title, "verb": _("Save"), "cancel_url": self.back()}
