"""Forecasts over the API."""

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from metrics.api.figures import QUESTION, parameter
from metrics.errors import QuestionRefused
from metrics.forecasting.asking import ask_forecast, forecast_json

WORDS = ("period", "as_of", "scope")


class ForecastView(APIView):
    @extend_schema(
        operation_id="forecast",
        parameters=[
            parameter("period", "a period that is not over, such as 2026-Q4", required=True),
            parameter("as_of", "the last day that is known, included; default: that of the newest run that was kept"),
            *[each for each in QUESTION if each.name == "scope"],
        ],
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: Request) -> Response:
        """What each method expects of a period's revenue, its interval, and its error at this lead time."""
        words = {word: request.query_params.get(word, "") for word in WORDS}
        try:
            found = ask_forecast(words, user=request.user, now=timezone.now(), kept=True)
        except QuestionRefused as error:
            raise ValidationError({error.field: str(error)}) from error
        return Response(forecast_json(found))
