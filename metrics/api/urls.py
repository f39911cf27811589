from django.urls import URLPattern, URLResolver, path, re_path
from rest_framework.routers import SimpleRouter

from metrics.api import earnings, facts, figures, forecast, incentives, pipeline

router = SimpleRouter()
router.register("expenses", facts.ExpenseViewSet, basename="expense")
router.register("indicators", facts.IndicatorViewSet, basename="indicator")
router.register("surveys", facts.SurveyViewSet, basename="survey")
router.register("targets", facts.TargetViewSet, basename="target")
router.register("plans", incentives.PlanViewSet, basename="plan")
router.register("statements", incentives.StatementViewSet, basename="statement")
router.register("benchmarks", facts.BenchmarkViewSet, basename="benchmark")

urlpatterns: list[URLPattern | URLResolver] = [
    path("metrics/", figures.MetricListView.as_view(), name="metric-list"),
    path("metrics/<slug:slug>/", figures.MetricView.as_view(), name="metric-detail"),
    path("metrics/<slug:slug>/records/", figures.RecordsView.as_view(), name="metric-records"),
    path("metrics/<slug:slug>/series/", figures.SeriesView.as_view(), name="metric-series"),
    path("pipeline/", pipeline.PipelineView.as_view(), name="pipeline-as-of"),
    path("pipeline/changes/", pipeline.PipelineChangesView.as_view(), name="pipeline-changes"),
    path("forecast/", forecast.ForecastView.as_view(), name="forecast"),
    path("deals/<int:pk>/earnings/", earnings.DealEarningsView.as_view(), name="deal-earnings"),
]
urlpatterns += router.urls
urlpatterns += [
    re_path(
        r"^indicators/(?P<indicator>\d{1,18})/readings/$",
        facts.ReadingViewSet.as_view({"get": "list", "post": "create"}),
        name="reading-list",
    )
]
