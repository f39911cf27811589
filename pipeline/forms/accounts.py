import re
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Company, Contact, Rep
from accounts.roles import Role
from pipeline.duplicates import Duplicates, Typed, find_duplicates
from pipeline.forms.amounts import AmountField
from pipeline.forms.picks import NamedRecordField, VersionField

_SUGGESTED = ("industry", "segment", "region", "country")
_DOMAIN = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")


class AccountForm(forms.ModelForm):
    """A customer company. Managers and admins say whose it is; a rep's new account is his own."""

    parent = NamedRecordField(label=_("Parent company"), kind="account", required=False)
    annual_revenue = AmountField(required=False, min_value=Decimal(0), max_digits=20, decimal_places=2)
    version = VersionField()

    class Meta:
        model = Account
        fields = (
            "name", "domain", "industry", "segment", "region", "country", "employees", "annual_revenue", "is_key",
            "parent", "owner",
        )  # fmt: skip

    def __init__(self, *args: Any, user: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user
        visible = Account.objects.visible_to(user)
        self.fields["parent"].rows = visible
        self.fields["annual_revenue"].label = _("Annual revenue, %(currency)s") % {
            "currency": Company.current().base_currency
        }
        self.fields["domain"].widget.attrs["placeholder"] = "company.com"
        self.suggestions = {name: _values(visible, name) for name in _SUGGESTED}
        for name in _SUGGESTED:
            self.fields[name].widget.attrs["list"] = f"values-{name}"
        if self.instance.parent_id and not visible.filter(pk=self.instance.parent_id).exists():
            del self.fields["parent"]  # what the reader does not see stays as it is
        self._offer_owners(user)
        if self.instance.pk:
            self.fields["version"].initial = self.instance.version
        else:
            del self.fields["version"]

    def _offer_owners(self, user: Any) -> None:
        owner = self.fields["owner"]
        owner.queryset = Rep.objects.visible_to(user).order_by("name", "pk")
        owner.empty_label = _("Nobody")
        owner.required = user.role != Role.ADMIN
        if not self.instance.pk:
            owner.initial = getattr(user, "rep", None)
        unseen = self.instance.owner_id and not owner.queryset.filter(pk=self.instance.owner_id).exists()
        if user.role == Role.REP or unseen:
            del self.fields["owner"]

    def clean_domain(self) -> str:
        """The bare domain, whatever address was pasted."""
        text = self.cleaned_data["domain"].strip().lower()
        text = re.sub(r"^[a-z]+://", "", text).split("/")[0].split("@")[-1].removeprefix("www.")
        if text and not _DOMAIN.fullmatch(text):
            raise forms.ValidationError(_("Enter a domain such as company.com."))
        return text

    def duplicates(self) -> Duplicates:
        """Records that look like what was typed."""
        data = getattr(self, "cleaned_data", {})
        typed = Typed(company=data.get("name") or "", domain=data.get("domain") or "")
        return find_duplicates(typed, user=self.user, leave_out=self.instance if self.instance.pk else None)


class ContactForm(forms.ModelForm):
    account = NamedRecordField(label=_("Account"), kind="account")
    version = VersionField()

    class Meta:
        model = Contact
        fields = ("name", "account", "title", "email", "phone")
        widgets: ClassVar[dict[str, Any]] = {"phone": forms.TelInput}

    def __init__(self, *args: Any, user: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user
        self.fields["account"].rows = Account.objects.visible_to(user)
        if self.instance.pk:
            self.fields["version"].initial = self.instance.version
        else:
            del self.fields["version"]

    def duplicates(self) -> Duplicates:
        """Records that look like what was typed; people of one name at different companies are no duplicates."""
        data = getattr(self, "cleaned_data", {})
        typed = Typed(email=data.get("email") or "", phone=data.get("phone") or "", at_company=True)
        return find_duplicates(typed, user=self.user, leave_out=self.instance if self.instance.pk else None)


def _values(rows: Any, name: str) -> list[str]:
    """Values in use, so that the same thing gets the same word."""
    used = rows.exclude(**{name: ""}).order_by(name).values_list(name, flat=True).distinct()
    return list(used[:50])
