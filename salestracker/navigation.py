"""The sidebar, the tab bar and the tools of the top bar: which entries exist for whom.

An entry appears when its page exists and the access table opens it to the role, so a new page needs one row here.
"""

from dataclasses import dataclass, replace

from django.http import HttpRequest
from django.urls import NoReverseMatch, ResolverMatch, reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from salestracker.access import access_of

SELLERS = frozenset({Role.REP, Role.MANAGER})
HEADS = frozenset({Role.MANAGER, Role.LEADER, Role.ADMIN})


@dataclass(frozen=True)
class Entry:
    """A link of the shell, shown to roles that may open its page.

    ``key`` is the shortcut, such as ``g p``. ``writes``: only for roles that may also change something there.
    ``only``: the roles that have a use for the page, where that is fewer. ``covers``: another
    beginning of addresses that belong to it. ``url`` is filled when the page exists.
    """

    label: str | Promise
    name: str
    icon: str
    key: str = ""
    on_phone: bool = False
    writes: bool = False
    only: frozenset[str] | None = None
    covers: str = ""
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
            Entry(_("Today"), "metrics:today", "sun-high", "g t", on_phone=True, only=SELLERS),
            Entry(_("Pipeline"), "pipeline:board", "layout-kanban", "g p", on_phone=True, covers="/deals/"),
            Entry(_("Leads"), "pipeline:lead_list", "user-plus", "g l", on_phone=True),
            Entry(_("Accounts"), "pipeline:account_list", "building", "g a"),
            Entry(_("Contacts"), "pipeline:contact_list", "address-book", "g c"),
            Entry(_("Activities"), "pipeline:activity_list", "checklist"),
            Entry(_("My numbers"), "metrics:my_numbers", "chart-line", only=SELLERS),
            Entry(_("Earnings"), "metrics:earnings", "coins", only=SELLERS),
        ),
    ),
    Group(
        _("Manage"),
        (
            Entry(_("Team"), "metrics:team", "users"),
            Entry(_("KPIs"), "metrics:kpis", "chart-bar", "g k", only=HEADS, covers="/metrics/"),
            Entry(_("Funnel"), "metrics:funnel", "filter", only=HEADS),
            Entry(_("Cohorts"), "metrics:cohorts", "users", only=HEADS),
            Entry(_("Pipeline changes"), "metrics:pipeline_changes", "arrows-diff", only=HEADS),
            Entry(_("Forecast"), "metrics:forecast", "telescope", "g f"),
            Entry(_("Statements"), "metrics:statement_list", "receipt", only=HEADS),
            Entry(_("Plans"), "metrics:plan_list", "discount", only=HEADS),
            Entry(_("Books"), "metrics:book_list", "book"),
        ),
    ),
    Group(
        _("Set up"),
        (
            Entry(_("Imports"), "pipeline:import_list", "file-import"),
            Entry(_("Settings"), "pipeline:settings", "settings"),
            Entry(_("Jobs & audit"), "metrics:job_list", "clock-cog", covers="/audit/"),
        ),
    ),
)

RECORD_PAGES = {f"pipeline:{kind}_detail": kind for kind in ("deal", "lead", "account", "contact")}
"""Pages of one record: there the quick log is about that record."""

QUICK_LOG = Entry(_("Log activity"), "pipeline:activity_log", "bolt", "l", writes=True)
SEARCH = Entry(_("Search"), "pipeline:search", "search", "/")
NEW = (
    Entry(_("Deal"), "pipeline:deal_create", "briefcase", writes=True),
    Entry(_("Lead"), "pipeline:lead_create", "user-plus", writes=True),
    Entry(_("Account"), "pipeline:account_create", "building", writes=True),
    Entry(_("Contact"), "pipeline:contact_create", "user", writes=True),
)
ACCOUNT = (
    Entry(_("Preferences"), "accounts:profile", "adjustments"),
    Entry(_("Password"), "account_change_password", "key"),
    Entry(_("Two-step sign-in"), "mfa_index", "shield-lock"),
    Entry(_("Sessions"), "usersessions_list", "devices"),
)


def _may_use(entry: Entry, role: str) -> bool:
    access = access_of(entry.name)
    if access is None or not access.may_open(role) or (entry.only is not None and role not in entry.only):
        return False
    return not entry.writes or access.may_send(role, "POST")


def _available(entry: Entry, role: str) -> Entry | None:
    """The entry with its address; None when it is not for this role or its page does not exist."""
    try:
        return replace(entry, url=reverse(entry.name)) if role and _may_use(entry, role) else None
    except NoReverseMatch:
        return None


def _all_available(entries: tuple[Entry, ...], role: str) -> tuple[Entry, ...]:
    return tuple(found for entry in entries if (found := _available(entry, role)))


def _current_url(groups: list[Group], path: str) -> str:
    """The address of the entry that the page belongs to: the longest one that its path starts with."""
    starts = {start: entry.url for group in groups for entry in group.entries for start in (entry.url, entry.covers)}
    longest = max((start for start in starts if start and path.startswith(start)), key=len, default="")
    return starts[longest] if longest and (longest != "/" or path == "/") else ""


def _quick_log(role: str, match: ResolverMatch | None) -> Entry | None:
    entry = _available(QUICK_LOG, role)
    kind = RECORD_PAGES.get(match.view_name) if match else None
    return replace(entry, url=f"{entry.url}?{kind}={match.kwargs['pk']}") if entry and kind and match else entry


def shell_of(*, role: str, path: str, match: ResolverMatch | None = None) -> dict:
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
        "quick_log": _quick_log(role, match),
        "search": _available(SEARCH, role),
        "new": _all_available(NEW, role),
        "account": _all_available(ACCOUNT, role),
    }


def navigation(request: HttpRequest) -> dict:
    """Context processor: ``shell``, worked out only by pages that show the frame."""
    role = getattr(getattr(request, "user", None), "role", "")
    match = getattr(request, "resolver_match", None)
    return {"shell": SimpleLazyObject(lambda: shell_of(role=role, path=request.path, match=match))}
