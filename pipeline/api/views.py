"""Leads, deals and activities: reading, and the moves that actions make."""

from typing import Any

from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from accounts.api.resources import UpdatedSince, VisibleRows
from accounts.models import Rep
from pipeline.actions.activities import complete_activity, log_activity
from pipeline.actions.deals import assign_deal
from pipeline.actions.leads import assign_lead, convert_lead, disqualify_lead, qualify_lead
from pipeline.actions.outcomes import lose_deal, move_deal, reopen_deal, win_deal
from pipeline.api import moves
from pipeline.api.answers import answered
from pipeline.api.bulk import BulkDeals, BulkLeads
from pipeline.api.past import (
    LOOKING_BACK,
    PastActivitySerializer,
    PastDealSerializer,
    PastLeadSerializer,
    asked_moment,
    past_activities,
    past_leads,
    past_versions,
)
from pipeline.api.serializers import ActivitySerializer, DealSerializer, EventSerializer, LeadSerializer
from pipeline.models import Activity, Deal, DealEvent, Lead
from pipeline.past import JOINED, deal_then, versions_at
from pipeline.past_activities import activities_at, activity_then
from pipeline.past_leads import lead_then, leads_at


def read(form: type[Serializer[Any]], request: Request) -> dict[str, Any]:
    """What was sent, checked; references are limited to what the caller sees."""
    sent = form(data=request.data, context={"request": request})
    sent.is_valid(raise_exception=True)
    return dict(sent.validated_data)


class LeadFilter(UpdatedSince):
    class Meta:
        model = Lead
        fields = ("owner", "team", "status", "channel", "campaign", "email", "external_id")


class LeadViewSet(BulkLeads, VisibleRows):
    queryset = Lead.objects.all()
    serializer_class = LeadSerializer
    search_fields = ("name", "company", "email")
    filterset_class = LeadFilter
    orderings = ("created_at", "updated_at", "score")

    @extend_schema(parameters=LOOKING_BACK[:1])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The leads that the caller sees; with ``as_of`` with their status and dates as they were on that day."""
        moment = asked_moment(request)
        if moment is None:
            return super().list(request, *args, **kwargs)
        page = self.paginate_queryset(past_leads(request, moment, self.get_queryset()))
        leads = [lead_then(lead, moment) for lead in page or ()]
        return self.get_paginated_response(PastLeadSerializer(leads, many=True).data)

    @extend_schema(parameters=LOOKING_BACK[:1])
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A lead; with ``as_of`` with its status and dates as they were on that day."""
        moment = asked_moment(request)
        if moment is None:
            return super().retrieve(request, *args, **kwargs)
        lead = leads_at(moment, self.get_queryset()).filter(pk=kwargs["pk"]).first()
        if lead is None:
            raise NotFound
        return Response(PastLeadSerializer(lead_then(lead, moment)).data)

    def _answer(self, lead: Lead) -> Response:
        return Response(LeadSerializer(Lead.objects.get(pk=lead.pk)).data)

    @extend_schema(request=moves.VersionMixin, responses=LeadSerializer)
    @action(detail=True, methods=["post"])
    def qualify(self, request: Request, pk: str | None = None) -> Response:
        """Mark the lead as worth a deal."""
        lead = self.get_object()
        with answered():
            return self._answer(
                qualify_lead(lead=lead, by=request.user, now=timezone.now(), **read(moves.VersionMixin, request))
            )

    @extend_schema(request=moves.DisqualifySerializer, responses=LeadSerializer)
    @action(detail=True, methods=["post"])
    def disqualify(self, request: Request, pk: str | None = None) -> Response:
        """Set the lead aside with a reason."""
        lead = self.get_object()
        with answered():
            sent = read(moves.DisqualifySerializer, request)
            return self._answer(disqualify_lead(lead=lead, by=request.user, now=timezone.now(), **sent))

    @extend_schema(request=moves.AssignSerializer, responses=LeadSerializer)
    @action(detail=True, methods=["post"])
    def assign(self, request: Request, pk: str | None = None) -> Response:
        """Give the lead to a rep, or claim it."""
        lead = self.get_object()
        with answered():
            sent = read(moves.AssignSerializer, request)
            return self._answer(assign_lead(lead=lead, by=request.user, now=timezone.now(), **sent))

    @extend_schema(request=moves.ConvertSerializer, responses=DealSerializer)
    @action(detail=True, methods=["post"])
    def convert(self, request: Request, pk: str | None = None) -> Response:
        """Make an account, a contact and a deal of the lead; again, the same deal."""
        lead = self.get_object()
        with answered():
            sent = read(moves.ConvertSerializer, request)
            deal = convert_lead(lead=lead, by=request.user, now=timezone.now(), **sent)
        if not Deal.objects.visible_to(request.user).filter(pk=deal.pk).exists():
            raise ValidationError({"status": ["This lead is converted, and somebody else has the deal now."]})
        return Response(DealSerializer(deal).data)


