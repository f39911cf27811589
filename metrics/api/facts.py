"""Expenses, indicators with their readings, surveys, targets, benchmarks: reading for who may, entering for admins."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer, DateTimeField, Serializer

from accounts.api.resources import UpdatedSince, VisibleRows
from metrics.actions.benchmarks import create_benchmark
from metrics.actions.expenses import create_expense
from metrics.actions.indicators import create_indicator, create_reading
from metrics.actions.surveys import create_survey
from metrics.actions.targets import set_target
from metrics.api import serializers
from metrics.models import Benchmark, Expense, Indicator, IndicatorReading, SurveyResponse, Target
from pipeline.api.answers import answered
from pipeline.api.views import read


class Entered(mixins.CreateModelMixin, VisibleRows):
    """Rows that admins also enter, by the same action as the page."""

    write_serializer: ClassVar[type[Serializer[Any]]]
    enter: ClassVar[Callable[..., Any]]

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        return self.write_serializer if self.action == "create" else super().get_serializer_class()

    def create(self, request: Request, *_args: Any, **_kwargs: Any) -> Response:
        """Enter a row."""
        sent = read(self.write_serializer, request)
        with answered():
            row = type(self).enter(by=request.user, now=timezone.now(), **sent)
        return Response(self.serializer_class(row).data, status=201)  # type: ignore[misc]


class ExpenseFilter(UpdatedSince):
    class Meta:
        model = Expense
        fields = ("day", "category", "purpose", "currency", "rep", "team", "campaign", "account", "external_id")


@extend_schema(methods=["POST"], request=serializers.ExpenseWrite, responses={201: serializers.ExpenseSerializer})
class ExpenseViewSet(Entered):
    queryset = Expense.objects.all()
    serializer_class = serializers.ExpenseSerializer
    write_serializer = serializers.ExpenseWrite
    enter = create_expense
    search_fields = ("note",)
    filterset_class = ExpenseFilter
    orderings = ("day", "updated_at")


@extend_schema(methods=["POST"], request=serializers.IndicatorWrite, responses={201: serializers.IndicatorSerializer})
class IndicatorViewSet(Entered):
    queryset = Indicator.objects.all()
    serializer_class = serializers.IndicatorSerializer
    write_serializer = serializers.IndicatorWrite
    enter = create_indicator
    search_fields = ("name", "slug")
    filterset_fields = ("slug", "nature")
    orderings = ("name", "slug")


class ReadingFilter(UpdatedSince):
    since = filters.DateFilter(field_name="day", lookup_expr="gte")
    until = filters.DateFilter(field_name="day", lookup_expr="lte")

    class Meta:
        model = IndicatorReading
        fields = ("day", "source", "channel")


class ReadingViewSet(mixins.CreateModelMixin, VisibleRows):
    """The readings of the indicator that the address names."""

    queryset = IndicatorReading.objects.all()
    serializer_class = serializers.ReadingSerializer
    search_fields = ("source",)
    filterset_class = ReadingFilter
    orderings = ("day", "updated_at")

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(indicator=self.kwargs.get("indicator"))

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What the indicator was, by day and source."""
        self._indicator()
        return super().list(request, *args, **kwargs)

    @extend_schema(request=serializers.ReadingWrite, responses={201: serializers.ReadingSerializer})
    def create(self, request: Request, *_args: Any, **_kwargs: Any) -> Response:
        """Enter a reading; a second one of the same day and source is refused."""
        indicator = self._indicator()
        sent = read(serializers.ReadingWrite, request)
        with answered():
            row = create_reading(indicator=indicator, by=request.user, now=timezone.now(), **sent)
        return Response(serializers.ReadingSerializer(row).data, status=201)

    def _indicator(self) -> Indicator:
        rows = Indicator.objects.visible_to(self.request.user)
        return get_object_or_404(rows, pk=self.kwargs["indicator"])


class SurveyFilter(UpdatedSince):
    class Meta:
        model = SurveyResponse
        fields = (
            "kind",
            "account",
            "contact",
            "owner",
            "team",
            "answered_on",
            "invited_on",
            "touchpoint",
            "external_id",
        )


@extend_schema(methods=["POST"], request=serializers.SurveyWrite, responses={201: serializers.SurveySerializer})
class SurveyViewSet(Entered):
    queryset = SurveyResponse.objects.all()
    serializer_class = serializers.SurveySerializer
    write_serializer = serializers.SurveyWrite
    enter = create_survey
    search_fields = ("account__name", "touchpoint")
    filterset_class = SurveyFilter
    orderings = ("answered_on", "updated_at")


@extend_schema(methods=["POST"], request=serializers.TargetWrite, responses={201: serializers.TargetSerializer})
class TargetViewSet(Entered):
    """Targets that hold now; ``?known_on=`` for those that held at an instant."""

    queryset = Target.objects.select_related("team", "rep")
    serializer_class = serializers.TargetSerializer
    write_serializer = serializers.TargetWrite
    enter = set_target
    search_fields = ("metric",)
    filterset_fields = ("metric", "scope_kind", "team", "rep", "period", "period_kind", "starts_on", "dimension")
    orderings = ("starts_on", "recorded_at")

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        return rows.known_on(self._known_on())

    def _known_on(self) -> Any:
        text = self.request.query_params.get("known_on")
        try:
            return DateTimeField().run_validation(text) if text else None
        except ValidationError as error:
            raise ValidationError({"known_on": error.detail}) from error


@extend_schema(methods=["POST"], request=serializers.BenchmarkWrite, responses={201: serializers.BenchmarkSerializer})
class BenchmarkViewSet(Entered):
    queryset = Benchmark.objects.all()
    serializer_class = serializers.BenchmarkSerializer
    write_serializer = serializers.BenchmarkWrite
    enter = create_benchmark
    search_fields = ("metric", "source")
    filterset_fields = ("metric", "year", "segment", "source")
    orderings = ("metric", "year")
