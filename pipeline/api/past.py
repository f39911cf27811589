"""Deals, leads and activities over the API as they were on an earlier day."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError as Invalid
from django.db.models import Q, QuerySet
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from accounts.models import Company
from pipeline.models import Activity, Deal, Lead
from pipeline.models.history import DealVersionQuerySet
from pipeline.past import JOINED, Moment, versions_at
from pipeline.past_activities import activities_at
from pipeline.past_leads import leads_at
from pipeline.views.moments import PARTS, FilterRefused, moment_of

DEAL_FILTERS = ("owner", "account", "pipeline", "stage", "outcome", "channel", "campaign", "kind")
"""What a list of the past may be narrowed by: what a version keeps."""
LEAD_FILTERS = ("owner", "status", "channel", "campaign", "email", "external_id")
ACTIVITY_FILTERS = ("owner", "kind", "deal", "lead", "account", "contact", "external_id")
LOOKING_BACK = [
    OpenApiParameter("as_of", OpenApiTypes.DATE, description="the day from which to look, included"),
    OpenApiParameter("known_on", OpenApiTypes.DATE, description="the day whose knowledge is used"),
]
PLAIN = ("cursor", "page_size", "search", "format", *PARTS)


class PastDealSerializer(serializers.ModelSerializer[Deal]):
    """A deal with its columns as they were; without those that keep no history."""

    class Meta:
        model = Deal
        fields = (
            "id", "name", "account", "channel", "campaign", "owner", "pipeline", "stage", "outcome", "amount",
            "currency", "probability", "forecast_category", "kind", "opened_at", "expected_close_on", "closed_at",
            "lost_reason", "external_id",
        )  # fmt: skip


class PastLeadSerializer(serializers.ModelSerializer[Lead]):
    """A lead with its dates and status as they were; what keeps no history is as it stands today."""

    class Meta:
        model = Lead
        fields = (
            "id", "name", "company", "email", "phone", "channel", "campaign", "owner", "status", "score", "created_at",
            "assigned_at", "first_responded_at", "qualified_at", "disqualified_at", "disqualified_reason",
            "converted_at", "account", "contact", "deal", "external_id",
        )  # fmt: skip


class PastActivitySerializer(serializers.ModelSerializer[Activity]):
    """An activity, done or not as it was; what keeps no history is as it stands today."""

    class Meta:
        model = Activity
        fields = (
            "id", "kind", "subject", "body", "owner", "due_at", "done_at", "duration_minutes", "direction", "outcome",
            "automated", "lead", "deal", "account", "contact", "external_id", "logged_at",
        )  # fmt: skip


def asked_moment(request: Request) -> Moment | None:
    """From when a request looks; None: from now. A 400 names a parameter that is no day."""
    if not any(request.query_params.get(name) for name in PARTS):
        return None
    try:
        return moment_of(request.query_params, now=timezone.now(), company=Company.current())
    except FilterRefused as refusal:
        name = str(refusal).partition(":")[0]
        raise ValidationError({name: [str(refusal)]}) from refusal


def past_versions(request: Request, moment: Moment, deals: Any) -> DealVersionQuerySet:
    """The versions of a moment that the request's filters leave; a 400 for a filter that the past does not have."""
    rows = _narrowed(request, versions_at(moment, deals), DEAL_FILTERS)
    if text := request.query_params.get("search"):
        rows = rows.filter(Q(deal__name__icontains=text) | Q(account__name__icontains=text))
    return rows.select_related(*JOINED)


def past_leads(request: Request, moment: Moment, leads: Any) -> QuerySet[Lead]:
    """As ``past_versions``, of leads."""
    rows = _narrowed(request, leads_at(moment, leads), LEAD_FILTERS, status="status_then")
    if request.query_params.get("owner"):
        rows = rows.filter(had_owner=True)
    if text := request.query_params.get("search"):
        rows = rows.filter(Q(name__icontains=text) | Q(company__icontains=text) | Q(email__icontains=text))
    return rows


def past_activities(request: Request, moment: Moment, activities: Any) -> QuerySet[Activity]:
    """As ``past_versions``, of activities."""
    rows = _narrowed(request, activities_at(moment, activities), ACTIVITY_FILTERS)
    if text := request.query_params.get("search"):
        rows = rows.filter(subject__icontains=text)
    return rows


def _narrowed(request: Request, rows: Any, filters: Sequence[str], **columns: str) -> Any:
    """The rows that the filters leave; ``columns``: where a filter's value of that day is."""
    params = request.query_params
    for name in params:
        if name not in filters and name not in PLAIN:
            raise ValidationError({name: [f"Not possible with as_of. Possible: {', '.join((*filters, 'search'))}."]})
    for name in filters:
        if value := params.get(name):
            try:
                rows = rows.filter(**{columns.get(name, name): value})
            except (ValueError, Invalid) as error:
                raise ValidationError({name: ["Not a value of this field."]}) from error
    return rows
