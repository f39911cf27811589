"""Incentive plans and statements over the API; approving, paying and disputing by the actions that pages use."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.resources import VisibleRows
from accounts.business_dates import business_date
from accounts.errors import StaleVersion
from accounts.models import Company
from metrics.actions.disputes import open_dispute
from metrics.actions.statements import approve_statements, pay_statement
from metrics.errors import QuestionRefused
from metrics.incentives.statements import parse_stated, statements_of
from metrics.models import Dispute, PlanVersion, Statement
from metrics.periods import Period
from pipeline.api.answers import answered
from pipeline.api.views import read


class PlanSerializer(serializers.ModelSerializer[PlanVersion]):
    name = serializers.CharField(source="plan.name")
    version = serializers.IntegerField(source="number")

    class Meta:
        model = PlanVersion
        fields = (
            "id", "name", "version", "published_from", "published_at", "approved_by", "created_by", "created_at",
            "content",
        )  # fmt: skip


class StatementSerializer(serializers.ModelSerializer[Statement]):
    """A statement; one that is not approved is as it was last calculated, its ``lines`` are as they are now."""

    plan = serializers.CharField(source="version.plan.name")
    plan_version = serializers.IntegerField(source="version.pk")
    version = serializers.IntegerField(source="version.number")
    total = serializers.SerializerMethodField(help_text="Decimal text in the currency's major unit.")

    class Meta:
        model = Statement
        fields = (
            "id", "rep", "period", "starts_on", "ends_on", "plan", "version", "plan_version", "currency", "status",
            "total", "warnings", "hash", "calculated_at", "paid_at",
        )  # fmt: skip

    def get_total(self, statement: Statement) -> str:
        return f"{statement.total:f}"


class DisputeSerializer(serializers.ModelSerializer[Dispute]):
    messages = serializers.SerializerMethodField()

    class Meta:
        model = Dispute
        fields = (
            "id", "statement", "about", "opened_by", "opened_at", "due_on", "outcome", "closed_by", "closed_at",
            "messages",
        )  # fmt: skip

    def get_messages(self, dispute: Dispute) -> list[dict[str, Any]]:
        said = sorted(dispute.messages.all(), key=lambda one: one.pk)
        return [{"by": one.by_id, "at": one.at.isoformat(), "text": one.text} for one in said]


class ApproveWrite(serializers.Serializer[Any]):
    hash = serializers.CharField(
        max_length=64, required=False, help_text="The hash that was read; another one by now answers 409."
    )


class DisputeWrite(serializers.Serializer[Any]):
    line = serializers.IntegerField(min_value=1, help_text="The line of the statement, counted from 1.")
    text = serializers.CharField(max_length=5000)


class PlanViewSet(VisibleRows):
    """Versions of incentive plans; ``content`` is the plan file."""

    queryset = PlanVersion.objects.select_related("plan")
    serializer_class = PlanSerializer
    search_fields = ("plan__name",)
    filterset_fields = ("plan__name", "published_from")
    orderings = ("published_from", "created_at")


def period_of(row: Statement) -> Period:
    company = Company.current()
    return parse_stated(row.period, company, business_date(timezone.now(), company.zone))


class StatementViewSet(VisibleRows):
    """Statements; a single one also has its lines, as the command ``statement --json`` prints them."""

    queryset = Statement.objects.select_related("rep__user", "version__plan")
    serializer_class = StatementSerializer
    search_fields = ("rep__name", "rep__email")
    filterset_fields = ("rep", "period", "status", "starts_on", "ends_on", "currency")
    orderings = ("starts_on", "ends_on", "total_minor")

    def retrieve(self, request: Request, *_args: Any, **_kwargs: Any) -> Response:
        """The statement with its lines and how each came about."""
        return Response(self._whole(self.get_object()))

    def _whole(self, row: Statement) -> dict[str, Any]:
        views = statements_of(row.rep, period_of(row), company=Company.current(), now=timezone.now())
        shown = next((view.as_json() for view in views if view.version.id == row.version_id), {})
        return {**StatementSerializer(row).data, "rep_key": shown.pop("rep", None), **shown}

    @extend_schema(request=ApproveWrite, responses=StatementSerializer)
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk: str | None = None) -> Response:
        """Freeze the rep's statements of the period; all plan versions of it at once."""
        row = self.get_object()
        sent = read(ApproveWrite, request)
        now = timezone.now()
        with answered():
            try:
                period = period_of(row)
                seen = [view.hash for view in statements_of(row.rep, period, company=Company.current(), now=now)]
                if sent.get("hash") and sent["hash"] not in seen:
                    raise StaleVersion(row)
                approve_statements(rep=row.rep, period=period, by=request.user, now=now, seen=seen)
            except QuestionRefused as refusal:
                raise ValidationError({refusal.field: [str(refusal)]}) from refusal
        return Response(self._whole(self.get_object()))

    @extend_schema(request=None, responses=StatementSerializer)
    @action(detail=True, methods=["post"])
    def pay(self, request: Request, pk: str | None = None) -> Response:
        """Mark an approved statement as paid."""
        row = self.get_object()
        with answered():
            pay_statement(statement=row, by=request.user, now=timezone.now())
        return Response(self._whole(self.get_object()))

    @extend_schema(methods=["GET"], request=None, responses=DisputeSerializer(many=True))
    @extend_schema(methods=["POST"], request=DisputeWrite, responses={201: DisputeSerializer})
    @action(detail=True, methods=["get", "post"])
    def disputes(self, request: Request, pk: str | None = None) -> Response:
        """The disputes about the statement's lines; who is paid opens one."""
        row = self.get_object()
        if request.method == "POST":
            sent = read(DisputeWrite, request)
            with answered():
                made = open_dispute(statement=row, by=request.user, now=timezone.now(), **sent)
            return Response(DisputeSerializer(made).data, status=201)
        found = Dispute.objects.visible_to(request.user).filter(statement=row).prefetch_related("messages")
        return Response(DisputeSerializer(found.order_by("-opened_at", "-pk"), many=True).data)
