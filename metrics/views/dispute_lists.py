"""Disputes that a reader sees, the open ones by the day on which an answer is due."""

from typing import Any, ClassVar

from django.db.models import Count, Max, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import formats
from accounts.business_dates import business_date
from accounts.keyset import KeysetPage, Sort
from accounts.models import Company
from accounts.views.listing import Column, Filter, ListPage
from metrics.models import Dispute


class DisputeListView(ListPage):
    template_name = "metrics/dispute_list.html"
    kind = "disputes"
    sorts: ClassVar = {
        "due": (gettext_lazy("answer due first"), Sort("due_on")),
        "new": (gettext_lazy("newest"), Sort("opened_at", down=True)),
    }
    columns: ClassVar = [
        Column("rep", lambda row: str(row.statement.rep)),
        Column("period", lambda row: row.statement.period),
        Column("line", lambda row: row.about),
        Column("opened_at", lambda row: row.opened_at),
        Column("due_on", lambda row: row.due_on),
        Column("outcome", lambda row: row.outcome),
        Column("closed_at", lambda row: row.closed_at),
    ]

    def filters(self) -> list[Filter]:
        outcomes = [("open", _("Open")), ("all", _("any")), *Dispute.Outcome.choices[1:]]
        return [Filter("outcome", _("Outcome"), outcomes, is_view=True)]

    def rows(self, chosen: dict[str, str]) -> QuerySet[Dispute]:
        rows = Dispute.objects.visible_to(self.request.user).select_related("statement__rep")
        rows = rows.annotate(said=Count("messages"), said_at=Max("messages__at"))
        return rows.filter(outcome=chosen["outcome"]) if chosen["outcome"] != "all" else rows

    def page(self, found: KeysetPage[Any], chosen: dict[str, str]) -> dict[str, Any]:
        today = business_date(timezone.now(), Company.current().zone)
        for row in found.rows:
            row.is_late = row.is_open and row.due_on < today
        return {"crumbs": [{"label": _("Statements"), "url": reverse("metrics:statement_list")}]}

    def shown_text(self, total: int, *, is_all: bool) -> str:
        return ngettext("%s dispute", "%s disputes", total) % (formats.number(total) + ("" if is_all else "+"))
