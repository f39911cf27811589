import datetime
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.validators import MinValueValidator
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Company, Contact, Rep
from accounts.roles import Role
from pipeline.forms.amounts import AmountField
from pipeline.forms.percents import PercentField
from pipeline.forms.picks import DayField, NamedRecordField, VersionField
from pipeline.models import Campaign, Channel, Deal, ForecastCategory, LostReason, Outcome, Stage

FIELDS = (
    "name", "account", "contact", "amount", "currency", "expected_close_on", "kind", "channel", "campaign",
    "probability", "forecast_category", "competitor",
)  # fmt: skip
"""Fields that ``change_deal`` takes."""


def pickable(model: type[Any], user: Any, kept: Any) -> QuerySet[Any]:
    """What the user may pick; a closed deal also keeps the one it has, where that was merged into another since."""
    rows: QuerySet[Any] = model.objects.visible_to(user)
    if kept is None or kept.merged_into_id is None:
        return rows
    return model.objects.filter(Q(pk__in=rows.values("pk")) | Q(pk=kept.pk))


def check_contact(form: forms.Form, account: Account | None, contact: Contact | None) -> None:
    """An error at the contact when that works at another account."""
    if contact and account and contact.account_id not in (account.pk, account.merged_into_id):
        names = {"contact": contact, "account": contact.account}
        form.add_error("contact", _("%(contact)s is at %(account)s.") % names)


