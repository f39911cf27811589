from rest_framework.routers import SimpleRouter

from pipeline.api import catalogue, views

router = SimpleRouter()
router.register("leads", views.LeadViewSet, basename="lead")
router.register("deals", views.DealViewSet, basename="deal")
router.register("activities", views.ActivityViewSet, basename="activity")
router.register("channels", catalogue.ChannelViewSet, basename="channel")
router.register("campaigns", catalogue.CampaignViewSet, basename="campaign")
router.register("spend", catalogue.SpendViewSet, basename="spend")
router.register("touches", catalogue.TouchViewSet, basename="touch")
router.register("pipelines", catalogue.PipelineViewSet, basename="pipeline")
router.register("stages", catalogue.StageViewSet, basename="stage")
router.register("products", catalogue.ProductViewSet, basename="product")
router.register("subscriptions", catalogue.SubscriptionViewSet, basename="subscription")
router.register("imports", catalogue.ImportViewSet, basename="import")
urlpatterns = router.urls
