"""What a caller sends to move a record along; each is checked here and done by one action."""

from typing import Any

from rest_framework import serializers

from accounts.models import Account, Contact, Rep
from pipeline.api.serializers import SeenField
from pipeline.models import Activity, Campaign, Channel, Deal, Lead, LostReason, Stage


class VersionMixin(serializers.Serializer[Any]):
    version = serializers.IntegerField(
        min_value=1, required=False, help_text="The version that was read; a later one answers 409."
    )


class GateSerializer(VersionMixin):
    """Fields that a stage may ask for, to fill in with the move. What is missing is answered with 400, by its field."""

    account = SeenField(queryset=Account.objects.all(), required=False)
    contact = SeenField(queryset=Contact.objects.all(), required=False)
    amount = serializers.DecimalField(max_digits=18, decimal_places=4, required=False)
    expected_close_on = serializers.DateField(required=False)
    channel = SeenField(queryset=Channel.objects.all(), required=False)
    campaign = SeenField(queryset=Campaign.objects.all(), required=False)
    competitor = serializers.CharField(max_length=200, required=False, allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        account, contact = attrs.get("account"), attrs.get("contact")
        if account and contact and contact.account_id != account.pk:
            raise serializers.ValidationError({"contact": f"{contact} is at {contact.account}."})
        return attrs


class MoveSerializer(GateSerializer):
    stage = SeenField(queryset=Stage.objects.all())


class WinSerializer(GateSerializer):
    closed_at = serializers.DateTimeField(required=False)


class LoseSerializer(GateSerializer):
    reason = SeenField(queryset=LostReason.objects.all())
    closed_at = serializers.DateTimeField(required=False)


class ReopenSerializer(VersionMixin):
    stage = SeenField(queryset=Stage.objects.all(), required=False)


class AssignSerializer(VersionMixin):
    owner = SeenField(queryset=Rep.objects.all())


class DisqualifySerializer(VersionMixin):
    reason = serializers.CharField(max_length=200)


class ConvertSerializer(VersionMixin):
    account = SeenField(queryset=Account.objects.all(), required=False)
    contact = SeenField(queryset=Contact.objects.all(), required=False)
    deal_name = serializers.CharField(max_length=300, required=False)
    amount = serializers.DecimalField(max_digits=18, decimal_places=4, required=False, min_value=0)
    currency = serializers.CharField(max_length=3, required=False)
    stage = SeenField(queryset=Stage.objects.all(), required=False)
    expected_close_on = serializers.DateField(required=False)


class NextStepSerializer(serializers.Serializer[Any]):
    due_at = serializers.DateTimeField()
    kind = serializers.ChoiceField(choices=Activity.Kind.choices, required=False)
    subject = serializers.CharField(max_length=300, required=False, allow_blank=True)


class LogSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=Activity.Kind.choices)
    subject = serializers.CharField(max_length=300, required=False, allow_blank=True)
    body = serializers.CharField(required=False, allow_blank=True, max_length=20_000)
    due_at = serializers.DateTimeField(required=False)
    done_at = serializers.DateTimeField(required=False)
    duration_minutes = serializers.IntegerField(min_value=0, max_value=1440, required=False)
    direction = serializers.ChoiceField(choices=Activity.Direction.choices, required=False)
    outcome = serializers.ChoiceField(choices=Activity.Result.choices, required=False)
    lead = SeenField(queryset=Lead.objects.all(), required=False)
    deal = SeenField(queryset=Deal.objects.all(), required=False)
    account = SeenField(queryset=Account.objects.all(), required=False)
    contact = SeenField(queryset=Contact.objects.all(), required=False)
    next = NextStepSerializer(required=False)


class CompleteSerializer(VersionMixin):
    outcome = serializers.ChoiceField(choices=Activity.Result.choices, required=False)
    body = serializers.CharField(required=False, allow_blank=True, max_length=20_000)
    done_at = serializers.DateTimeField(required=False)
    next = NextStepSerializer(required=False)
