"""Changing many records of a list at once: choose the change, see what it would do, do it, undo it."""

from collections import defaultdict
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View

from accounts import formats
from accounts.errors import ActionRefused, NotAllowed
from accounts.models import AuditEntry
from accounts.views.listing import PLACE, ListPage
from pipeline.actions import bulk_deals, bulk_leads
from pipeline.bulk import MOST, BulkResult, BulkRow, RowsRefused, Undone
from pipeline.forms.bulk import BulkDealForm, BulkForm
from pipeline.models import Deal, Lead
from pipeline.views.deals import DealListView
from pipeline.views.leads import LeadListView
from pipeline.views.listing import FilterRefused

NAMES_SHOWN = 20
OWN_PARTS = (*PLACE, "pick", "all")
"""Parts of the address that say which rows, not which list."""


class BulkPage(View):
    """Which rows comes from the list's own address: ticked ones (``pick``), or with ``all`` all that its filters leave.

    The change goes with the versions that were looked at, and is done to all of the rows that are shown or to none.
    """

    list_view: ClassVar[type[ListPage]]
    list_name: ClassVar[str]
    form_class: ClassVar[type[BulkForm]]
    http_method_names = ("get", "head", "post")

    def visible(self) -> QuerySet[Any]:
        raise NotImplementedError

    def blocked(self, rows: list[BulkRow]) -> dict[int, ActionRefused]:
        raise NotImplementedError

    def unchanged(self, rows: list[BulkRow]) -> int:
        raise NotImplementedError

    def change(self, rows: list[BulkRow]) -> BulkResult:
        raise NotImplementedError

    def counted(self, count: int) -> str:
        """So many records, in words."""
        raise NotImplementedError

    def get(self, request: HttpRequest) -> HttpResponse:
        try:
            picked = self.picked()
        except (FilterRefused, ValidationError) as refusal:
            context = {"problem": str(refusal), "clear_url": self.back()}
            return render(request, "pipeline/list_refused.html", context, status=400)
        if not picked:
            messages.error(request, _("Tick at least one row first."))
            return redirect(self.back())
        words = " ".join(f"{pk}:{version}" for pk, version in picked)
        return self.show(self.form_class(user=request.user, initial={"picked": words}), len(picked))

    def picked(self) -> list[tuple[int, int]]:
        """The rows that are meant and their versions; FilterRefused where they are too many."""
        if self.request.GET.get("all"):
            page = self.list_view()
            page.setup(self.request)
            rows = page.rows(page.choose())
        else:
            ticked = [text for text in self.request.GET.getlist("pick") if text.isdecimal() and len(text) < 19]
            rows = self.visible().filter(pk__in=[int(text) for text in ticked[:MOST]])
        found = list(rows.order_by("pk").values_list("pk", "version")[: MOST + 1])
        if len(found) > MOST:
            text = _("These are more than %(most)s. At most so many can be changed at once: narrow the filters.")
            raise FilterRefused(text % {"most": formats.number(MOST)})
        return found

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.form_class(request.POST, user=request.user)
        if not form.is_valid():
            return self.show(form, len(request.POST.get("picked", "").split()), status=422)
        rows = form.rows()
        if not request.POST.get("confirmed"):
            return self.check(form, rows)
        try:
            result = self.change(rows)
        except RowsRefused:
            return self.check(form, rows, status=409, problem=_("Nothing was changed: some of it can't be, as of now."))
        if result.entry is None:
            messages.info(request, _("Nothing to change: it is so already."))
        else:
            undo = f"{reverse(self.list_name.replace('_list', '_bulk_undo'))}?{self.undo_query(result.entry)}"
            text = _("%(records)s changed.") % {"records": self.counted(len(result.changed))}
            messages.success(request, text, extra_tags=f"undo:{undo}")
        return redirect(self.back())

    def undo_query(self, entry: AuditEntry) -> str:
        return urlencode([("change", entry.pk), *self.kept()])

    def check(self, form: BulkForm, rows: list[BulkRow], *, status: int = 200, problem: str = "") -> HttpResponse:
        """What would change and what can't, to confirm."""
        blocked = self.blocked(rows)
        fine = [row for index, row in enumerate(rows) if index not in blocked]
        names = dict(self.visible().filter(pk__in=[rows[index].pk for index in blocked]).values_list("pk", "name"))
        by_reason: dict[str, list[str]] = defaultdict(list)
        for index, refusal in blocked.items():
            by_reason[str(refusal)].append(names.get(rows[index].pk, f"#{rows[index].pk}"))
        same = self.unchanged(fine)
        context = {
            "form": form,
            "picked": " ".join(f"{row.pk}:{row.version}" for row in fine),
            "title": _("Change %(records)s?") % {"records": self.counted(len(fine) - same)},
            "changes": len(fine) - same,
            "will": self.counted(len(fine) - same),
            "same": self.counted(same) if same else "",
            "sent": [(name, self.request.POST.get(name, "")) for name in form.fields if name != "picked"],
            "reasons": [
                (reason, self.counted(len(found)), found[:NAMES_SHOWN], len(found) - NAMES_SHOWN)
                for reason, found in by_reason.items()
            ],
            "problem": problem,
            "cancel_url": self.back(),
        }
        return render(self.request, "pipeline/bulk_check.html", context, status=status)

    def show(self, form: BulkForm, count: int, *, status: int = 200) -> HttpResponse:
        context = {
            "form": form,
            "conflicts": None,
            "title": _("Change %(records)s") % {"records": self.counted(count)},
            "verb": _("See what changes"),
            "cancel_url": self.back(),
        }
        return render(self.request, "pipeline/form_page.html", context, status=status)

    def kept(self) -> list[tuple[str, str]]:
        return [(key, value) for key, value in self.request.GET.items() if key not in OWN_PARTS and value]

    def back(self) -> str:
        """The list with its filters."""
        query = urlencode(self.kept())
        return f"{reverse(self.list_name)}?{query}" if query else reverse(self.list_name)


