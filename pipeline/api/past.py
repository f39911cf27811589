"""Deals over the API as they were on an earlier day."""

from typing import Any

from django.core.exceptions import ValidationError as Invalid
from django.db.models import Q
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from accounts.models import Company
from pipeline.models import Deal
from pipeline.models.history import DealVersionQuerySet
from pipeline.past import JOINED, Moment, versions_at
from pipeline.views.moments import PARTS, FilterRefused, moment_of

FILTERS = ("owner", "account", "pipeline", "stage", "outcome", "channel", "campaign", "kind")
"""What a list of the past may be narrowed by: what a version keeps."""
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


def asked_moment(request: Request) -> Moment | None:
    """From when a request looks; None: from now. A 400 names a parameter that is no day."""
    try:
        return moment_of(request.query_params, now=timezone.now(), company=Company.current())
    except FilterRefused as refusal:
        name = str(refusal).partition(":")[0]
        raise ValidationError({name: [str(refusal)]}) from refusal


def past_versions(request: Request, moment: Moment, deals: Any) -> DealVersionQuerySet:
    """The versions of a moment that the request's filters leave; a 400 for a filter that the past does not have."""
    params = request.query_params
    for name in params:
        if name not in FILTERS and name not in PLAIN:
            possible = ", ".join((*FILTERS, "search"))
            raise ValidationError({name: [f"Not possible with as_of. Possible: {possible}."]})
    rows = versions_at(moment, deals)
    for name in FILTERS:
        if value := params.get(name):
            try:
                rows = rows.filter(**{name: value})
            except (ValueError, Invalid) as error:
                raise ValidationError({name: ["Not a value of this field."]}) from error
    if text := params.get("search"):
        rows = rows.filter(Q(deal__name__icontains=text) | Q(account__name__icontains=text))
    return rows.select_related(*JOINED)
