"""Creating a deal, changing what is known of it, its lines and its credits; deleting it and bringing it back."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import formats
from accounts.errors import ActionRefused
from accounts.models import Account, Contact
from pipeline.actions.deal_parts import set_credits, set_lines
from pipeline.actions.deals import change_deal, create_deal, delete_deal, restore_deal
from pipeline.actions.deletions import restorable
from pipeline.forms.conflicts import Conflict
from pipeline.forms.deal_parts import CreditsForm, LinesForm, PartsForm
from pipeline.forms.deals import DealForm, NewDealForm
from pipeline.forms.mends import MendForm
from pipeline.models import Deal
from pipeline.views.writing import ActionButton, ActionPage, deleted, local_address, sent_version


class DealPage(ActionPage):
    """A form about one deal."""

    def records(self) -> QuerySet[Deal]:
        joined = ("account", "contact", "owner", "stage", "pipeline", "channel", "campaign")
        return Deal.objects.visible_to(self.request.user).select_related(*joined)


class DealCreateView(ActionPage):
    template_name = "pipeline/deal_form.html"

    def form(self, data: Any = None) -> Form:
        return NewDealForm(data, user=self.request.user, initial=self.prefilled())

    def prefilled(self) -> dict[str, Any]:
        """The account, contact or stage in whose page the button was."""
        user, asked = self.request.user, self.request.GET
        found: dict[str, Any] = {}
        for name, rows in (
            ("account", Account.objects.visible_to(user)),
            ("contact", Contact.objects.visible_to(user)),
        ):
            text = asked.get(name, "")
            record = rows.filter(pk=int(text)).first() if text.isdecimal() and len(text) < 19 else None
            if record:
                found[name] = record
        return found | {"stage": asked.get("stage", "")}

    def act(self, form: Form) -> Deal:
        return create_deal(by=self.request.user, now=timezone.now(), **form.cleaned_data)

    def done(self, result: Deal) -> HttpResponse:
        messages.success(self.request, _("“%(name)s” is open now.") % {"name": result})
        return redirect(result)

    def page(self, form: Form) -> dict[str, Any]:
        return {"title": _("New deal"), "verb": _("Open deal"), "cancel_url": reverse("pipeline:board")}


class DealEditView(DealPage):
    template_name = "pipeline/deal_form.html"

    def form(self, data: Any = None) -> Form:
        return DealForm(data, user=self.request.user, deal=self.record)

    def act(self, form: Form) -> Deal:
        return change_deal(deal=self.record, by=self.request.user, now=timezone.now(), **form.cleaned_data)

    def page(self, form: Form) -> dict[str, Any]:
        title = _("Edit “%(name)s”") % {"name": self.record}
        return {"title": title, "verb": _("Save"), "cancel_url": self.record.get_absolute_url()}


class DealMendView(ActionButton):
    """One field that was missing, filled in from the list of what is missing."""

    def records(self) -> QuerySet[Deal]:
        return Deal.objects.visible_to(self.request.user)

    def act(self, record: Deal) -> Deal:
        form = MendForm(self.request.POST, user=self.request.user)
        if not form.is_valid():
            raise ActionRefused(form.problem())
        return change_deal(
            deal=record, by=self.request.user, now=timezone.now(), version=sent_version(self.request), **form.values()
        )

    def done(self, record: Deal, result: Deal) -> HttpResponse:
        messages.success(self.request, _("“%(name)s” saved.") % {"name": result})
        return self.back(record)


class DealPartsPage(DealPage):
    """A table of parts; when somebody saved meanwhile, what is saved now stands beside what was typed."""

    template_name = "pipeline/deal_parts.html"
    label: Any
    saved: Any

    def done(self, result: Deal) -> HttpResponse:
        messages.success(self.request, self.saved)
        return redirect(self.back())

    def back(self) -> str:
        """Where the table was opened: the form that wins the deal, else the deal."""
        return local_address(self.request, self.request.GET.get("next", "")) or self.record.get_absolute_url()

    def show(self, form: Any, *, status: int = 200, conflicts: list[Conflict] | None = None) -> HttpResponse:
        if conflicts is not None:
            conflicts = [Conflict(str(self.label), self.words(form.saved), self.words(form.parts()))]
        return super().show(form, status=status, conflicts=conflicts)

    def words(self, parts: list[dict[str, Any]]) -> str:
        raise NotImplementedError


class DealLinesView(DealPartsPage):
    label, saved = gettext_lazy("Lines"), gettext_lazy("Lines saved.")

    def form(self, data: Any = None) -> PartsForm:
        return LinesForm(data, deal=self.record, user=self.request.user)

    def act(self, form: PartsForm) -> Deal:
        version = form.cleaned_data["version"]
        return set_lines(
            deal=self.record, lines=form.parts(), by=self.request.user, now=timezone.now(), version=version
        )

    def words(self, parts: list[dict[str, Any]]) -> str:
        return ", ".join(f"{row['product']} × {formats.plain(row['quantity'], 4)}" for row in parts) or _("nothing")

    def page(self, form: Form) -> dict[str, Any]:
        hint = _("Prices are in %(currency)s, before the discount. A row without a product is left out.")
        return {
            "title": _("Lines of “%(name)s”") % {"name": self.record},
            "verb": _("Save lines"),
            "hint": hint % {"currency": self.record.currency},
            "cancel_url": self.back(),
        }


class DealCreditsView(DealPartsPage):
    label, saved = gettext_lazy("Credits"), gettext_lazy("Credits saved.")

    def form(self, data: Any = None) -> PartsForm:
        return CreditsForm(data, deal=self.record, user=self.request.user)

    def act(self, form: PartsForm) -> Deal:
        shares = [(row["rep"], row["share"]) for row in form.parts()]
        version = form.cleaned_data["version"]
        return set_credits(deal=self.record, shares=shares, by=self.request.user, now=timezone.now(), version=version)

    def words(self, parts: list[dict[str, Any]]) -> str:
        shares = [f"{row['rep']} {formats.plain(row['share'] * 100, 4)}%" for row in parts]
        return ", ".join(shares) or _("all to the owner")

    def page(self, form: Form) -> dict[str, Any]:
        hint = _("The shares add up to 100 %. Without any row the owner has all of it.")
        title = _("Credits of “%(name)s”") % {"name": self.record}
        return {"title": title, "verb": _("Save credits"), "hint": hint, "cancel_url": self.back()}


class DealDeleteView(ActionButton):
    def records(self) -> QuerySet[Deal]:
        return Deal.objects.visible_to(self.request.user)

    def act(self, record: Deal) -> None:
        delete_deal(deal=record, by=self.request.user, now=timezone.now(), version=sent_version(self.request))

    def done(self, record: Deal, result: Any) -> HttpResponse:
        deleted(self.request, record, "pipeline:deal_restore")
        return redirect("pipeline:board")


class DealRestoreView(ActionButton):
    def records(self) -> QuerySet[Deal]:
        return restorable(Deal, by=self.request.user)

    def act(self, record: Deal) -> Deal:
        return restore_deal(deal=record, by=self.request.user, now=timezone.now())

    def done(self, record: Deal, result: Deal) -> HttpResponse:
        return redirect(record)
