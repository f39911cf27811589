from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import F, Q, QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views import View

from accounts import formats
from accounts.keyset import KeysetPage, Sort
from accounts.models import Account, Contact
from accounts.roles import Role
from accounts.views.listing import Column, Filter, ListPage
from pipeline.actions.contacts import change_contact, create_contact, delete_contact, restore_contact
from pipeline.actions.deletions import restorable
from pipeline.actions.merges import merged_records
from pipeline.forms.accounts import ContactForm
from pipeline.models import Deal, Lead
from pipeline.timeline import record_timeline
from pipeline.views.duplicates import DuplicateCheck
from pipeline.views.merges import to_what_it_became
from pipeline.views.writing import ActionButton, ActionPage, back_to, deleted, sent_version

_PART_ROWS = 20


class ContactListView(ListPage):
    template_name = "pipeline/contact_list.html"
    kind = "contacts"
    sorts: ClassVar = {
        "name": (gettext_lazy("name"), Sort("name")),
        "account": (gettext_lazy("account"), Sort("account__name")),
        "new": (gettext_lazy("newest"), Sort("created_at", down=True)),
    }
    columns: ClassVar = [
        Column("account", lambda contact: contact.account),
        *(Column(name, lambda contact, name=name: getattr(contact, name)) for name in (
            "name", "email", "phone", "title", "external_id",
        )),
    ]  # fmt: skip

    def filters(self) -> list[Filter]:
        owners = [("", _("any")), ("me", _("Mine"))]
        return [
            Filter("owner", _("Account's owner"), owners),
            Filter("q", _("Name"), is_text=True),
        ]

    def rows(self, chosen: dict[str, str]) -> QuerySet[Contact]:
        rows = Contact.objects.visible_to(self.request.user).select_related("account")
        if chosen["owner"] == "me":
            rows = rows.filter(account__owner__user=self.request.user)
        if text := chosen["q"]:
            rows = rows.filter(Q(name__icontains=text) | Q(email__icontains=text) | Q(account__name__icontains=text))
        return rows

    def page(self, found: KeysetPage[Contact], chosen: dict[str, str]) -> dict[str, Any]:
        return {"may_write": self.request.user.role != Role.LEADER}

    def shown_text(self, total: int, *, is_all: bool) -> str:
        return ngettext("%s contact", "%s contacts", total) % (formats.number(total) + ("" if is_all else "+"))


class ContactDetailView(View):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        user = request.user
        contact = Contact.objects.visible_to(user).select_related("account__owner").filter(pk=pk).first()
        if contact is None:
            return to_what_it_became(Contact, request, pk)
        family = Contact.objects.filter(Q(pk=contact.pk) | Q(merged_into=contact))
        deals = Deal.objects.visible_to(user).filter(contact__in=family).select_related("stage", "owner")
        context = {
            "contact": contact,
            "now": timezone.now(),
            "may_write": user.role != Role.LEADER,
            "merged": merged_records(contact, by=user),
            "deals": deals.order_by(F("closed_at").desc(nulls_first=True), "expected_close_on", "pk")[:_PART_ROWS],
            "leads": Lead.objects.visible_to(user).filter(contact=contact).order_by("-created_at", "-pk")[:_PART_ROWS],
            **record_timeline(contact, user=user),
        }
        return render(request, "pipeline/contact_detail.html", context)


class ContactCreateView(DuplicateCheck, ActionPage):
    template_name = "pipeline/contact_form.html"

    def page(self, form: Form) -> dict[str, Any]:
        return {
            **super().page(form),
            "title": _("New contact"),
            "verb": _("Save contact"),
            "cancel_url": reverse("pipeline:contact_list"),
            "draft": "contact-new",
            "duplicates_url": reverse("pipeline:duplicate_hint"),
        }

    def form(self, data: Any = None) -> Form:
        asked = self.request.GET.get("account", "")
        initial = {}
        if data is None and asked:
            pk = int(asked) if asked.isdecimal() and len(asked) < 19 else 0
            initial["account"] = get_object_or_404(Account.objects.visible_to(self.request.user), pk=pk)
        return ContactForm(data, user=self.request.user, initial=initial)

    def act(self, form: Form) -> Contact:
        return create_contact(by=self.request.user, now=timezone.now(), **form.cleaned_data)

    def done(self, result: Contact) -> HttpResponse:
        messages.success(self.request, _("Contact “%(name)s” saved.") % {"name": result})
        return redirect(result)


class ContactEditView(ActionPage):
    template_name = "pipeline/contact_form.html"

    def records(self) -> QuerySet[Contact]:
        return Contact.objects.visible_to(self.request.user).select_related("account")

    def page(self, form: Form) -> dict[str, Any]:
        title = _("Edit “%(name)s”") % {"name": self.record}
        return {"title": title, "verb": _("Save changes"), "cancel_url": self.record.get_absolute_url()}

    def form(self, data: Any = None) -> Form:
        return ContactForm(data, instance=self.record, user=self.request.user)

    def act(self, form: Form) -> Contact:
        return change_contact(contact=self.record, by=self.request.user, now=timezone.now(), **form.cleaned_data)


class ContactDeleteView(ActionButton):
    def records(self) -> QuerySet[Contact]:
        return Contact.objects.visible_to(self.request.user)

    def act(self, record: Contact) -> None:
        delete_contact(contact=record, by=self.request.user, now=timezone.now(), version=sent_version(self.request))

    def done(self, record: Contact, result: Any) -> HttpResponse:
        deleted(self.request, record, "pipeline:contact_restore")
        return redirect("pipeline:account_detail", pk=record.account_id)


class ContactRestoreView(ActionButton):
    def records(self) -> QuerySet[Contact]:
        return restorable(Contact, by=self.request.user)

    def act(self, record: Contact) -> Contact:
        return restore_contact(contact=record, by=self.request.user, now=timezone.now())

    def done(self, record: Contact, result: Contact) -> HttpResponse:
        return back_to(self.request, default=record.get_absolute_url())
