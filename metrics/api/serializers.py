"""What facts and goals look like over the API, and what may be sent to enter one."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from accounts.models import Account, Company, Contact, Rep, Team
from accounts.money import from_minor
from metrics.errors import QuestionRefused
from metrics.goals.goal import goal_metric, goal_of, goal_period, goal_value
from metrics.models import Benchmark, Expense, Indicator, IndicatorReading, SurveyResponse, Target
from metrics.scopes import find_scope
from pipeline.api.serializers import SeenField
from pipeline.models import Campaign, Channel, Product

TEXT = {"required": False, "allow_blank": True}
OPTIONAL = {"required": False, "allow_null": True}


class MoneyField(serializers.DecimalField):
    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=18, decimal_places=4, **options)


class ExpenseSerializer(serializers.ModelSerializer[Expense]):
    amount = serializers.SerializerMethodField(help_text="Decimal text in the currency's major unit.")
    base_amount = serializers.SerializerMethodField(help_text="In the base currency; null without an exchange rate.")

    class Meta:
        model = Expense
        fields = (
            "id", "day", "category", "purpose", "amount", "currency", "base_amount", "rep", "team", "campaign",
            "channel", "account", "note", "external_id", "created_at", "updated_at", "version",
        )  # fmt: skip

    def get_amount(self, expense: Expense) -> str:
        return str(expense.amount)

    def get_base_amount(self, expense: Expense) -> str | None:
        if expense.base_minor is None:
            return None
        return str(from_minor(expense.base_minor, self._base))

    @property
    def _base(self) -> str:
        if not hasattr(self, "_base_currency"):
            self._base_currency = Company.current().base_currency
        return self._base_currency


class ExpenseWrite(serializers.Serializer[Any]):
    day = serializers.DateField()
    category = serializers.ChoiceField(Expense.Category.choices)
    purpose = serializers.ChoiceField(Expense.Purpose.choices, default=Expense.Purpose.ACQUIRE)
    amount = MoneyField(help_text="Negative: a credit note.")
    currency = serializers.CharField(max_length=3, required=False)
    rep = SeenField(queryset=Rep.objects.all(), **OPTIONAL)
    team = SeenField(queryset=Team.objects.all(), **OPTIONAL)
    campaign = SeenField(queryset=Campaign.objects.all(), **OPTIONAL)
    account = SeenField(queryset=Account.objects.all(), **OPTIONAL)
    note = serializers.CharField(max_length=300, **TEXT)
    external_id = serializers.CharField(max_length=200, **OPTIONAL)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return {"currency": Company.current().base_currency, **attrs}


class IndicatorSerializer(serializers.ModelSerializer[Indicator]):
    class Meta:
        model = Indicator
        fields = ("id", "name", "slug", "nature", "unit")


class IndicatorWrite(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=200)
    nature = serializers.ChoiceField(Indicator.Nature.choices)
    unit = serializers.CharField(max_length=40, **TEXT)


class ReadingSerializer(serializers.ModelSerializer[IndicatorReading]):
    class Meta:
        model = IndicatorReading
        fields = ("id", "indicator", "day", "value", "source", "channel", "recorded_at", "updated_at")


class ReadingWrite(serializers.Serializer[Any]):
    day = serializers.DateField()
    value = serializers.DecimalField(max_digits=20, decimal_places=6)
    source = serializers.CharField(max_length=200, **TEXT)
    channel = SeenField(queryset=Channel.objects.all(), **OPTIONAL)


class SurveySerializer(serializers.ModelSerializer[SurveyResponse]):
    class Meta:
        model = SurveyResponse
        fields = (
            "id", "kind", "score", "at", "answered_on", "invited_on", "touchpoint", "account", "contact", "owner",
            "team", "segment", "industry", "region", "external_id", "updated_at", "version",
        )  # fmt: skip


class SurveyWrite(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(SurveyResponse.Kind.choices, default=SurveyResponse.Kind.NPS)
    score = serializers.IntegerField(min_value=0, max_value=10, **OPTIONAL)
    at = serializers.DateTimeField(**OPTIONAL)
    invited_on = serializers.DateField(**OPTIONAL)
    touchpoint = serializers.CharField(max_length=100, **TEXT)
    account = SeenField(queryset=Account.objects.all(), **OPTIONAL)
    contact = SeenField(queryset=Contact.objects.all(), **OPTIONAL)
    external_id = serializers.CharField(max_length=200, **OPTIONAL)


class TargetSerializer(serializers.ModelSerializer[Target]):
    scope = serializers.SerializerMethodField(help_text="company, team:<slug> or rep:<e-mail or external id>.")

    class Meta:
        model = Target
        fields = (
            "id", "metric", "scope", "period", "period_kind", "starts_on", "ends_on", "dimension", "member", "value",
            "recorded_at", "recorded_by", "superseded_at",
        )  # fmt: skip

    def get_scope(self, target: Target) -> str:
        return target.scope_key


class TargetWrite(serializers.Serializer[Any]):
    metric = serializers.CharField(max_length=60)
    scope = serializers.CharField(max_length=300, default="company")
    period = serializers.CharField(max_length=40)
    value = serializers.CharField(max_length=40, help_text="In the metric's unit; a percentage as 0.25 or 25%.")
    product = SeenField(queryset=Product.objects.all(), **OPTIONAL)
    channel = SeenField(queryset=Channel.objects.all(), **OPTIONAL)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The goal that is meant."""
        try:
            metric = goal_metric(attrs["metric"])
            period = goal_period(attrs["period"], fiscal_start=Company.current().fiscal_year_start_month)
            value = goal_value(metric, attrs["value"])
        except QuestionRefused as refusal:
            raise ValidationError({refusal.field: [str(refusal)]}) from refusal
        scope = find_scope(attrs["scope"])
        if scope is None:
            raise ValidationError({"scope": ["Allowed are company, team:<slug> and rep:<e-mail or external id>."]})
        dimension, member = _narrowed(attrs.get("product"), attrs.get("channel"))
        if dimension and dimension not in metric.dimensions:
            raise ValidationError({dimension: [f"This is no dimension of {metric.slug}."]})
        return {"goal": goal_of(metric.slug, scope, period, value, dimension, member)}


