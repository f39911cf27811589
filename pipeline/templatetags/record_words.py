"""Words of leads and next steps: how long an answer is waited for, when a step is due."""

import datetime
from zoneinfo import ZoneInfo

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import formats
from accounts.business_dates import working_days_after
from pipeline.models import Activity, Lead
from pipeline.next_steps import due_of

register = template.Library()

_WARNS_AFTER = 30  # minutes
_LATE_AFTER = 24 * 60
_OUTCOME_ICONS = {
    "spoke": "check",
    "meeting_set": "calendar-check",
    "voicemail": "message",
    "no_answer": "phone-off",
    "replied": "mail-opened",
    "bounced": "mail-x",
    "held": "check",
    "no_show": "user-x",
}


@register.inclusion_tag("components/state.html")
def response_clock(lead: Lead, now: datetime.datetime) -> dict[str, str]:
    """How long the first answer took, or how long the lead has waited for it; a closed one without is just that."""
    if lead.first_responded_at:
        word = _("Answered in %s") % formats.minutes(lead.response_minutes or 0)
        return {"look": "bare", "icon": "check", "word": word}
    if lead.status not in (Lead.Status.NEW, Lead.Status.CONTACTED, Lead.Status.QUALIFIED):
        return {"look": "bare", "icon": "minus", "word": _("not answered")}
    minutes = max(0, int((now - lead.created_at).total_seconds() // 60))
    look = "neutral" if minutes < _WARNS_AFTER else "warn" if minutes < _LATE_AFTER else "overdue"
    return {"look": look, "icon": "clock", "word": _("Waiting %s") % formats.minutes(minutes)}


@register.inclusion_tag("components/state.html")
def step_state(activity: Activity, now: datetime.datetime, zone: ZoneInfo) -> dict[str, str]:
    """When an open activity is due, by the company's days; a step for a whole day shows no time."""
    if activity.due_at is None:
        return {"look": "none", "icon": "calendar-off", "word": _("No date")}
    today = now.astimezone(zone).date()
    due = due_of(activity.due_at, zone)
    on = due.astimezone(zone).date() if isinstance(due, datetime.datetime) else due
    if on < today:
        late = working_days_after(on, today)
        return {
            "look": "overdue",
            "icon": "alert-circle",
            "word": ngettext("Overdue %d day", "Overdue %d days", late) % late if late else _("Overdue"),
        }
    time = f" {formats.clock(due)}" if isinstance(due, datetime.datetime) else ""
    if on == today:
        return {"look": "today", "icon": "calendar-event", "word": f"{_('Today')}{time}"}
    return {"look": "later", "icon": "calendar", "word": f"{formats.day(on, today=today)}{time}"}


@register.inclusion_tag("components/state.html")
def step_due(activity: Activity, zone: ZoneInfo) -> dict[str, str]:
    """The day on which a step of an earlier day is due as we know it now; how late it was then nobody knows."""
    if activity.due_at is None:
        return {"look": "none", "icon": "calendar-off", "word": _("No date")}
    day = formats.full_day(activity.due_at.astimezone(zone).date())
    return {"look": "bare", "icon": "calendar", "word": _("Due %s") % day}


@register.filter
def outcome_icon(outcome: str) -> str:
    """The icon name of an activity's result."""
    return _OUTCOME_ICONS.get(outcome, "circle-dot")
