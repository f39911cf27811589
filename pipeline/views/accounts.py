from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import F, Q, QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views import View

from accounts import formats
from accounts.business_dates import business_date
from accounts.keyset import KeysetPage, Sort
from accounts.models import Account, Company, Contact
from accounts.roles import Role
from accounts.views.listing import Column, Filter, ListPage
from pipeline.actions.accounts import change_account, create_account, delete_account, restore_account
from pipeline.actions.deletions import restorable
from pipeline.actions.merges import merged_records
from pipeline.forms.accounts import AccountForm
from pipeline.models import Deal, Lead, Subscription
from pipeline.owners import owner_history
from pipeline.rollup import Total, account_rollup, open_sums
from pipeline.timeline import record_timeline
from pipeline.views.deal_filters import reps_offered
from pipeline.views.duplicates import DuplicateCheck
from pipeline.views.merges import to_what_it_became
from pipeline.views.saved_views import views_chip
from pipeline.views.writing import ActionButton, ActionPage, back_to, deleted, sent_version

_PART_ROWS = 20


class AccountListView(ListPage):
    template_name = "pipeline/account_list.html"
    kind = "accounts"
    sorts: ClassVar = {
        "name": (gettext_lazy("name"), Sort("name")),
        "new": (gettext_lazy("newest"), Sort("created_at", down=True)),
        "revenue": (gettext_lazy("annual revenue"), Sort("annual_revenue", down=True)),
        "employees": (gettext_lazy("employees"), Sort("employees", down=True)),
    }
    columns: ClassVar = [
        *(Column(name, lambda account, name=name: getattr(account, name)) for name in (
            "name", "domain", "industry", "segment", "region", "country", "employees", "annual_revenue",
        )),
        Column("parent", lambda account: account.parent),
        Column("owner", lambda account: account.owner and account.owner.key),
        Column("external_id", lambda account: account.external_id),
    ]  # fmt: skip

    def filters(self) -> list[Filter]:
        user = self.request.user
        owners = [("", _("any")), ("me", _("Mine")), *reps_offered(user)]
        deals = [("", _("any")), ("open", _("With open deals")), ("none", _("Without open deals"))]
        return [
            Filter("owner", _("Owner"), owners),
            Filter("q", _("Name"), is_text=True),
            Filter("deals", _("Deals"), deals),
            Filter("industry", _("Industry"), is_text=True),
            Filter("segment", _("Segment"), is_text=True),
            Filter("region", _("Region"), is_text=True),
        ]

    def more_chips(self) -> list[dict[str, Any]]:
        return [views_chip(self.request, "accounts")]

    def rows(self, chosen: dict[str, str]) -> QuerySet[Account]:
        user = self.request.user
        rows = Account.objects.visible_to(user).select_related("owner", "parent")
        if chosen["owner"] == "me":
            rows = rows.filter(owner__user=user)
        elif chosen["owner"]:
            rows = rows.filter(owner=int(chosen["owner"]))
        if chosen["q"]:
            rows = rows.filter(Q(name__icontains=chosen["q"]) | Q(domain__icontains=chosen["q"]))
        if chosen["deals"]:
            with_open = Q(pk__in=Deal.objects.visible_to(user).open().exclude(account=None).values("account"))
            rows = rows.filter(with_open if chosen["deals"] == "open" else ~with_open)
        for name in ("industry", "segment", "region"):
            if chosen[name]:
                rows = rows.filter(**{f"{name}__iexact": chosen[name]})
        return rows

    def page(self, found: KeysetPage[Account], chosen: dict[str, str]) -> dict[str, Any]:
        currency = Company.current().base_currency
        sums = open_sums(found.rows, user=self.request.user, currency=currency)
        for account in found.rows:
            account.open_total = sums.get(account.pk, Total(0, 0, 0))
        return {"currency": currency, "may_write": self.request.user.role != Role.LEADER}

    def shown_text(self, total: int, *, is_all: bool) -> str:
        return ngettext("%s account", "%s accounts", total) % (formats.number(total) + ("" if is_all else "+"))