class DealFilter(UpdatedSince):
    closed_from = filters.DateFilter(field_name="closed_at", lookup_expr="date__gte")
    closed_to = filters.DateFilter(field_name="closed_at", lookup_expr="date__lte")

    class Meta:
        model = Deal
        fields = ("owner", "account", "pipeline", "stage", "outcome", "channel", "campaign", "kind", "external_id")


class DealViewSet(BulkDeals, VisibleRows):
    queryset = Deal.objects.prefetch_related("lines", "credits")
    serializer_class = DealSerializer
    search_fields = ("name", "account__name")
    filterset_class = DealFilter
    orderings = ("opened_at", "closed_at", "expected_close_on", "amount", "updated_at")

    @extend_schema(parameters=LOOKING_BACK)
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The deals that the caller sees; with ``as_of`` as they were on that day."""
        moment = asked_moment(request)
        if moment is None:
            return super().list(request, *args, **kwargs)
        page = self.paginate_queryset(past_versions(request, moment, self.get_queryset()))
        deals = [deal_then(version) for version in page or ()]
        return self.get_paginated_response(PastDealSerializer(deals, many=True).data)

    @extend_schema(parameters=LOOKING_BACK)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A deal; with ``as_of`` as it was on that day."""
        moment = asked_moment(request)
        if moment is None:
            return super().retrieve(request, *args, **kwargs)
        rows = versions_at(moment, self.get_queryset()).filter(deal=kwargs["pk"])
        version = rows.select_related(*JOINED).first()
        if version is None:
            raise NotFound
        return Response(PastDealSerializer(deal_then(version)).data)

    def _answer(self, deal: Deal) -> Response:
        return Response(DealSerializer(deal).data)

    @extend_schema(request=moves.MoveSerializer, responses=DealSerializer)
    @action(detail=True, methods=["post"])
    def move(self, request: Request, pk: str | None = None) -> Response:
        """Move an open deal to another open stage."""
        deal = self.get_object()
        with answered():
            sent = read(moves.MoveSerializer, request)
            return self._answer(move_deal(deal=deal, by=request.user, now=timezone.now(), **sent))

    @extend_schema(request=moves.WinSerializer, responses=DealSerializer)
    @action(detail=True, methods=["post"])
    def win(self, request: Request, pk: str | None = None) -> Response:
        """Close the deal as won."""
        deal = self.get_object()
        with answered():
            sent = read(moves.WinSerializer, request)
            return self._answer(win_deal(deal=deal, by=request.user, now=timezone.now(), **sent))

    @extend_schema(request=moves.LoseSerializer, responses=DealSerializer)
    @action(detail=True, methods=["post"])
    def lose(self, request: Request, pk: str | None = None) -> Response:
        """Close the deal as lost for a reason."""
        deal = self.get_object()
        with answered():
            sent = read(moves.LoseSerializer, request)
            return self._answer(lose_deal(deal=deal, by=request.user, now=timezone.now(), **sent))

    @extend_schema(request=moves.ReopenSerializer, responses=DealSerializer)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: str | None = None) -> Response:
        """Open a closed deal again."""
        deal = self.get_object()
        with answered():
            sent = read(moves.ReopenSerializer, request)
            return self._answer(reopen_deal(deal=deal, by=request.user, now=timezone.now(), **sent))

    @extend_schema(request=moves.AssignSerializer, responses=DealSerializer)
    @action(detail=True, methods=["post"])
    def assign(self, request: Request, pk: str | None = None) -> Response:
        """Give the deal to another rep."""
        deal = self.get_object()
        with answered():
            sent = read(moves.AssignSerializer, request)
            return self._answer(assign_deal(deal=deal, by=request.user, now=timezone.now(), **sent))

    @extend_schema(responses=EventSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], filter_backends=[], filterset_class=None)
    def history(self, request: Request, pk: str | None = None) -> Response:
        """What changed about the deal: when it was true, when we learnt it, by whom."""
        rows = DealEvent.objects.filter(deal=self.get_object()).select_related("by")
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(EventSerializer(page, many=True).data)


