from django.urls import URLPattern, URLResolver, path

from metrics.views import (
    books,
    funnel,
    home,
    jobs,
    kpis,
    metric,
    metric_list,
    numbers,
    pipeline_changes,
    records,
    today,
)

app_name = "metrics"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.HomeView.as_view(), name="home"),
    # A rep's own day and figures
    path("today/", today.TodayView.as_view(), name="today"),
    path("my-numbers/", numbers.MyNumbersView.as_view(), name="my_numbers"),
    # Figures
    path("team/", kpis.TeamView.as_view(), name="team"),
    path("kpis/", kpis.KpiView.as_view(), name="kpis"),
    path("pipeline/changes/", pipeline_changes.PipelineChangesView.as_view(), name="pipeline_changes"),
    path("funnel/", funnel.FunnelView.as_view(), name="funnel"),
    path("metrics/", metric_list.MetricListView.as_view(), name="metric_list"),
    path("metrics/<slug:slug>/", metric.MetricView.as_view(), name="metric"),
    path("metrics/<slug:slug>/records/", records.MetricRecordsView.as_view(), name="metric_records"),
    path("metrics/<slug:slug>/csv/", records.MetricCsvView.as_view(), name="metric_csv"),
    # Closed and frozen periods
    path("books/", books.BookListView.as_view(), name="book_list"),
    path("books/close/", books.BookCloseView.as_view(), name="book_close"),
    path("books/<int:pk>/", books.BookDetailView.as_view(), name="book_detail"),
    path("books/<int:pk>/freeze/", books.BookFreezeView.as_view(), name="book_freeze"),
    path("books/<int:pk>/reopen/", books.BookReopenView.as_view(), name="book_reopen"),
    path("books/<int:pk>/<slug:slug>/", books.BookMetricView.as_view(), name="book_metric"),
    # Background work
    path("jobs/", jobs.JobListView.as_view(), name="job_list"),
    path("jobs/start/<slug:kind>/", jobs.JobStartView.as_view(), name="job_start"),
    path("jobs/<int:pk>/", jobs.JobDetailView.as_view(), name="job_detail"),
    path("jobs/<int:pk>/retry/", jobs.JobRetryView.as_view(), name="job_retry"),
]