class BulkUndoPage(View):
    """The press that takes back one change of many records, as far as nobody edited them since."""

    list_name: ClassVar[str]
    kind: ClassVar[str]
    http_method_names = ("get", "head", "post")

    def undo(self, entry: AuditEntry) -> Undone:
        raise NotImplementedError

    def counted(self, count: int) -> str:
        raise NotImplementedError

    def get(self, request: HttpRequest) -> HttpResponse:
        return redirect(self.list_name)

    def post(self, request: HttpRequest) -> HttpResponse:
        asked = request.GET.get("change", "")
        if not asked.isdecimal() or len(asked) > 18:
            messages.error(request, _("Nothing to undo: the address names no change."))
            return redirect(self.list_name)
        mine = AuditEntry.objects.filter(action=bulk_deals.ACTION, subject_kind=self.kind, by=request.user)
        try:
            undone = self.undo(get_object_or_404(mine, pk=int(asked)))
        except NotAllowed as refusal:
            raise Http404 from refusal
        if undone.restored:
            messages.success(request, _("%(records)s put back.") % {"records": self.counted(len(undone.restored))})
        if undone.left:
            names = ", ".join(f"“{record}”" for record in undone.left[:NAMES_SHOWN])
            more = len(undone.left) - NAMES_SHOWN
            names += _(" and %(more)s more") % {"more": more} if more > 0 else ""
            text = _("Left as they are, because they were changed since: %(names)s.")
            messages.warning(request, text % {"names": names})
        kept = [(key, value) for key, value in request.GET.items() if key != "change"]
        return redirect(f"{reverse(self.list_name)}?{urlencode(kept)}" if kept else reverse(self.list_name))


def _deals(count: int) -> str:
    return ngettext("%s deal", "%s deals", count) % formats.number(count)


def _leads(count: int) -> str:
    return ngettext("%s lead", "%s leads", count) % formats.number(count)


class DealBulkView(BulkPage):
    list_view, list_name, form_class = DealListView, "pipeline:deal_list", BulkDealForm
    counted = staticmethod(_deals)

    def visible(self) -> QuerySet[Deal]:
        return Deal.objects.visible_to(self.request.user)

    def blocked(self, rows: list[BulkRow]) -> dict[int, ActionRefused]:
        return bulk_deals.blocked_deals(rows=rows, by=self.request.user, now=timezone.now())

    def unchanged(self, rows: list[BulkRow]) -> int:
        return bulk_deals.same_deals(rows=rows, by=self.request.user, now=timezone.now())

    def change(self, rows: list[BulkRow]) -> BulkResult:
        return bulk_deals.change_deals(rows=rows, by=self.request.user, now=timezone.now())


class DealBulkUndoView(BulkUndoPage):
    list_name, kind = "pipeline:deal_list", "deal"
    counted = staticmethod(_deals)

    def undo(self, entry: AuditEntry) -> Undone:
        return bulk_deals.undo_change_deals(entry=entry, by=self.request.user, now=timezone.now())


class LeadBulkView(BulkPage):
    list_view, list_name, form_class = LeadListView, "pipeline:lead_list", BulkForm
    counted = staticmethod(_leads)

    def visible(self) -> QuerySet[Lead]:
        return Lead.objects.visible_to(self.request.user)

    def blocked(self, rows: list[BulkRow]) -> dict[int, ActionRefused]:
        return bulk_leads.blocked_leads(rows=rows, by=self.request.user)

    def unchanged(self, rows: list[BulkRow]) -> int:
        owners = {row.pk: row.values["owner"].pk for row in rows}
        held = self.visible().filter(pk__in=owners).values_list("pk", "owner_id")
        return sum(owners[pk] == owner for pk, owner in held)

    def change(self, rows: list[BulkRow]) -> BulkResult:
        return bulk_leads.change_leads(rows=rows, by=self.request.user, now=timezone.now())


class LeadBulkUndoView(BulkUndoPage):
    list_name, kind = "pipeline:lead_list", "lead"
    counted = staticmethod(_leads)

    def undo(self, entry: AuditEntry) -> Undone:
        return bulk_leads.undo_change_leads(entry=entry, by=self.request.user, now=timezone.now())
