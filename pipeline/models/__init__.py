from pipeline.models.activity import Activity
from pipeline.models.channel import Campaign, CampaignSpend, Channel, Touch
from pipeline.models.deal import Credit, Deal, DealLine
from pipeline.models.history import ChangedDay, DealEvent, DealVersion, StageVisit, VersionCredit, VersionProduct
from pipeline.models.importing import ImportedRow, ImportRun
from pipeline.models.lead import Lead
from pipeline.models.product import Product
from pipeline.models.routing import RoutingRule
from pipeline.models.saved_view import SavedView
from pipeline.models.stage import ForecastCategory, LostReason, Outcome, Pipeline, Stage
from pipeline.models.subscription import Subscription

__all__ = [
    "Activity",
    "Campaign",
    "CampaignSpend",
    "ChangedDay",
    "Channel",
    "Credit",
    "Deal",
    "DealEvent",
    "DealLine",
    "DealVersion",
    "ForecastCategory",
    "ImportRun",
    "ImportedRow",
    "Lead",
    "LostReason",
    "Outcome",
    "Pipeline",
    "Product",
    "RoutingRule",
    "SavedView",
    "Stage",
    "StageVisit",
    "Subscription",
    "Touch",
    "VersionCredit",
    "VersionProduct",
]
