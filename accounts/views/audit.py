"""Who did what: the audit log, searched. For admins."""

import datetime
import re
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import formats
from accounts.business_dates import day_start
from accounts.keyset import KeysetPage, Sort
from accounts.models import AuditEntry, Company
from accounts.views.listing import Column, Filter, FilterRefused, ListPage
from accounts.views.setting_pages import crumbs

DAY = datetime.timedelta(days=1)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


@dataclass(frozen=True)
class Line:
    """One thing that an entry tells: a field with its old value (None: none was kept) and its new one."""

    name: str
    old: str | None
    new: str


class AuditListView(ListPage):
    template_name = "accounts/audit_list.html"
    kind = "audit"
    sorts: ClassVar = {
        "new": (gettext_lazy("newest"), Sort("at", down=True)),
        "old": (gettext_lazy("oldest"), Sort("at")),
    }
    columns: ClassVar = [
        *(Column(name, lambda row, name=name: getattr(row, name)) for name in (
            "at", "by_text", "action", "subject_kind", "subject_id", "subject_name",
        )),
        Column("detail", lambda row: "; ".join(written(line) for line in lines_of(row.detail))),
    ]  # fmt: skip

    def filters(self) -> list[Filter]:
        return [
            Filter("q", _("Record or person"), is_text=True),
            Filter("action", _("Deed"), [("", _("any")), *used("action")]),
            Filter("kind", _("Kind"), [("", _("any")), *used("subject_kind")]),
            Filter("from", _("From"), is_text=True, input_type="date"),
            Filter("to", _("To"), is_text=True, input_type="date"),
        ]

    def rows(self, chosen: dict[str, str]) -> QuerySet[AuditEntry]:
        rows = AuditEntry.objects.select_related("by")
        if chosen["q"]:
            text = chosen["q"]
            rows = rows.filter(
                Q(subject_name__icontains=text) | Q(by_text__icontains=text) | Q(by__email__icontains=text)
            )
        if chosen["action"]:
            rows = rows.filter(action=chosen["action"])
        if chosen["kind"]:
            rows = rows.filter(subject_kind=chosen["kind"])
        zone = Company.current().zone
        if first := day_of("from", chosen["from"]):
            rows = rows.filter(at__gte=day_start(first, zone))
        if last := day_of("to", chosen["to"]):
            rows = rows.filter(at__lt=day_start(last + DAY, zone))
        return rows

    def page(self, found: KeysetPage[AuditEntry], chosen: dict[str, str]) -> dict[str, Any]:
        for row in found.rows:
            row.lines = lines_of(row.detail)
            row.deed = spoken(row.action)
            row.kind = spoken(row.subject_kind)
        return {"crumbs": crumbs()}

    def shown_text(self, total: int, *, is_all: bool) -> str:
        return ngettext("%s entry", "%s entries", total) % (formats.number(total) + ("" if is_all else "+"))


def used(field: str) -> list[tuple[str, str]]:
    """Values of a field that the log holds, with words."""
    values = AuditEntry.objects.order_by(field).values_list(field, flat=True).distinct()
    return [(value, spoken(value)) for value in values if value]


def spoken(code: str) -> str:
    return code.replace("_", " ").capitalize()


def day_of(name: str, text: str) -> datetime.date | None:
    """The day that a filter names; None when it is empty."""
    if not text:
        return None
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError as error:
        raise FilterRefused(_("%(name)s: enter a day such as 2026-11-23.") % {"name": name}) from error
    if not 1900 <= day.year <= 2200:
        raise FilterRefused(_("%(name)s: enter a year from 1900 to 2200.") % {"name": name})
    return day


def lines_of(detail: dict[str, Any]) -> list[Line]:
    """What an entry's detail says, for people: changes field by field, everything else name by name."""
    old, new = detail.get("from"), detail.get("to")
    if isinstance(new, dict):
        before = old if isinstance(old, dict) else {}
        return [
            Line(spoken(name), told(before[name]) if name in before else None, told(value))
            for name, value in new.items()
            if (name in before or value not in (None, "", [])) and before.get(name, ...) != value
        ]
    return [Line(spoken(name), None, told(value)) for name, value in detail.items() if value not in (None, "")]


def told(value: Any) -> str:
    """A value as people say it."""
    if value is None or value == "" or value == []:
        return _("nothing")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        return formats.stamp(datetime.datetime.fromisoformat(value))
    return ", ".join(str(one) for one in value) if isinstance(value, list) else str(value)


def written(line: Line) -> str:
    return f"{line.name}: {line.new}" if line.old is None else f"{line.name}: {line.old} → {line.new}"