class DealForm(forms.Form):
    """What is known of a deal. Its stage, owner and outcome have pages of their own."""

    name = forms.CharField(label=_("Name"), max_length=300)
    account = NamedRecordField(label=_("Account"), kind="account", required=False)
    contact = NamedRecordField(label=_("Contact"), kind="contact", required=False)
    amount = AmountField(label=_("Amount"), required=False)
    currency = forms.CharField(label=_("Currency"), min_length=3, max_length=3)
    expected_close_on = DayField(label=_("Expected close"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=Deal.Kind.choices, initial=Deal.Kind.NEW)
    channel = forms.ModelChoiceField(Channel.objects.none(), label=_("Channel"), required=False)
    campaign = forms.ModelChoiceField(Campaign.objects.none(), label=_("Campaign"), required=False)
    probability = PercentField(label=_("Probability, %"), required=False, help_text=_("Empty: the stage's."))
    forecast_category = forms.ChoiceField(
        label=_("Category"), required=False, choices=[("", _("The stage's")), *ForecastCategory.choices]
    )
    competitor = forms.CharField(label=_("Competitor"), max_length=200, required=False)
    version = VersionField()

    def __init__(self, *args: Any, user: Any, deal: Deal | None = None, **options: Any) -> None:
        kept = {name: getattr(deal, name) for name in (*FIELDS, "version")} if deal else {}
        options["initial"] = kept | (options.get("initial") or {})
        super().__init__(*args, **options)
        self.deal = deal
        self.fields["account"].rows = pickable(Account, user, kept.get("account"))
        self.fields["contact"].rows = pickable(Contact, user, kept.get("contact")).select_related("account")
        for name, model in (("channel", Channel), ("campaign", Campaign)):
            self.fields[name].queryset = model.objects.visible_to(user).order_by("name")
            self.fields[name].empty_label = _("Not known")
        if deal is None:
            del self.fields["version"]
            self.fields["currency"].initial = Company.current().base_currency

    def clean_currency(self) -> str:
        return self.cleaned_data["currency"].upper()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        account, contact = data.get("account"), data.get("contact")
        if "account" not in self.fields:
            check_contact(self, self.deal.account if self.deal else None, contact)
        elif contact and account is None and "account" not in self.errors:
            data["account"] = contact.account
        else:
            check_contact(self, account, contact)
        amount = data.get("amount")
        if amount is not None and amount < 0 and data.get("kind") != Deal.Kind.CREDIT:
            self.add_error("amount", _("Only a deal of the kind credit has an amount below 0."))
        return data


class NewDealForm(DealForm):
    """A new deal: a rep's own, a manager's or an admin's for any rep in sight."""

    stage = forms.ModelChoiceField(Stage.objects.none(), label=_("Stage"), empty_label=None)

    field_order = ("name", "account", "contact", "amount", "currency", "expected_close_on", "stage", "owner")

    def __init__(self, *args: Any, user: Any, **options: Any) -> None:
        super().__init__(*args, user=user, **options)
        self.own_rep: Rep | None = getattr(user, "rep", None)
        stages = Stage.objects.visible_to(user).filter(outcome=Outcome.OPEN).select_related("pipeline")
        field = self.fields["stage"]
        field.queryset = stages.order_by("pipeline__position", "pipeline", "position", "pk")
        names = {stage.pipeline_id for stage in field.queryset}
        field.required = bool(names)  # the first deal of all begins the standard pipeline
        field.label_from_instance = lambda stage: f"{stage.pipeline}: {stage}" if len(names) > 1 else str(stage)
        if user.role != Role.REP:
            reps = Rep.objects.visible_to(user).filter(left_on=None).order_by("name", "pk")
            self.fields["owner"] = forms.ModelChoiceField(
                reps, label=_("Owner"), initial=self.own_rep, empty_label=_("Pick a rep")
            )
            self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if "owner" not in self.fields:
            data["owner"] = self.own_rep
            if self.own_rep is None:
                self.add_error(None, _("You are no rep yet, so you can't own a deal. An admin can make you one."))
        return data


class StageFieldsForm(DealForm):
    """The fields that a stage asks for and the deal lacks."""

    def __init__(self, *args: Any, asked: list[str], **options: Any) -> None:
        super().__init__(*args, **options)
        for name in [name for name in self.fields if name not in {*asked, "version"}]:
            del self.fields[name]
        for name in asked:
            if name in self.fields:
                self.fields[name].required = True

    @staticmethod
    def can_ask(asked: list[str]) -> bool:
        """Whether there is a field for everything that the stage asks for."""
        return set(asked) <= set(FIELDS)


class CloseForm(forms.Form):
    """When a deal was closed, and what its closing stage asks for; the base of winning and losing."""

    closed_on = DayField(label=_("Closed on"))
    version = VersionField()

    def __init__(
        self, *args: Any, deal: Deal, today: datetime.date, user: Any, asked: Sequence[str] = (), **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.today, self.deal = today, deal
        own = self.fields.keys()
        self.asked = [name for name in asked if name in FIELDS and name not in own]
        for name in asked:
            if name in own:
                self.fields[name].required = True
        if self.asked:
            self.fields |= StageFieldsForm(user=user, deal=deal, asked=self.asked).fields | self.fields
        self.fields["closed_on"].initial = today
        self.fields["closed_on"].widget.attrs["max"] = today.isoformat()
        self.fields["version"].initial = deal.version

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        check_contact(self, data.get("account") or self.deal.account, data.get("contact"))
        return data

    def filled(self) -> dict[str, Any]:
        """The fields that the stage asks for, as they were typed."""
        return {name: self.cleaned_data[name] for name in self.asked}

    def clean_closed_on(self) -> datetime.date:
        day = self.cleaned_data["closed_on"]
        if day > self.today:
            raise forms.ValidationError(_("A deal can't be closed in the future."))
        return day


class WinForm(CloseForm):
    amount = AmountField(label=_("Amount"))

    field_order = ("closed_on", "amount")

    def __init__(self, *args: Any, deal: Deal, **options: Any) -> None:
        super().__init__(*args, deal=deal, **options)
        self.fields["amount"].label = _("Amount, %(currency)s") % {"currency": deal.currency}
        self.fields["amount"].initial = deal.amount
        if deal.kind != Deal.Kind.CREDIT:
            self.fields["amount"].validators.append(MinValueValidator(0))


class LoseForm(CloseForm):
    reason = forms.ModelChoiceField(
        LostReason.objects.none(),
        label=_("Reason"),
        empty_label=_("Pick a reason"),
        error_messages={"required": _("Pick the reason why it was lost.")},
    )
    competitor = forms.CharField(label=_("Competitor"), max_length=200, required=False)

    field_order = ("reason", "competitor", "closed_on")

    def __init__(self, *args: Any, deal: Deal, user: Any, **options: Any) -> None:
        super().__init__(*args, deal=deal, user=user, **options)
        self.fields["reason"].queryset = LostReason.objects.visible_to(user).order_by("name")
        self.fields["competitor"].initial = deal.competitor


class OwnerForm(forms.Form):
    owner = forms.ModelChoiceField(Rep.objects.none(), label=_("Owner"))
    version = VersionField()

    def __init__(self, *args: Any, deal: Deal, user: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        reps = Rep.objects.visible_to(user).filter(left_on=None)
        self.fields["owner"].queryset = reps.exclude(pk=deal.owner_id).order_by("name", "pk")
        self.fields["version"].initial = deal.version
