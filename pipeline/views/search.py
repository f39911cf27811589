"""One box for accounts, contacts, leads and deals, and suggestions for fields that take a record's name."""

from typing import Any

from django.core.exceptions import BadRequest
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import View

from accounts.models import Account, Contact
from accounts.roles import Role
from pipeline.models import Deal, Lead

_SHOWN = 10
_SHORTEST = 2
_LONGEST = 100


def accounts_named(text: str, user: object) -> QuerySet[Account]:
    rows = Account.objects.visible_to(user)
    return rows.filter(Q(name__icontains=text) | Q(domain__icontains=text)).order_by("name", "pk")


def contacts_named(text: str, user: object) -> QuerySet[Contact]:
    rows = Contact.objects.visible_to(user).select_related("account")
    return rows.filter(Q(name__icontains=text) | Q(email__icontains=text)).order_by("name", "pk")


def leads_named(text: str, user: object) -> QuerySet[Lead]:
    rows = Lead.objects.visible_to(user)
    named = Q(name__icontains=text) | Q(company__icontains=text) | Q(email__icontains=text)
    return rows.filter(named).order_by("-created_at", "-pk")


def deals_named(text: str, user: object) -> QuerySet[Deal]:
    """Two searches joined: one condition over two tables could use the index of neither."""
    rows = Deal.objects.visible_to(user)
    by_name = rows.filter(name__icontains=text).order_by().values("pk")
    by_account = rows.filter(account__name__icontains=text).order_by().values("pk")
    found = rows.filter(pk__in=by_name.union(by_account))
    return found.select_related("account", "stage").order_by("-updated_at", "-pk")


GROUPS = {"deal": deals_named, "account": accounts_named, "contact": contacts_named, "lead": leads_named}


class SearchView(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        text = request.GET.get("q", "").replace("\0", "").strip()[:_LONGEST]
        groups: list[dict[str, Any]] = []
        if len(text) >= _SHORTEST:
            titles = {"deal": _("Deals"), "account": _("Accounts"), "contact": _("Contacts"), "lead": _("Leads")}
            for kind, named in GROUPS.items():
                rows = list(named(text, request.user)[: _SHOWN + 1])
                groups.append({"kind": kind, "title": titles[kind], "rows": rows[:_SHOWN], "more": len(rows) > _SHOWN})
        context = {
            "text": text,
            "too_short": bool(text) and len(text) < _SHORTEST,
            "groups": [group for group in groups if group["rows"]],
            "may_write": request.user.role != Role.LEADER,
        }
        return render(request, "pipeline/search_results.html", context)


class SuggestionsView(View):
    """Options for a field that takes the name of an account or a contact."""

    def get(self, request: HttpRequest) -> HttpResponse:
        kind, text = request.GET.get("kind", ""), request.GET.get("q", "").replace("\0", "").strip()[:_LONGEST]
        if kind not in GROUPS:
            raise BadRequest(f"kind: possible are {', '.join(GROUPS)}.")
        rows = GROUPS[kind](text, request.user)[:_SHOWN] if len(text) >= _SHORTEST else []
        return render(request, "pipeline/_suggestions.html", {"rows": rows, "kind": kind})
