"""Products, channels, campaigns, spend and rates, as admins set them up."""

from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Company, ExchangeRate
from accounts.money import MoneyError, check_currency
from pipeline.forms.amounts import AmountField
from pipeline.forms.picks import DayField
from pipeline.models import Campaign, CampaignSpend, Channel, Product

ZERO = Decimal(0)


def _in_base_currency(form: forms.BaseForm, *names: str) -> None:
    """Say in the labels of amounts which currency they are in."""
    currency = Company.current().base_currency
    for name in names:
        form.fields[name].label = f"{form.fields[name].label}, {currency}"


class CurrencyField(forms.CharField):
    """A currency code of three letters."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_length=3, max_length=3, **options)
        self.widget.attrs |= {"autocapitalize": "characters", "autocomplete": "off"}

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        try:
            return check_currency(text) if text else ""
        except MoneyError as error:
            raise forms.ValidationError(str(error)) from error


class ProductForm(forms.ModelForm):
    sku = forms.CharField(label=_("SKU"), max_length=100, required=False, empty_value=None)
    list_price = AmountField(label=_("List price"), required=False, min_value=ZERO)
    unit_cost = AmountField(label=_("Unit cost"), required=False, min_value=ZERO)
    launched_on = DayField(
        label=_("Launched on"),
        required=False,
        help_text=_("For twelve months from then on it counts as a new product."),
    )

    class Meta:
        model = Product
        fields = ("name", "sku", "family", "list_price", "unit_cost", "launched_on", "recurring")
        help_texts: ClassVar[dict[str, Any]] = {"family": _("Figures can be split by family, too.")}
        labels: ClassVar[dict[str, Any]] = {"recurring": _("Sold as a subscription")}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _in_base_currency(self, "list_price", "unit_cost")


class ChannelForm(forms.ModelForm):
    class Meta:
        model = Channel
        fields = ("name", "kind")
        help_texts: ClassVar[dict[str, Any]] = {"kind": _("Leads of outbound channels stay out of response times.")}


class CampaignForm(forms.ModelForm):
    starts_on = DayField(label=_("Starts on"), required=False)
    ends_on = DayField(label=_("Ends on"), required=False)
    budget = AmountField(label=_("Budget"), required=False, min_value=ZERO)

    class Meta:
        model = Campaign
        fields = ("name", "channel", "status", "starts_on", "ends_on", "budget")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["channel"].queryset = Channel.objects.order_by("name")
        self.fields["channel"].empty_label = _("Not known")
        _in_base_currency(self, "budget")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, last = data.get("starts_on"), data.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("The last day lies before the first."))
        return data


class SpendForm(forms.ModelForm):
    day = DayField(label=_("Day"))
    amount = AmountField(label=_("Amount"), min_value=ZERO)
    currency = CurrencyField(label=_("Currency"))

    class Meta:
        model = CampaignSpend
        fields = ("day", "amount", "currency")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if not self.instance.pk:
            self.fields["currency"].initial = Company.current().base_currency


class RateForm(forms.ModelForm):
    """A rate; of an existing one only the number may be corrected."""

    currency = CurrencyField(label=_("Currency"))
    base = CurrencyField(label=_("For one unit of"), initial="EUR")
    day = DayField(label=_("Day"))
    rate = AmountField(
        label=_("Rate"),
        max_digits=20,
        decimal_places=10,
        help_text=_("Units of the currency for one unit of the other."),
    )

    class Meta:
        model = ExchangeRate
        fields = ("currency", "base", "day", "rate")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk:
            for name in ("currency", "base", "day"):
                del self.fields[name]

    def clean_rate(self) -> Decimal:
        rate = self.cleaned_data["rate"]
        if rate <= 0:
            raise forms.ValidationError(_("A rate is above 0."))
        return rate
