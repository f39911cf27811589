"""The sidebar, the tab bar and the tools of the top bar: which entries exist for whom.

An entry appears when its role list names the user's role and its page exists, so a new page needs one row here.
"""

from dataclasses import dataclass, replace

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role

EVERYONE = frozenset(Role.values)
SELLERS = frozenset({Role.REP, Role.MANAGER})
HEADS = frozenset({Role.MANAGER, Role.LEADER, Role.ADMIN})
ADMINS = frozenset({Role.ADMIN})
WRITERS = frozenset({Role.REP, Role.MANAGER, Role.ADMIN})


@dataclass(frozen=True)
class Entry:
    """A link of the shell. ``key`` is the shortcut, such as ``g p``; ``url`` is filled when the page exists."""

    label: str | Promise
    name: str
    icon: str
    roles: frozenset[str]
    key: str = ""
    on_phone: bool = False
    url: str = ""
    is_current: bool = False


@dataclass(frozen=True)
class Group:
    label: str | Promise
    entries: tuple[Entry, ...]


GROUPS = (
    Group(
        "",
        (
            Entry(_("Today"), "metrics:today", "sun-high", EVERYONE, "g t", on_phone=True),
            Entry(_("Pipeline"), "pipeline:board", "layout-kanban", EVERYONE, "g p", on_phone=True),
            Entry(_("Leads"), "pipeline:lead_list", "user-plus", EVERYONE, "g l", on_phone=True),
            Entry(_("Accounts"), "pipeline:account_list", "building", EVERYONE, "g a"),
            Entry(_("Contacts"), "pipeline:contact_list", "address-book", EVERYONE, "g c"),
            Entry(_("Activities"), "pipeline:activity_list", "checklist", EVERYONE),
            Entry(_("My numbers"), "metrics:my_numbers", "chart-line", SELLERS),
        ),
    ),
    Group(
        _("Manage"),
        (
            Entry(_("Team"), "metrics:team", "users", HEADS),
            Entry(_("KPIs"), "metrics:kpis", "chart-bar", HEADS, "g k"),
        ),
    ),
    Group(
        _("Set up"),
        (
            Entry(_("Imports"), "pipeline:import_list", "file-import", ADMINS),
            Entry(_("Settings"), "pipeline:settings", "settings", ADMINS),
            Entry(_("Jobs & audit"), "metrics:job_list", "clock-cog", ADMINS),
        ),
    ),
)

QUICK_LOG = Entry(_("Log activity"), "pipeline:activity_log", "bolt", WRITERS, "l")
SEARCH = Entry(_("Search"), "pipeline:search", "search", EVERYONE, "/")
NEW = (
    Entry(_("Deal"), "pipeline:deal_create", "briefcase", WRITERS),
    Entry(_("Lead"), "pipeline:lead_create", "user-plus", WRITERS),
    Entry(_("Account"), "pipeline:account_create", "building", WRITERS),
    Entry(_("Contact"), "pipeline:contact_create", "user", WRITERS),
)
ACCOUNT = (
    Entry(_("Preferences"), "accounts:preferences", "adjustments", EVERYONE),
    Entry(_("Password"), "account_change_password", "key", EVERYONE),
    Entry(_("Two-step sign-in"), "mfa_index", "shield-lock", EVERYONE),
    Entry(_("Sessions"), "usersessions_list", "devices", EVERYONE),
)


def _available(entry: Entry, role: str) -> Entry | None:
    """The entry with its address; None when the role has no use for it or the page does not exist."""
    if role not in entry.roles:
        return None
    try:
        return replace(entry, url=reverse(entry.name))
    except NoReverseMatch:
        return None


def _all_available(entries: tuple[Entry, ...], role: str) -> tuple[Entry, ...]:
    return tuple(found for entry in entries if (found := _available(entry, role)))


def _current_url(groups: list[Group], path: str) -> str:
    """The address of the entry that the page belongs to: the longest one that its path starts with."""
    urls = [entry.url for group in groups for entry in group.entries if path.startswith(entry.url)]
    longest = max(urls, key=len, default="")
    return longest if longest != "/" or path == "/" else ""


def shell_of(*, role: str, path: str) -> dict:
    """Everything the frame of a page shows to this role."""
    groups = [Group(group.label, _all_available(group.entries, role)) for group in GROUPS]
    current = _current_url(groups, path)
    groups = [
        Group(group.label, tuple(replace(entry, is_current=entry.url == current) for entry in group.entries))
        for group in groups
        if group.entries
    ]
    phone = [entry for group in groups for entry in group.entries if entry.on_phone]
    return {
        "groups": groups,
        "phone_left": phone[:2],
        "phone_right": phone[2:],
        "home": groups[0].entries[0].url if groups else "/",
        "quick_log": _available(QUICK_LOG, role),
        "search": _available(SEARCH, role),
        "new": _all_available(NEW, role),
        "account": _all_available(ACCOUNT, role),
    }


def navigation(request: HttpRequest) -> dict:
    """Context processor: ``shell``, worked out only by pages that show the frame."""
    role = getattr(getattr(request, "user", None), "role", "")
    return {"shell": SimpleLazyObject(lambda: shell_of(role=role, path=request.path))}
