"""Many rows at once over the API: all or nothing, errors by the index of the row."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.errors import ActionRefused, StaleVersion
from accounts.models import Rep
from pipeline.actions.bulk_deals import change_deals
from pipeline.actions.bulk_leads import change_leads
from pipeline.bulk import MOST, BulkResult, BulkRow, RowsRefused
from pipeline.gates import FieldsMissing
from pipeline.models import Deal, ForecastCategory, Lead, Stage


class RowsConflict(ValidationError):
    """Some row was changed since the caller read it."""

    status_code = 409


class LeadRowSerializer(serializers.Serializer[Any]):
    """The record, the version that was read, and what is to change."""

    id = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    version = serializers.IntegerField(min_value=1, required=False)
    owner = serializers.IntegerField(min_value=1, max_value=2**63 - 1)

    def to_internal_value(self, data: Any) -> Any:
        unknown = sorted(set(data) - set(self.fields)) if isinstance(data, Mapping) else []
        if unknown:
            text = f"Can't be changed here. Possible: {', '.join(self.fields)}."
            raise ValidationError({str(name): [text] for name in unknown})
        return super().to_internal_value(data)


class DealRowSerializer(LeadRowSerializer):
    owner = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
    stage = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
    expected_close_on = serializers.DateField(required=False, allow_null=True)
    forecast_category = serializers.ChoiceField(ForecastCategory.choices, required=False, allow_blank=True)

    def validate(self, attrs: Any) -> Any:
        if not set(attrs) - {"id", "version"}:
            possible = ", ".join(name for name in self.fields if name not in ("id", "version"))
            raise ValidationError(f"Nothing to change. Possible: {possible}.")
        return attrs


class ChangedRowSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    version = serializers.IntegerField()


class BulkAnswerSerializer(serializers.Serializer[Any]):
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField(help_text="Rows that asked for what was so already.")
    rows = ChangedRowSerializer(many=True)


def read_rows(form: type[serializers.Serializer[Any]], request: Request) -> list[BulkRow]:
    """The rows that were sent, with the reps and stages that they name as far as the caller sees them."""
    sent: Any = request.data
    if not isinstance(sent, list) or not 1 <= len(sent) <= MOST:
        raise ValidationError({"non_field_errors": [f"Send a list of 1 to {MOST} rows."]})
    checked = form(data=sent, many=True)
    checked.is_valid(raise_exception=True)
    rows: list[dict[str, Any]] = [dict(row) for row in checked.validated_data]
    errors: dict[int, ActionRefused] = {}
    for name, model in (("owner", Rep), ("stage", Stage)):
        asked = {row[name] for row in rows if name in row}
        found = {one.pk: one for one in model.objects.visible_to(request.user).filter(pk__in=asked)}
        for index, row in enumerate(rows):
            if name in row and row[name] not in found:
                errors[index] = ActionRefused(f"There is no {name} {row[name]}, or you don't see it.", name)
            elif name in row:
                row[name] = found[row[name]]
    if errors:
        raise ValidationError(by_index(errors, len(rows)))
    return [BulkRow(row.pop("id"), row, row.pop("version", None)) for row in rows]


def by_index(reasons: Mapping[int, ActionRefused], count: int) -> list[dict[str, list[ErrorDetail]]]:
    """The errors of each row; an empty one for a row that is fine."""
    found = []
    for index in range(count):
        refusal = reasons.get(index)
        code = "conflict" if isinstance(refusal, StaleVersion) else "invalid"
        fields = refusal.fields if isinstance(refusal, FieldsMissing) else [refusal.field or "id"] if refusal else []
        found.append({field: [ErrorDetail(str(refusal), code)] for field in fields})
    return found


def answer_rows(rows: list[BulkRow], change: Callable[[list[BulkRow]], BulkResult], rows_of: Any) -> Response:
    """Make the change and answer the versions; 409 when a row was changed meanwhile, 400 for other refusals."""
    try:
        result = change(rows)
    except RowsRefused as refusal:
        stale = any(isinstance(reason, StaleVersion) for reason in refusal.reasons.values())
        raise (RowsConflict if stale else ValidationError)(by_index(refusal.reasons, len(rows))) from refusal
    versions = dict(rows_of.filter(pk__in=[row.pk for row in rows]).values_list("pk", "version"))
    return Response({
        "changed": len(result.changed),
        "unchanged": result.unchanged,
        "rows": [{"id": row.pk, "version": versions[row.pk]} for row in rows],
    })  # fmt: skip


class BulkLeads:
    """Many leads at once."""

    @extend_schema(request=LeadRowSerializer(many=True), responses=BulkAnswerSerializer, filters=False)
    @action(detail=False, methods=["post"], filter_backends=[], filterset_class=None, pagination_class=None)
    def bulk(self, request: Request) -> Response:
        """Give up to 1,000 leads to reps, all or none."""
        now = timezone.now()
        return answer_rows(
            read_rows(LeadRowSerializer, request),
            lambda rows: change_leads(rows=rows, by=request.user, now=now),
            Lead.objects.all(),
        )


class BulkDeals:
    """Many deals at once."""

    @extend_schema(request=DealRowSerializer(many=True), responses=BulkAnswerSerializer, filters=False)
    @action(detail=False, methods=["post"], filter_backends=[], filterset_class=None, pagination_class=None)
    def bulk(self, request: Request) -> Response:
        """Change owner, stage, expected close or category of up to 1,000 deals, all or none."""
        now = timezone.now()
        return answer_rows(
            read_rows(DealRowSerializer, request),
            lambda rows: change_deals(rows=rows, by=request.user, now=now),
            Deal.objects.all(),
        )
