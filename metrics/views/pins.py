"""Pinned figures: for admins a page to pin, order and remove them; for their owners a press that they were reviewed."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.business_dates import business_date
from accounts.models import Company
from accounts.views.form_pages import PressPage
from accounts.views.setting_pages import SettingList, SettingPage
from metrics.actions.pins import MOST, change_pin, move_pin, pin_kpi, review_pin, unpin_kpi
from metrics.forms.pins import PinForm
from metrics.goals.words import metric_name
from metrics.known import known_metrics
from metrics.models import PinnedKpi
from metrics.pages.pins import review_state

HOME, HOME_LABEL = "metrics:pin_list", gettext_lazy("Pinned figures")


class PinListView(SettingList):
    template_name = "metrics/pin_list.html"

    def context(self) -> dict[str, Any]:
        known, today = known_metrics(), business_date(timezone.now(), Company.current().zone)
        places: dict[str, list[dict[str, Any]]] = {}
        rows = PinnedKpi.objects.visible_to(self.request.user).select_related("team", "owner", "reviewed_by")
        for pin in rows.order_by("role", "team__name", "position", "pk"):
            entry = {"pin": pin, "name": metric_name(pin.metric, known), **review_state(pin, today)}
            places.setdefault(pin.place, []).append(entry)
        return {"places": list(places.items()), "most": MOST}


class PinPage(SettingPage):
    model = PinnedKpi
    form_class = PinForm  # type: ignore[assignment]
    home, home_label = HOME, HOME_LABEL
    new_title = gettext_lazy("Pin a figure")

    def records(self) -> Any:
        return PinnedKpi.objects.visible_to(self.request.user) if "pk" in self.kwargs else None

    def create(self, form: Form) -> PinnedKpi:
        return pin_kpi(by=self.request.user, now=timezone.now(), **form.cleaned_data)

    def change(self, form: Form) -> PinnedKpi:
        return change_pin(pin=self.record, by=self.request.user, now=timezone.now(), **form.cleaned_data)

    def page(self, form: Form) -> dict[str, Any]:
        context = super().page(form)
        if self.record:
            context["title"] = f"{metric_name(self.record.metric)}, {self.record.place}"
        return context

    def done(self, result: PinnedKpi) -> HttpResponse:
        messages.success(self.request, _("“%(name)s” saved.") % {"name": metric_name(result.metric)})
        return redirect(HOME)


class PinPress(PressPage):
    def records(self) -> QuerySet[PinnedKpi]:
        return PinnedKpi.objects.visible_to(self.request.user)

    def back(self, record: PinnedKpi) -> HttpResponse:
        return redirect(f"{reverse(HOME)}#pin-{record.pk}")


class PinMoveView(PinPress):
    """One place up or down, as the button's ``steps`` says."""

    def act(self, record: PinnedKpi) -> PinnedKpi:
        steps = 1 if self.request.POST.get("steps") == "1" else -1
        return move_pin(pin=record, steps=steps, by=self.request.user, now=timezone.now())


class PinRemoveView(PinPress):
    def act(self, record: PinnedKpi) -> None:
        unpin_kpi(pin=record, by=self.request.user, now=timezone.now())

    def done(self, record: PinnedKpi, result: Any) -> HttpResponse:
        messages.success(self.request, _("“%(name)s” is pinned no more.") % {"name": metric_name(record.metric)})
        return redirect(HOME)


class PinReviewView(PinPress):
    """The owner has looked at the figure: the next review is due a week, a month or a quarter from today."""

    def act(self, record: PinnedKpi) -> PinnedKpi:
        return review_pin(pin=record, by=self.request.user, now=timezone.now())

    def done(self, record: PinnedKpi, result: Any) -> HttpResponse:
        messages.success(self.request, _("“%(name)s” was reviewed.") % {"name": metric_name(record.metric)})
        return self.back(record)

    def back(self, record: PinnedKpi) -> HttpResponse:
        return redirect(own_page(self.request) or "metrics:home")


def own_page(request: HttpRequest) -> str:
    """The page of ours that a press came from; empty for anything else."""
    page = request.POST.get("next", "")
    return page if url_has_allowed_host_and_scheme(page, allowed_hosts=None) and page.startswith("/") else ""
