"""Targets, benchmarks and market sizes, as admins enter and correct them."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Company, Rep, Team
from metrics.errors import QuestionRefused
from metrics.forms.facts import RecordForm
from metrics.goals.goal import Goal, goal_metric, goal_of, goal_period, goal_value
from metrics.goals.words import goal_input
from metrics.known import known_metrics
from metrics.models import Benchmark, MarketSize, Target
from metrics.scopes import COMPANY, Scope
from pipeline.forms.amounts import AmountField, plain_number
from pipeline.forms.catalogue import CurrencyField
from pipeline.models import Channel, Product

YEAR = {"min_value": 1900, "max_value": 2199}


def metric_choices() -> list[tuple[str, str]]:
    """Every metric by name."""
    return sorted(((slug, str(metric.name)) for slug, metric in known_metrics().items()), key=lambda one: one[1])


def typed_value(slug: str, text: str) -> Decimal:
    """What was typed in the metric's unit; ValidationError says what is wrong."""
    metric = goal_metric(slug)
    clean = text.strip()
    percent = clean.endswith("%")
    try:
        return goal_value(metric, plain_number(clean.rstrip("% ")) + ("%" if percent else ""))
    except ValueError:
        raise forms.ValidationError(_("Enter a number such as 48,500.00, or a percentage such as 25%.")) from None
    except QuestionRefused as refusal:
        raise forms.ValidationError(str(refusal)) from refusal


class ValueField(forms.CharField):
    """A value in the unit of the form's metric."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=40, **options)
        self.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}


class TargetForm(forms.Form):
    """A new target; of one that holds only the value changes."""

    metric = forms.ChoiceField(label=_("Metric"), choices=metric_choices)
    team = forms.ModelChoiceField(Team.objects.none(), label=_("Team"), required=False, empty_label=_("No team"))
    rep = forms.ModelChoiceField(
        Rep.objects.none(), label=_("Rep"), required=False, empty_label=_("Nobody"),
        help_text=_("Neither team nor rep: the target is the company’s."),
    )  # fmt: skip
    period = forms.CharField(
        label=_("Period"), max_length=40, help_text=_("2026-10, 2026-Q4, 2026, FY2026-Q4 or FY2026")
    )
    product = forms.ModelChoiceField(
        Product.objects.none(), label=_("Only for the product"), required=False, empty_label=_("All products")
    )
    channel = forms.ModelChoiceField(
        Channel.objects.none(), label=_("Only for the channel"), required=False, empty_label=_("All channels")
    )
    value = ValueField(label=_("Value"), help_text=_("In the metric’s unit; percentages with their sign: 25%."))

    def __init__(self, data: Any = None, instance: Target | None = None) -> None:
        self.instance = instance
        super().__init__(data)
        if instance is not None:
            for name in ("metric", "team", "rep", "period", "product", "channel"):
                del self.fields[name]
            self.fields["value"].initial = goal_input(instance.metric, instance.value)
            return
        self.fields["team"].queryset = Team.objects.order_by("name")
        self.fields["rep"].queryset = Rep.objects.order_by("name", "pk")
        self.fields["product"].queryset = Product.objects.order_by("name")
        self.fields["channel"].queryset = Channel.objects.order_by("name")
        self.fields["metric"].initial = "won_revenue"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.errors:
            return data
        try:
            slug = self.instance.metric if self.instance else data["metric"]
            value = typed_value(slug, data["value"])
        except forms.ValidationError as error:
            self.add_error("value", error)
            return data
        if self.instance is not None:
            return {"value": value}
        return self._new(data, value)

    def _new(self, data: dict[str, Any], value: Decimal) -> dict[str, Any]:
        team, rep, product, channel = data["team"], data["rep"], data["product"], data["channel"]
        if team is not None and rep is not None:
            self.add_error("rep", _("A target is a team’s or a rep’s, not both."))
        if product is not None and channel is not None:
            self.add_error("channel", _("A target is for a product or for a channel, not for both."))
        metric = goal_metric(data["metric"])
        dimension = "product" if product is not None else "channel" if channel is not None else ""
        if dimension and dimension not in metric.dimensions:
            self.add_error(dimension, _("This metric can’t be told apart by it."))
        try:
            period = goal_period(data["period"], fiscal_start=Company.current().fiscal_year_start_month)
        except QuestionRefused as refusal:
            self.add_error("period", str(refusal))
            return data
        scope = Scope("team", team.pk) if team is not None else Scope("rep", rep.pk) if rep is not None else COMPANY
        member = (product.sku or product.name) if product is not None else str(channel or "")
        return {"goal": goal_of(metric.slug, scope, period, value, dimension, member)}

    def goal(self) -> Goal:
        """What the form asks for."""
        if self.instance is None:
            return self.cleaned_data["goal"]
        old = self.instance
        return Goal(
            old.metric, old.scope_kind, old.scope_id, old.period_kind, old.period, old.starts_on, old.ends_on,
            self.cleaned_data["value"], old.dimension, old.member,
        )  # fmt: skip


class BenchmarkForm(forms.Form):
    metric = forms.ChoiceField(label=_("Metric"), choices=metric_choices)
    value = ValueField(label=_("Value"), help_text=_("The median, in the metric’s unit; percentages with their sign."))
    low = ValueField(label=_("Lower quartile"), required=False)
    high = ValueField(label=_("Upper quartile"), required=False)
    source = forms.CharField(label=_("Source"), max_length=300)
    year = forms.IntegerField(label=_("Year"), **YEAR)
    segment = forms.CharField(
        label=_("Segment"), max_length=200, required=False, help_text=_("Empty: all customers.")
    )  # fmt: skip

    def __init__(self, data: Any = None, instance: Benchmark | None = None) -> None:
        self.instance = instance
        initial = {}
        if instance is not None:
            initial = {name: getattr(instance, name) for name in ("metric", "source", "year", "segment")}
            initial |= {n: goal_input(instance.metric, getattr(instance, n)) for n in ("value", "low", "high")}
        super().__init__(data, initial=initial)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "metric" not in data:
            return data
        for name in ("value", "low", "high"):
            text = data.get(name)
            data[name] = None
            if text:
                try:
                    data[name] = typed_value(data["metric"], text)
                except forms.ValidationError as error:
                    self.add_error(name, error)
        low, value, high = data.get("low"), data.get("value"), data.get("high")
        if value is not None and ((low is not None and low > value) or (high is not None and high < value)):
            self.add_error("value", _("The value lies outside its quartiles."))
        return data


class MarketForm(RecordForm):
    read = ("kind", "segment", "industry", "region", "year", "accounts", "revenue", "currency", "source")

    kind = forms.ChoiceField(label=_("Kind"), choices=MarketSize.Kind.choices)
    year = forms.IntegerField(label=_("Year"), **YEAR)
    accounts = forms.IntegerField(
        label=_("Companies that could buy"), min_value=0, max_value=10**15, required=False
    )  # fmt: skip
    revenue = AmountField(label=_("What they spend a year"), min_value=Decimal(0), required=False)
    currency = CurrencyField(label=_("Currency"), required=False)
    segment = forms.CharField(label=_("Segment"), max_length=200, required=False)
    industry = forms.CharField(label=_("Industry"), max_length=200, required=False)
    region = forms.CharField(
        label=_("Region"), max_length=200, required=False, help_text=_("All three empty: the whole market.")
    )
    source = forms.CharField(label=_("Source"), max_length=300)

    def __init__(self, data: Any = None, instance: MarketSize | None = None) -> None:
        super().__init__(data, instance)
        if not self.initial.get("currency"):
            self.initial["currency"] = Company.current().base_currency
