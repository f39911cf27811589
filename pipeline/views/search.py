"""One box for accounts, contacts, leads, deals and what one can do, and suggestions for fields that take a name."""

from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import View

from accounts.roles import Role
from pipeline.palette import commands
from pipeline.record_search import ALIKE, KINDS, LONGEST, SHORTEST, Named, can_find_alike

_SHOWN = 10
_SHOWN_IN_PALETTE = 4


class SearchView(View):
    """The page of what is found; with ``part=palette`` only the list that the palette shows while one types."""

    def get(self, request: HttpRequest) -> HttpResponse:
        text = typed(request)
        is_palette = request.GET.get("part") == "palette"
        most = _SHOWN_IN_PALETTE if is_palette else _SHOWN
        is_long = len(text) >= SHORTEST
        groups = found(KINDS, text, request.user, most) if is_long else []
        to_do = commands(text, request.user)
        is_alike = is_long and not groups and not to_do and can_find_alike(text)
        context = {
            "text": text,
            "too_short": bool(text) and not is_long,
            "is_alike": is_alike,
            "groups": found(ALIKE, text, request.user, most) if is_alike else groups,
            "commands": to_do,
            "may_write": request.user.role != Role.LEADER,
        }
        return render(request, "pipeline/_palette.html" if is_palette else "pipeline/search_results.html", context)


def typed(request: HttpRequest) -> str:
    """What is looked for, without what no name has."""
    return request.GET.get("q", "").replace("\0", "").strip()[:LONGEST]


def found(kinds: dict[str, Named], text: str, user: Any, most: int) -> list[dict[str, Any]]:
    """By kind the first rows; kinds of which there are none are left out."""
    titles = {"deal": _("Deals"), "account": _("Accounts"), "contact": _("Contacts"), "lead": _("Leads")}
    groups = []
    for kind, named in kinds.items():
        rows = list(named(text, user)[: most + 1])
        groups.append({"kind": kind, "title": titles[kind], "rows": rows[:most], "more": len(rows) > most})
    return [group for group in groups if group["rows"]]


class SuggestionsView(View):
    """Options for a field that takes the name of an account or a contact."""

    def get(self, request: HttpRequest) -> HttpResponse:
        kind, text = request.GET.get("kind", ""), typed(request)
        if kind not in KINDS:
            raise BadRequest(_("kind: possible are %(possible)s.") % {"possible": ", ".join(KINDS)})
        rows = KINDS[kind](text, request.user)[:_SHOWN] if len(text) >= SHORTEST else []
        return render(request, "pipeline/_suggestions.html", {"rows": rows, "kind": kind})