def _narrowed(product: Product | None, channel: Channel | None) -> tuple[str, str]:
    if product is not None and channel is not None:
        raise ValidationError({"channel": ["A target is for a product or for a channel, not for both."]})
    if product is not None:
        return "product", product.sku or product.name
    return ("channel", channel.name) if channel is not None else ("", "")


class BenchmarkSerializer(serializers.ModelSerializer[Benchmark]):
    class Meta:
        model = Benchmark
        fields = ("id", "metric", "value", "low", "high", "source", "year", "segment")


class BenchmarkWrite(serializers.Serializer[Any]):
    metric = serializers.CharField(max_length=60)
    value = serializers.DecimalField(max_digits=24, decimal_places=10)
    low = serializers.DecimalField(max_digits=24, decimal_places=10, **OPTIONAL)
    high = serializers.DecimalField(max_digits=24, decimal_places=10, **OPTIONAL)
    source = serializers.CharField(max_length=300)
    year = serializers.IntegerField(min_value=1900, max_value=2199)
    segment = serializers.CharField(max_length=200, **TEXT)

    def validate_metric(self, slug: str) -> str:
        try:
            return goal_metric(slug).slug
        except QuestionRefused as refusal:
            raise ValidationError(str(refusal)) from refusal

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        value: Decimal = attrs["value"]
        low, high = attrs.get("low"), attrs.get("high")
        if (low is not None and low > value) or (high is not None and high < value):
            raise ValidationError({"value": ["The value lies outside its quartiles low and high."]})
        return attrs
