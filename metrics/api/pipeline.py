"""The open pipeline over the API: as of a day, and what changed between two."""

from typing import Any

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from metrics.api.figures import QUESTION, after_cursor, page_size, parameter
from metrics.errors import QuestionRefused
from metrics.records.cursors import write_cursor
from metrics.waterfall.asking import ask_changes
from metrics.waterfall.changes import waterfall_json
from metrics.waterfall.open_pipeline import ask_pipeline, open_deals_page, pipeline_json

WORDS = ("from", "to", "closing", "scope", "as_of", "known_on")
SEEN = [each for each in QUESTION if each.name in ("scope", "as_of", "known_on")]


class PipelineChangesView(APIView):
    @extend_schema(
        operation_id="pipeline_changes",
        parameters=[
            parameter("from", "the first day, at its end", required=True),
            parameter("to", "the last day, at its end", required=True),
            parameter("closing", "only deals expected to close in this period, such as 2026-Q4"),
            *SEEN,
        ],
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: Request) -> Response:
        """The waterfall between the ends of two days: the net difference of each deal, in named bars that add up."""
        words = {word: request.query_params.get(word, "") for word in WORDS}
        try:
            return Response(waterfall_json(ask_changes(words, user=request.user, now=timezone.now())))
        except QuestionRefused as error:
            raise ValidationError({error.field: str(error)}) from error


class PipelineView(APIView):
    @extend_schema(
        operation_id="pipeline_as_of",
        parameters=[
            *[each for each in QUESTION if each.name != "period"],
            parameter("cursor", "where to go on"),
            parameter("page_size", "up to 500"),
        ],
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: Request) -> Response:
        """The open pipeline at the end of a day: sums, by stage and forecast category, and its deals as they stood."""
        params = request.query_params
        words = {word: params.get(word, "") for word in ("scope", "as_of", "known_on")}
        size, after = page_size(params.get("page_size")), after_cursor(params.get("cursor"))
        try:
            q = ask_pipeline(words, user=request.user, now=timezone.now(), where=params.getlist("where"))
            rows = open_deals_page(q, after=after, limit=size + 1)
            answer: dict[str, Any] = pipeline_json(q)
        except QuestionRefused as error:
            raise ValidationError({error.field: str(error)}) from error
        following = None
        if len(rows) > size:
            query = params.copy()
            query["cursor"] = write_cursor(rows[size - 1].cursor)
            following = request.build_absolute_uri(f"?{query.urlencode()}")
        return Response(
            {**answer, "next": following, "previous": None, "results": [row.as_json() for row in rows[:size]]}
        )
