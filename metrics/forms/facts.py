"""Expenses, indicators, readings and survey answers, as admins enter and correct them."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Company, Contact, Rep, Team
from metrics.models import Expense, Indicator, IndicatorReading, SurveyResponse
from pipeline.forms.amounts import AmountField
from pipeline.forms.catalogue import CurrencyField
from pipeline.forms.picks import DayField, MomentField, NamedRecordField
from pipeline.models import Campaign, Channel


class RecordForm(forms.Form):
    """A form filled from a record without writing into it: what was typed goes to an action alone."""

    read: ClassVar[tuple[str, ...]] = ()
    """Attributes of the record that fill the fields of the same name."""

    def __init__(self, data: Any = None, instance: Any = None) -> None:
        self.instance = instance
        initial = {name: getattr(instance, name) for name in self.read} if instance is not None else {}
        super().__init__(data, initial=initial)


class ExpenseForm(RecordForm):
    read = ("day", "category", "purpose", "amount", "currency", "rep", "team", "campaign", "account", "note")

    day = DayField(label=_("Day"), help_text=_("The day it belongs to. A cost of a year is entered as twelve rows."))
    category = forms.ChoiceField(label=_("Category"), choices=Expense.Category.choices)
    amount = AmountField(label=_("Amount"), help_text=_("With a minus sign: a credit note."))
    currency = CurrencyField(label=_("Currency"))
    purpose = forms.ChoiceField(label=_("What for"), choices=Expense.Purpose.choices)
    rep = forms.ModelChoiceField(Rep.objects.none(), label=_("Rep"), required=False, empty_label=_("Nobody"))
    team = forms.ModelChoiceField(
        Team.objects.none(), label=_("Team"), required=False, empty_label=_("The rep’s of that day, or none")
    )
    campaign = forms.ModelChoiceField(
        Campaign.objects.none(), label=_("Campaign"), required=False, empty_label=_("None")
    )
    account = NamedRecordField(label=_("Account"), kind="account", required=False)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def __init__(self, data: Any = None, instance: Expense | None = None) -> None:
        super().__init__(data, instance)
        self.fields["rep"].queryset = Rep.objects.order_by("name", "pk")
        self.fields["team"].queryset = Team.objects.order_by("name")
        self.fields["campaign"].queryset = Campaign.objects.order_by("name")
        self.fields["account"].rows = Account.objects.live()
        if instance is None:
            self.initial = {"currency": Company.current().base_currency}
        elif instance.rep_id:
            self.initial["team"] = None  # it follows from the rep


class IndicatorForm(forms.ModelForm):
    class Meta:
        model = Indicator
        fields = ("name", "nature", "unit")


class ReadingForm(RecordForm):
    read = ("day", "value", "source", "channel")

    day = DayField(label=_("Day"))
    value = AmountField(label=_("Value"), max_digits=20, decimal_places=6)
    source = forms.CharField(
        label=_("Source"), max_length=200, required=False, help_text=_("One reading a day from each source.")
    )
    channel = forms.ModelChoiceField(Channel.objects.none(), label=_("Channel"), required=False, empty_label=_("None"))

    def __init__(self, data: Any = None, instance: IndicatorReading | None = None) -> None:
        super().__init__(data, instance)
        self.fields["channel"].queryset = Channel.objects.order_by("name")


class SurveyForm(RecordForm):
    read = ("kind", "score", "at", "invited_on", "touchpoint", "account", "contact")

    kind = forms.ChoiceField(label=_("Kind"), choices=SurveyResponse.Kind.choices)
    score = forms.IntegerField(
        label=_("Score"), min_value=0, max_value=10, required=False, help_text=_("Empty while nobody has answered.")
    )
    at = MomentField(label=_("Answered at"), required=False)
    invited_on = DayField(label=_("Invited on"), required=False)
    account = NamedRecordField(label=_("Account"), kind="account", required=False)
    contact = NamedRecordField(label=_("Contact"), kind="contact", required=False)
    touchpoint = forms.CharField(
        label=_("What it was about"),
        max_length=100,
        required=False,
        help_text=_("Empty: the relation as a whole. Both are never mixed in a figure."),
    )

    def __init__(self, data: Any = None, instance: SurveyResponse | None = None) -> None:
        super().__init__(data, instance)
        self.fields["account"].rows = Account.objects.live()
        self.fields["contact"].rows = Contact.objects.live().select_related("account")