class ActivityFilter(UpdatedSince):
    class Meta:
        model = Activity
        fields = ("owner", "kind", "outcome", "deal", "lead", "account", "contact", "external_id")


class ActivityViewSet(mixins.CreateModelMixin, VisibleRows):
    queryset = Activity.objects.all()
    serializer_class = ActivitySerializer
    search_fields = ("subject",)
    filterset_class = ActivityFilter
    orderings = ("done_at", "due_at", "logged_at", "updated_at")

    @extend_schema(parameters=LOOKING_BACK[:1])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The activities that the caller sees; with ``as_of`` those noted or done by then, done or not as they were."""
        moment = asked_moment(request)
        if moment is None:
            return super().list(request, *args, **kwargs)
        page = self.paginate_queryset(past_activities(request, moment, self.get_queryset()))
        activities = [activity_then(activity, moment) for activity in page or ()]
        return self.get_paginated_response(PastActivitySerializer(activities, many=True).data)

    @extend_schema(parameters=LOOKING_BACK[:1])
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """An activity; with ``as_of`` as it was on that day."""
        moment = asked_moment(request)
        if moment is None:
            return super().retrieve(request, *args, **kwargs)
        activity = activities_at(moment, self.get_queryset()).filter(pk=kwargs["pk"]).first()
        if activity is None:
            raise NotFound
        return Response(PastActivitySerializer(activity_then(activity, moment)).data)

    @extend_schema(request=moves.LogSerializer, responses={201: ActivitySerializer})
    def create(self, request: Request, *_args: Any, **_kwargs: Any) -> Response:
        """Log what was done, or plan it with ``due_at``; ``next`` plans the next step with it."""
        sent = read(moves.LogSerializer, request)
        owner = Rep.objects.filter(user=request.user).first()
        if owner is None:
            raise ValidationError({"owner": ["Only somebody who sells can log an activity."]})
        following = sent.pop("next", None)
        with answered():
            activity = log_activity(
                by=request.user,
                now=timezone.now(),
                owner=owner,
                next_step=dict(following) if following else None,
                **sent,
            )
        return Response(ActivitySerializer(activity).data, status=201)

    @extend_schema(request=moves.CompleteSerializer, responses=ActivitySerializer)
    @action(detail=True, methods=["post"])
    def complete(self, request: Request, pk: str | None = None) -> Response:
        """Mark a planned activity as done; ``next`` plans the next one with it."""
        activity = self.get_object()
        sent = read(moves.CompleteSerializer, request)
        following = sent.pop("next", None)
        with answered():
            done = complete_activity(
                activity=activity, by=request.user, now=timezone.now(),
                next_step=dict(following) if following else None, **sent,
            )  # fmt: skip
        return Response(ActivitySerializer(done).data)
