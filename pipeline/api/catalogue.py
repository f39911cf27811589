"""Channels, campaigns, spend, touches, pipelines, stages, products, subscriptions, imports: reading."""

from django.db.models import QuerySet

from accounts.api.resources import VisibleRows
from accounts.roles import Role
from pipeline.api import serializers
from pipeline.models import (
    Campaign,
    CampaignSpend,
    Channel,
    ImportRun,
    Pipeline,
    Product,
    Stage,
    Subscription,
    Touch,
)


class ChannelViewSet(VisibleRows):
    queryset = Channel.objects.all()
    serializer_class = serializers.ChannelSerializer
    search_fields = ("name",)
    filterset_fields = ("kind",)
    orderings = ("name",)


class CampaignViewSet(VisibleRows):
    queryset = Campaign.objects.all()
    serializer_class = serializers.CampaignSerializer
    search_fields = ("name",)
    filterset_fields = ("channel", "status")
    orderings = ("name", "starts_on")


class SpendViewSet(VisibleRows):
    queryset = CampaignSpend.objects.all()
    serializer_class = serializers.SpendSerializer
    search_fields = ("campaign__name",)
    filterset_fields = ("campaign", "day", "currency")
    orderings = ("day",)


class TouchViewSet(VisibleRows):
    queryset = Touch.objects.all()
    serializer_class = serializers.TouchSerializer
    search_fields = ("kind",)
    filterset_fields = ("campaign", "lead", "contact")
    orderings = ("at",)


class PipelineViewSet(VisibleRows):
    queryset = Pipeline.objects.all()
    serializer_class = serializers.PipelineSerializer
    search_fields = ("name",)
    orderings = ("position", "name")


class StageViewSet(VisibleRows):
    queryset = Stage.objects.all()
    serializer_class = serializers.StageSerializer
    search_fields = ("name",)
    filterset_fields = ("pipeline", "outcome")
    orderings = ("position", "name")


class ProductViewSet(VisibleRows):
    queryset = Product.objects.all()
    serializer_class = serializers.ProductSerializer
    search_fields = ("name", "sku")
    filterset_fields = ("family", "sku", "recurring")
    orderings = ("name", "sku")


class SubscriptionViewSet(VisibleRows):
    queryset = Subscription.objects.all()
    serializer_class = serializers.SubscriptionSerializer
    search_fields = ("account__name",)
    filterset_fields = ("account", "product", "deal", "currency")
    orderings = ("starts_on", "monthly_amount")


class ImportViewSet(VisibleRows):
    queryset = ImportRun.objects.all()
    serializer_class = serializers.ImportSerializer
    search_fields = ("file_name",)
    filterset_fields = ("kind", "state")
    orderings = ("at",)

    def get_queryset(self) -> QuerySet[ImportRun]:
        """Imports are an admin's."""
        if getattr(self, "swagger_fake_view", False) or self.request.user.role != Role.ADMIN:
            return ImportRun.objects.none()
        return ImportRun.objects.defer("content")
