from django.urls import path

from metrics.api import figures, pipeline

urlpatterns = [
    path("metrics/", figures.MetricListView.as_view(), name="metric-list"),
    path("metrics/<slug:slug>/", figures.MetricView.as_view(), name="metric-detail"),
    path("metrics/<slug:slug>/records/", figures.RecordsView.as_view(), name="metric-records"),
    path("metrics/<slug:slug>/series/", figures.SeriesView.as_view(), name="metric-series"),
    path("pipeline/", pipeline.PipelineView.as_view(), name="pipeline-as-of"),
    path("pipeline/changes/", pipeline.PipelineChangesView.as_view(), name="pipeline-changes"),
]
