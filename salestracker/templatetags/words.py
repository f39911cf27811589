"""Words that have a look: states and next steps as icon, word and colour; the icon of each kind of record."""

import datetime as dt

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import formats
from accounts.sentences import mid_sentence

register = template.Library()
register.filter("mid_sentence", mid_sentence)

STATES = {
    "won": ("won", "trophy", gettext_lazy("Won")),
    "lost": ("lost", "circle-x", gettext_lazy("Lost")),
    "open": ("open", "circle-dot", gettext_lazy("Open")),
    "at_risk": ("risk", "alert-triangle", gettext_lazy("At risk")),
    "ahead": ("ok", "check", gettext_lazy("Ahead")),
    "on_pace": ("bare", "equal", gettext_lazy("On pace")),
    "draft": ("neutral", "pencil", gettext_lazy("Draft")),
    "accruing": ("info", "progress", gettext_lazy("Accruing")),
    "accepted": ("won", "check", gettext_lazy("Accepted")),
    "rejected": ("lost", "circle-x", gettext_lazy("Rejected")),
    "withdrawn": ("neutral", "circle-off", gettext_lazy("Withdrawn")),
    "pending": ("neutral", "clock", gettext_lazy("Pending")),
    "calculated": ("info", "calculator", gettext_lazy("Calculated")),
    "in review": ("open", "eye", gettext_lazy("In review")),
    "in_review": ("open", "eye", gettext_lazy("In review")),
    "approved": ("won", "check", gettext_lazy("Approved")),
    "paid": ("won", "check", gettext_lazy("Paid")),
    "queued": ("neutral", "clock", gettext_lazy("Queued")),
    "running": ("info", "progress", gettext_lazy("Running")),
    "done": ("ok", "check", gettext_lazy("Done")),
    "partial": ("warn", "alert-triangle", gettext_lazy("Partly done")),
    "failed": ("error", "alert-circle", gettext_lazy("Failed")),
    "suspect": ("warn", "alert-triangle", gettext_lazy("Suspect")),
    "closed": ("open", "lock-open", gettext_lazy("Closed, not frozen yet")),
    "freezing": ("info", "progress", gettext_lazy("Being frozen")),
    "frozen": ("ok", "lock", gettext_lazy("Frozen")),
    "reopened": ("neutral", "rotate", gettext_lazy("Reopened")),
    "pulled_in": ("open", "calendar-up", gettext_lazy("Pulled in")),
    "pushed_out": ("risk", "calendar-down", gettext_lazy("Pushed out")),
    "increased": ("open", "trending-up", gettext_lazy("Increased")),
    "decreased": ("risk", "trending-down", gettext_lazy("Decreased")),
    "transferred_in": ("open", "user-plus", gettext_lazy("Transferred in")),
    "transferred_out": ("neutral", "user-minus", gettext_lazy("Transferred out")),
    "exchange_rate": ("neutral", "coins", gettext_lazy("Exchange rate")),
    "active": ("ok", "check", gettext_lazy("Active")),
    "inactive": ("neutral", "circle-off", gettext_lazy("Inactive")),
    "new": ("info", "sparkles", gettext_lazy("New")),
    "contacted": ("open", "progress", gettext_lazy("Contacted")),
    "working": ("open", "progress", gettext_lazy("Working")),
    "qualified": ("won", "check", gettext_lazy("Qualified")),
    "disqualified": ("neutral", "circle-x", gettext_lazy("Disqualified")),
    "converted": ("won", "arrow-right", gettext_lazy("Converted")),
}

KIND_ICONS = {
    "deal": "briefcase",
    "account": "building",
    "contact": "user",
    "lead": "user-plus",
    "rep": "user",
    "team": "users",
    "product": "package",
    "campaign": "speakerphone",
    "channel": "route",
    "subscription": "repeat",
    "call": "phone",
    "email": "mail",
    "mail": "mail",
    "meeting": "users",
    "demo": "presentation",
    "note": "note",
    "task": "checkbox",
    "proposal": "file-text",
    "visit": "map-pin",
    "message": "message",
    "stage": "arrow-right",
    "amount": "coin",
    "expected_close_on": "calendar-down",
    "owner": "user-share",
    "credit": "user-share",
    "opened": "circle-plus",
    "won": "trophy",
    "lost": "circle-x",
    "import": "file-import",
    "job": "clock-cog",
}


@register.inclusion_tag("components/state.html")
def state(key: str, word: str = "") -> dict[str, str]:
    """A state of the table above; ``word`` replaces its own word. An unknown key is shown plainly as it is."""
    look, icon, own_word = STATES.get(str(key), ("neutral", "circle-dot", str(key).replace("_", " ").capitalize()))
    return {"look": look, "icon": icon, "word": word or own_word}


@register.inclusion_tag("components/state.html")
def next_step(due: dt.date | dt.datetime | None, today: dt.date | None = None, overdue_days: int | None = None) -> dict:
    """The state of a deal's next step; ``overdue_days`` are working days where the caller knows them."""
    if due is None:
        return {"look": "none", "icon": "calendar-off", "word": _("No next step")}
    today = today or timezone.localdate()
    has_time = isinstance(due, dt.datetime)
    on = timezone.localtime(due).date() if has_time else due
    if on < today:
        late = (today - on).days if overdue_days is None else overdue_days
        word = ngettext("Overdue %d day", "Overdue %d days", late) % late if late else _("Overdue")
        return {"look": "overdue", "icon": "alert-circle", "word": word}
    if on == today:
        word = f"{_('Today')} {formats.clock(due)}" if has_time else _("Today")
        return {"look": "today", "icon": "calendar-event", "word": word}
    return {"look": "later", "icon": "calendar", "word": formats.day(on, today=today)}


@register.filter
def kind_icon(kind: str) -> str:
    """The icon name of a kind of record, activity or change; a bolt for one that has none of its own."""
    return KIND_ICONS.get(str(kind), "bolt")


@register.filter
def initials(name: str) -> str:
    """Up to two letters for the round mark beside a person's name."""
    parts = str(name).split()
    return "".join(part[0] for part in (parts[:1] + parts[-1:] if len(parts) > 1 else parts)).upper()


@register.filter
def keys(shortcut: str) -> list[str]:
    """The single keys of a shortcut such as ``g p``."""
    return shortcut.split()


@register.filter
def undo_url(extra_tags: str | None) -> str:
    """The local address behind ``undo:`` in a message's tags; empty when there is none."""
    for tag in (extra_tags or "").split():
        if tag.startswith("undo:/") and not tag.startswith("undo://"):
            return tag.removeprefix("undo:")
    return ""


_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", "Mac"),
            ("Linux", "Linux"))  # fmt: skip


@register.filter
def browser(user_agent: str) -> str:
    """What a person calls the program behind a User-Agent header: Firefox, Windows. Else its first word."""
    text = str(user_agent)
    names = [next((name for mark, name in table if mark in text), "") for table in (_BROWSERS, _SYSTEMS)]
    return ", ".join(filter(None, names)) or text.split("/")[0] or _("unknown")
