"""Words of leads and next steps: how long an answer is waited for, when a step is due."""

import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import formats
from accounts.working_days import WorkingCalendar
from accounts.working_hours import WorkingHours
from pipeline.models import Activity, Lead
from pipeline.next_steps import due_of

register = template.Library()

_WARNS_AFTER = 30  # minutes
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


@register.inclusion_tag("pipeline/_response_clock.html")
def response_clock(lead: Lead, now: datetime.datetime, hours: WorkingHours) -> dict[str, Any]:
    """How long the first answer took, or how many business hours the lead has waited for it up to now, against the
    company's goal.

    The time of an answer is the elapsed one, as in the metric. A closed lead without an answer is just that.
    """
    if lead.first_responded_at:
        word = _("Answered in %s") % formats.minutes(lead.response_minutes or 0)
        return {"look": "bare", "icon": "check", "word": word}
    if lead.status not in (Lead.Status.NEW, Lead.Status.CONTACTED, Lead.Status.QUALIFIED):
        return {"look": "bare", "icon": "minus", "word": _("not answered")}
    minutes, day = hours.minutes(lead.created_at, now), hours.day_minutes
    late_after = hours.goal or day
    warns_after = _WARNS_AFTER if hours.goal is None else -(-hours.goal // 2)
    look = "neutral" if minutes < warns_after else "warn" if minutes < late_after else "overdue"
    return {
        "look": look,
        "icon": "clock",
        "word": _waiting(minutes, day),
        "since": lead.created_at.astimezone(hours.zone),
        "minutes": minutes,
        "left": min(hours.left_today(now), max(0, 2 * day - 1 - minutes)),
        "warns_after": warns_after,
        "late_after": late_after,
        "hours": hours,
    }


def _waiting(minutes: int, day: int) -> str:
    """From two working days on only these, rounded down."""
    days = minutes // day
    if days < 2:
        return _("Waiting %s") % formats.minutes(minutes)
    return ngettext("Waiting %s working day", "Waiting %s working days", days) % formats.number(days)


@register.inclusion_tag("components/state.html")
def step_state(activity: Activity, now: datetime.datetime, zone: ZoneInfo, calendar: WorkingCalendar) -> dict[str, str]:
    """When an open activity is due, by the company's days; a step for a whole day shows no time."""
    if activity.due_at is None:
        return {"look": "none", "icon": "calendar-off", "word": _("No date")}
    today = now.astimezone(zone).date()
    due = due_of(activity.due_at, zone)
    on = due.astimezone(zone).date() if isinstance(due, datetime.datetime) else due
    if on < today:
        late = calendar.after(on, today)
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
