"""Merging accounts and contacts that are there twice: pick the other one, see what happens, do it, take it back."""

from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.errors import ActionRefused, StaleVersion
from accounts.models import Account, Contact
from pipeline.actions.merges import merge_accounts, merge_contacts, undo_merge, undoable
from pipeline.forms.merges import MergeForm, OtherForm
from pipeline.merging import likely_duplicates, moving_parts, staying_parts
from pipeline.views.writing import ActionButton, ActionPage


def told_apart(record: Any, other: Any) -> str:
    """The record's name; where the other one is called the same, with what only this one says, else with its number."""
    if str(record) != str(other):
        return str(record)
    names = ("email", "phone", "title") if isinstance(record, Contact) else ("domain", "region", "industry")
    own = (getattr(record, name) for name in names if getattr(record, name) != getattr(other, name))
    return f"{record} ({next(filter(None, own), f'#{record.pk}')})"


class MergePage(ActionPage):
    """The record of the address stays; ``?with=`` names the one that goes. Without it the page asks for that one."""

    template_name = "pipeline/merge.html"
    model: ClassVar[type[Account | Contact]]
    joined: ClassVar[tuple[str, ...]]
    asks: ClassVar[str | Promise]
    other: Any = None

    def records(self) -> QuerySet[Any]:
        return self.model.objects.visible_to(self.request.user).select_related(*self.joined)

    def check_right(self, rows: QuerySet[Any]) -> None:
        super().check_right(rows)
        asked = self.request.GET.get("with", "")
        if not asked:
            return
        pk = int(asked) if asked.isdecimal() and len(asked) < 19 else 0
        self.other = get_object_or_404(rows.exclude(pk=self.record.pk), pk=pk)
        if not rows.writable_by(self.request.user).filter(pk=pk).exists():
            raise PermissionDenied

    def form(self, data: Any = None) -> Form:
        user = self.request.user
        if self.other is None:
            return OtherForm(data, record=self.record, user=user)
        return MergeForm(data, kept=self.record, gone=self.other, user=user)

    def act(self, form: Form) -> Any:
        if not isinstance(form, MergeForm):
            return form.cleaned_data["other"]
        merge: Any = merge_accounts if self.model is Account else merge_contacts
        return merge(
            kept=self.record, gone=self.other, by=self.request.user, now=timezone.now(), taken=form.taken(),
            versions=form.versions(),
        )  # fmt: skip

    def refused(self, form: Form, refusal: ActionRefused) -> HttpResponse:
        if not isinstance(refusal, StaleVersion):
            return super().refused(form, refusal)
        self.record, self.other = (self.records().get(pk=row.pk) for row in (self.record, self.other))
        fresh = self.form()
        self.problem = _("Somebody changed one of the two meanwhile. These are the new values: choose again.")
        return self.show(fresh, status=409)

    def done(self, result: Any) -> HttpResponse:
        if self.other is None:
            return redirect(self.address(self.record, result))
        undo = reverse(f"pipeline:{self.model._meta.model_name}_unmerge", args=[self.other.pk])
        text = _("“%(gone)s” is merged into “%(kept)s”.") % {"gone": self.other, "kept": result}
        messages.success(self.request, text, extra_tags=f"undo:{undo}")
        return redirect(result)

    def address(self, kept: Any, gone: Any) -> str:
        return f"{reverse(f'pipeline:{self.model._meta.model_name}_merge', args=[kept.pk])}?with={gone.pk}"

    def page(self, form: Form) -> dict[str, Any]:
        user, other = self.request.user, self.other
        context = {
            "cancel_url": self.record.get_absolute_url(),
            "icon": "arrow-merge",
            "other": other,
            "problem": getattr(self, "problem", ""),
        }
        if other is None:
            found = [
                (told_apart(row, self.record), why, self.address(self.record, row)) for row, why in self.candidates()
            ]
            words = {"title": self.asks % {"name": self.record}, "verb": _("See what changes"), "found": found}
            return context | words
        names = {"gone": told_apart(other, self.record), "kept": told_apart(self.record, other)}
        return (
            context
            | names
            | {
                "title": _("Merge “%(gone)s” into “%(kept)s”?") % names,
                "verb": _("Merge"),
                "swap_url": self.address(other, self.record),
                "moving": moving_parts(other, user=user),
                "staying": staying_parts(other, user=user),
            }
        )

    def candidates(self) -> list[tuple[Any, str | Promise]]:
        return likely_duplicates(self.record, user=self.request.user)


class AccountMergeView(MergePage):
    model = Account
    joined = ("owner", "parent")
    asks = gettext_lazy("Which account is the same as “%(name)s”?")


class ContactMergeView(MergePage):
    model = Contact
    joined = ("account",)
    asks = gettext_lazy("Which contact is the same as “%(name)s”?")


class UnmergeButton(ActionButton):
    """Takes a merge back; the address names the record that went."""

    model: ClassVar[type[Account | Contact]]

    def records(self) -> QuerySet[Any]:
        return undoable(self.model, by=self.request.user).select_related("merged_into")

    def act(self, record: Any) -> Any:
        return undo_merge(gone=record, by=self.request.user, now=timezone.now())

    def done(self, record: Any, result: Any) -> HttpResponse:
        messages.success(self.request, _("“%(name)s” is its own again.") % {"name": result})
        return self.back(record)

    def back(self, record: Any) -> HttpResponse:
        return redirect(record.merged_into or record)


class AccountUnmergeView(UnmergeButton):
    model = Account


class ContactUnmergeView(UnmergeButton):
    model = Contact


def to_what_it_became(model: type[Account | Contact], request: HttpRequest, pk: int) -> HttpResponse:
    """To the page of the record into which this one was merged; Http404 when it was not, or that is out of sight."""
    seen = model.objects.visible_to(request.user)
    return redirect(get_object_or_404(seen, pk__in=model.objects.filter(pk=pk).values("merged_into")))
