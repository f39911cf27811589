"""What one can do from the search box: "log call acme", "plan acme", "new deal"."""

from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account, Contact
from accounts.roles import Role
from pipeline.forms.activities import DONE_KINDS
from pipeline.models import Activity, Deal, Lead, Outcome
from pipeline.record_search import ALIKE, KINDS, SHORTEST, can_find_alike

MOST = 6
_EACH = 3
_NEW = (
    ("pipeline:deal_create", "briefcase", gettext_lazy("New deal")),
    ("pipeline:lead_create", "user-plus", gettext_lazy("New lead")),
    ("pipeline:account_create", "building", gettext_lazy("New account")),
    ("pipeline:contact_create", "user", gettext_lazy("New contact")),
)
_MAIL = ("mail", "email")


@dataclass(frozen=True)
class Command:
    """Something to do: what it says, of what (empty: of nothing yet), and where. ``is_sheet``: in the small dialog."""

    label: str
    about: str
    url: str
    icon: str
    is_sheet: bool = False


@dataclass(frozen=True)
class _Verb:
    """The beginning of a command: log or plan, with the kind of activity that is named (empty: none is)."""

    page: str
    kind: str
    label: str
    icon: str
    rest: str


def commands(text: str, user: Any) -> list[Command]:
    """What the text may mean to do, at most ``MOST``; nothing for who only reads."""
    if user.role == Role.LEADER or not text:
        return []
    verb = _verb(text)
    if verb is None:
        return _beginning_with(text)
    if len(verb.rest) < SHORTEST:
        return [_command(verb)]
    found = list(islice(_records(verb.rest, user), MOST))
    return [_command(verb, kind, record) for kind, record in found]


def _verb(text: str) -> _Verb | None:
    first, _blank, rest = text.strip().partition(" ")
    if first.lower() in {"plan", _("plan")}:
        return _Verb("pipeline:activity_plan", "", _("Plan next step"), "calendar-plus", rest.strip())
    if first.lower() not in {"log", _("log")}:
        return None
    second, _blank, after = rest.strip().partition(" ")
    kind = _kind(second)
    if kind is None:
        return _Verb("pipeline:activity_log", "", _("Log activity"), "bolt", rest.strip())
    label = _("Log: %(kind)s") % {"kind": kind.label}
    return _Verb("pipeline:activity_log", kind.value, label, "bolt", after.strip())


def _kind(word: str) -> Activity.Kind | None:
    clean = word.lower()
    for kind in DONE_KINDS:
        if clean in {kind.value, str(kind.label).lower()} or (kind == Activity.Kind.EMAIL and clean in _MAIL):
            return kind
    return None


def _records(text: str, user: Any) -> Any:
    """Open deals first, then leads, accounts and contacts; what is nearly called so where nothing is."""
    searches = [KINDS, ALIKE] if can_find_alike(text) else [KINDS]
    for search in searches:
        any_found = False
        for kind in ("deal", "lead", "account", "contact"):
            rows = search[kind](text, user)
            if kind == "deal":
                rows = rows.filter(outcome=Outcome.OPEN)
            for record in rows[:_EACH]:
                any_found = True
                yield kind, record
        if any_found:
            return


def _command(verb: _Verb, kind: str = "", record: Deal | Lead | Account | Contact | None = None) -> Command:
    asked = {kind: str(record.pk)} if record else {}
    if verb.kind:
        asked["kind"] = verb.kind
    url = reverse(verb.page) + (f"?{urlencode(asked)}" if asked else "")
    account = getattr(record, "account", None) if kind in {"deal", "contact"} else None
    about = " · ".join(str(part) for part in (record, account) if part)
    return Command(verb.label, about, url, verb.icon, is_sheet=True)


def _beginning_with(text: str) -> list[Command]:
    """Commands of whose words each typed one is the beginning of one."""
    typed = text.lower().split()
    every = [
        Command(_("Log activity"), "", reverse("pipeline:activity_log"), "bolt", is_sheet=True),
        Command(_("Plan next step"), "", reverse("pipeline:activity_plan"), "calendar-plus", is_sheet=True),
        *(Command(str(label), "", reverse(page), icon) for page, icon, label in _NEW),
    ]

    def fits(command: Command) -> bool:
        words = command.label.lower().split()
        return all(any(word.startswith(part) for word in words) for part in typed)

    return [command for command in every if fits(command)][:MOST]
