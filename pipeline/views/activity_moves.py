"""What happens to an activity: done, put off, taken back, deleted."""

import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import formats
from accounts.business_dates import business_date
from accounts.errors import ActionRefused
from accounts.models import Company
from pipeline.actions.activities import (
    change_activity,
    complete_activity,
    delete_activity,
    restore_activity,
    undo_activity,
)
from pipeline.actions.deletions import restorable
from pipeline.forms.activities import CompleteForm
from pipeline.models import Activity
from pipeline.next_steps import SNOOZES, snoozed
from pipeline.views.writing import ActionButton, ActionPage, back_to, deleted, sent_version


def undo_tag(activity: Activity, *, user: object, next_step: dict[str, Any] | None) -> str:
    """What a message needs for its undo button: it takes the next step back too that was planned along."""
    query = ""
    if next_step:
        open_steps = Activity.objects.visible_to(user).filter(
            done_at=None, owner=activity.owner_id, due_at=next_step["due_at"]
        )
        planned = open_steps.order_by("-pk").values_list("pk", flat=True).first()
        query = f"?planned={planned}"
    return f"undo:{reverse('pipeline:activity_undo', args=[activity.pk])}{query}"


def with_next(text: str, next_step: dict[str, Any] | None) -> str:
    """The message with the day of what was planned along."""
    if not next_step:
        return text
    zone = Company.current().zone
    day = formats.day(business_date(next_step["due_at"], zone), today=business_date(timezone.now(), zone))
    planned = _("Next step on %(day)s.") % {"day": day}
    return f"{text} {planned}"


class ActivityButton(ActionButton):
    def records(self) -> QuerySet[Activity]:
        return Activity.objects.visible_to(self.request.user)


class ActivityCompleteView(ActionPage):
    template_name = "pipeline/activity_complete.html"

    def records(self) -> QuerySet[Activity]:
        return Activity.objects.visible_to(self.request.user)

    def page(self, form: Form) -> dict[str, Any]:
        title = _("Done: %(name)s") % {"name": self.record}
        return {"title": title, "cancel_url": self.record.get_absolute_url(), "draft": f"done-{self.record.pk}"}

    def form(self, data: Any = None) -> Form:
        zone = Company.current().zone
        self.typed = CompleteForm(data, activity=self.record, zone=zone, today=business_date(timezone.now(), zone))
        return self.typed

    def act(self, form: Form) -> Activity:
        return complete_activity(activity=self.record, by=self.request.user, now=timezone.now(), **self.typed.values())

    def done(self, result: Activity) -> HttpResponse:
        next_step = self.typed.values()["next_step"]
        undo = undo_tag(result, user=self.request.user, next_step=next_step)
        text = with_next(_("“%(name)s” is done.") % {"name": result}, next_step)
        messages.success(self.request, text, extra_tags=undo)
        return back_to(self.request, default=result.get_absolute_url())


class ActivitySnoozeView(ActivityButton):
    """``to`` is tomorrow, week, or the instant that an undo goes back to."""

    def act(self, record: Activity) -> Activity:
        zone = Company.current().zone
        due_at = self.asked_for(record, zone)
        if record.done_at:
            raise ActionRefused(_("This activity is already done."), "due_at")
        return change_activity(
            activity=record, by=self.request.user, now=timezone.now(), version=sent_version(self.request), due_at=due_at
        )

    def asked_for(self, record: Activity, zone: ZoneInfo) -> datetime.datetime:
        to = self.request.POST.get("to") or self.request.GET.get("to", "")
        if to in SNOOZES:
            return snoozed(record.due_at, to, business_date(timezone.now(), zone), zone)
        try:
            instant = datetime.datetime.fromisoformat(to)
        except ValueError:
            instant = None
        if instant is None or instant.tzinfo is None:
            raise ActionRefused(_("to: possible are %(words)s.") % {"words": ", ".join(SNOOZES)}, "due_at")
        return instant

    def done(self, record: Activity, result: Activity) -> HttpResponse:
        zone = Company.current().zone
        words = {"day": formats.day(business_date(result.due_at, zone), today=business_date(timezone.now(), zone))}
        if "to" not in self.request.POST:
            messages.info(self.request, _("Due on %(day)s again.") % words)
        else:
            undo = ""
            if record.due_at:
                back = record.due_at.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
                undo = f"undo:{reverse('pipeline:activity_snooze', args=[record.pk])}?to={back}"
            messages.success(self.request, _("Put off to %(day)s.") % words, extra_tags=undo)
        return back_to(self.request, default=reverse("pipeline:activity_list"))


class ActivityUndoView(ActivityButton):
    def act(self, record: Activity) -> None:
        asked = self.request.GET.get("planned", "")
        pk = int(asked) if asked.isdecimal() and len(asked) < 19 else 0
        planned = self.records().filter(pk=pk, done_at=None, owner=record.owner_id).first()
        undo_activity(activity=record, planned=planned, by=self.request.user, now=timezone.now())

    def done(self, record: Activity, result: Any) -> HttpResponse:
        messages.info(self.request, _("Taken back."))
        return back_to(self.request, default=reverse("pipeline:activity_list"))


class ActivityDeleteView(ActivityButton):
    def act(self, record: Activity) -> None:
        delete_activity(activity=record, by=self.request.user, now=timezone.now(), version=sent_version(self.request))

    def done(self, record: Activity, result: Any) -> HttpResponse:
        deleted(self.request, record, "pipeline:activity_restore")
        return back_to(self.request, default=reverse("pipeline:activity_list"), but=record.get_absolute_url())


class ActivityRestoreView(ActionButton):
    def records(self) -> QuerySet[Activity]:
        return restorable(Activity, by=self.request.user)

    def act(self, record: Activity) -> Activity:
        return restore_activity(activity=record, by=self.request.user, now=timezone.now())

    def done(self, record: Activity, result: Activity) -> HttpResponse:
        return back_to(self.request, default=record.get_absolute_url())
