"""What a record of the pipeline looks like over the API. Money as text with its currency beside it."""

from typing import Any

from rest_framework import serializers

from pipeline.models import (
    Activity,
    Campaign,
    CampaignSpend,
    Channel,
    Credit,
    Deal,
    DealEvent,
    DealLine,
    ImportRun,
    Lead,
    Pipeline,
    Product,
    Stage,
    Subscription,
    Touch,
)


class ChannelSerializer(serializers.ModelSerializer[Channel]):
    class Meta:
        model = Channel
        fields = ("id", "name", "kind")


class CampaignSerializer(serializers.ModelSerializer[Campaign]):
    class Meta:
        model = Campaign
        fields = ("id", "name", "channel", "starts_on", "ends_on", "budget", "status")


class SpendSerializer(serializers.ModelSerializer[CampaignSpend]):
    class Meta:
        model = CampaignSpend
        fields = ("id", "campaign", "day", "amount", "currency")


class TouchSerializer(serializers.ModelSerializer[Touch]):
    class Meta:
        model = Touch
        fields = ("id", "campaign", "lead", "contact", "kind", "at")


class PipelineSerializer(serializers.ModelSerializer[Pipeline]):
    class Meta:
        model = Pipeline
        fields = ("id", "name", "position")


class StageSerializer(serializers.ModelSerializer[Stage]):
    probability = serializers.SerializerMethodField(help_text="A fraction: 0.25 is 25 %.")

    class Meta:
        model = Stage
        fields = (
            "id", "pipeline", "name", "position", "outcome", "probability", "forecast_category", "rot_after_days",
            "required_fields",
        )  # fmt: skip

    def get_probability(self, stage: Stage) -> str:
        return f"{stage.probability_bp / 10_000:.4f}"


class ProductSerializer(serializers.ModelSerializer[Product]):
    class Meta:
        model = Product
        fields = ("id", "name", "sku", "family", "list_price", "unit_cost", "launched_on", "recurring")


class SubscriptionSerializer(serializers.ModelSerializer[Subscription]):
    class Meta:
        model = Subscription
        fields = (
            "id", "account", "product", "deal", "monthly_amount", "currency", "starts_on", "ends_on", "churn_reason",
            "external_id",
        )  # fmt: skip


class LeadSerializer(serializers.ModelSerializer[Lead]):
    class Meta:
        model = Lead
        fields = (
            "id", "name", "company", "email", "phone", "channel", "campaign", "owner", "team", "status", "score",
            "created_at", "assigned_at", "first_responded_at", "qualified_at", "disqualified_at", "disqualified_reason",
            "converted_at", "account", "contact", "deal", "external_id", "updated_at", "version",
        )  # fmt: skip


class LineSerializer(serializers.ModelSerializer[DealLine]):
    class Meta:
        model = DealLine
        fields = ("product", "quantity", "unit_price", "discount", "unit_cost")


class CreditSerializer(serializers.ModelSerializer[Credit]):
    class Meta:
        model = Credit
        fields = ("rep", "share")


class DealSerializer(serializers.ModelSerializer[Deal]):
    lines = LineSerializer(many=True, read_only=True)
    credits = CreditSerializer(many=True, read_only=True)

    class Meta:
        model = Deal
        fields = (
            "id", "name", "account", "contact", "channel", "campaign", "owner", "pipeline", "stage", "outcome",
            "amount", "currency", "probability", "forecast_category", "kind", "opened_at", "expected_close_on",
            "closed_at", "lost_reason", "competitor", "next_step_on", "external_id", "lines", "credits", "created_at",
            "updated_at", "version",
        )  # fmt: skip


class EventSerializer(serializers.ModelSerializer[DealEvent]):
    by = serializers.SerializerMethodField(help_text="Who made the change.")

    class Meta:
        model = DealEvent
        fields = ("id", "patch", "effective_on", "effective_at", "recorded_at", "by", "reason")

    def get_by(self, event: DealEvent) -> str:
        return str(event.by) if event.by else event.by_text


class ActivitySerializer(serializers.ModelSerializer[Activity]):
    class Meta:
        model = Activity
        fields = (
            "id", "kind", "subject", "body", "owner", "due_at", "done_at", "duration_minutes", "direction", "outcome",
            "automated", "original_due_on", "lead", "deal", "account", "contact", "external_id", "logged_at",
            "updated_at", "version",
        )  # fmt: skip
        read_only_fields = ("original_due_on", "external_id", "logged_at", "updated_at", "version")


class ImportSerializer(serializers.ModelSerializer[ImportRun]):
    class Meta:
        model = ImportRun
        fields = ("id", "kind", "file_name", "state", "at", "created", "updated", "unchanged", "skipped", "warnings")


class SeenField(serializers.PrimaryKeyRelatedField[Any]):
    """A reference to a row that the caller may see; any other is "not found", existing or not."""

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        request = self.context.get("request")
        if rows is None or request is None:
            return rows
        return rows.visible_to(request.user)