class AccountDetailView(View):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        user, now = request.user, timezone.now()
        rows = Account.objects.visible_to(user)
        account = rows.select_related("owner", "parent").filter(pk=pk).first()
        if account is None:
            return to_what_it_became(Account, request, pk)
        family = Account.objects.family(account)
        parent = account.parent_id and rows.filter(pk=account.parent_id).exists()
        deals = Deal.objects.visible_to(user).filter(account__in=family).select_related("stage", "owner")
        subscriptions = Subscription.objects.visible_to(user).filter(account__in=family).select_related("product")
        context = {
            "account": account,
            "now": now,
            "may_write": user.role != Role.LEADER,
            "parent_is_visible": bool(parent),
            "merged": merged_records(account, by=user),
            "owners": owner_history(account),
            "subsidiaries": rows.filter(parent=account).order_by("name")[:_PART_ROWS],
            "rollup": account_rollup(account, user=user, today=business_date(now, Company.current().zone)),
            "contacts": Contact.objects.visible_to(user).filter(account=account).order_by("name", "pk")[:_PART_ROWS],
            "deals": deals.order_by(F("closed_at").desc(nulls_first=True), "expected_close_on", "pk")[:_PART_ROWS],
            "leads": Lead.objects.visible_to(user).filter(account=account).order_by("-created_at", "-pk")[:_PART_ROWS],
            "subscriptions": subscriptions.order_by("-starts_on", "pk")[:_PART_ROWS],
            **record_timeline(account, user=user),
        }
        return render(request, "pipeline/account_detail.html", context)


class AccountCreateView(DuplicateCheck, ActionPage):
    template_name = "pipeline/account_form.html"

    def page(self, form: Form) -> dict[str, Any]:
        return {
            **super().page(form),
            "title": _("New account"),
            "verb": _("Save account"),
            "cancel_url": reverse("pipeline:account_list"),
            "draft": "account-new",
            "names": "company",
            "duplicates_url": reverse("pipeline:duplicate_hint"),
        }

    def form(self, data: Any = None) -> Form:
        return AccountForm(data, user=self.request.user)

    def act(self, form: Form) -> Account:
        return create_account(by=self.request.user, now=timezone.now(), **form.cleaned_data)

    def done(self, result: Account) -> HttpResponse:
        messages.success(self.request, _("Account “%(name)s” saved.") % {"name": result})
        return redirect(result)


class AccountEditView(ActionPage):
    template_name = "pipeline/account_form.html"

    def records(self) -> QuerySet[Account]:
        return Account.objects.visible_to(self.request.user)

    def page(self, form: Form) -> dict[str, Any]:
        title = _("Edit “%(name)s”") % {"name": self.record}
        return {"title": title, "verb": _("Save changes"), "cancel_url": self.record.get_absolute_url()}

    def form(self, data: Any = None) -> Form:
        return AccountForm(data, instance=self.record, user=self.request.user)

    def act(self, form: Form) -> Account:
        return change_account(account=self.record, by=self.request.user, now=timezone.now(), **form.cleaned_data)


class AccountDeleteView(ActionButton):
    def records(self) -> QuerySet[Account]:
        return Account.objects.visible_to(self.request.user)

    def act(self, record: Account) -> None:
        delete_account(account=record, by=self.request.user, now=timezone.now(), version=sent_version(self.request))

    def done(self, record: Account, result: Any) -> HttpResponse:
        deleted(self.request, record, "pipeline:account_restore")
        return redirect("pipeline:account_list")


class AccountRestoreView(ActionButton):
    def records(self) -> QuerySet[Account]:
        return restorable(Account, by=self.request.user)

    def act(self, record: Account) -> Account:
        return restore_account(account=record, by=self.request.user, now=timezone.now())

    def done(self, record: Account, result: Account) -> HttpResponse:
        return back_to(self.request, default=record.get_absolute_url())
