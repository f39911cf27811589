"""Leads, deals and their history, to look up on Django's admin site."""

from django.contrib import admin

from accounts.admin import LookUp
from pipeline.models import (
    Activity,
    Campaign,
    Channel,
    Deal,
    DealEvent,
    DealVersion,
    ImportRun,
    Lead,
    LostReason,
    Pipeline,
    Product,
    Stage,
)


@admin.register(Deal)
class DealAdmin(LookUp):
    list_display = ("name", "owner", "stage", "outcome", "amount", "currency", "updated_at", "deleted_at")
    list_filter = ("outcome",)
    search_fields = ("name", "external_id")
    list_select_related = ("owner", "stage")


@admin.register(DealEvent)
class DealEventAdmin(LookUp):
    list_display = ("deal_id", "effective_on", "recorded_at", "by", "patch")
    search_fields = ("=deal__id",)
    list_select_related = ("by",)


@admin.register(DealVersion)
class DealVersionAdmin(LookUp):
    list_display = ("deal_id", "valid_from", "valid_to", "outcome", "base_minor", "recorded_at", "superseded_at")
    search_fields = ("=deal__id",)
    list_select_related = True


@admin.register(Lead)
class LeadAdmin(LookUp):
    list_display = ("name", "company", "status", "owner", "created_at", "deleted_at")
    list_filter = ("status",)
    search_fields = ("name", "company", "email", "external_id")
    list_select_related = ("owner",)


@admin.register(Activity)
class ActivityAdmin(LookUp):
    list_display = ("subject", "kind", "owner", "due_at", "done_at", "deleted_at")
    list_filter = ("kind",)
    search_fields = ("subject",)
    list_select_related = ("owner",)


@admin.register(ImportRun)
class ImportRunAdmin(LookUp):
    list_display = ("__str__",)


@admin.register(Stage)
class StageAdmin(LookUp):
    list_display = ("name", "pipeline", "position", "outcome", "probability_bp", "forecast_category")
    list_select_related = ("pipeline",)


for model in (Campaign, Channel, LostReason, Pipeline, Product):
    admin.site.register(model, LookUp)
