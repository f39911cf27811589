from django.urls import URLPattern, URLResolver, path

from metrics.views import jobs

app_name = "metrics"
urlpatterns: list[URLPattern | URLResolver] = [
    path("jobs/", jobs.JobListView.as_view(), name="job_list"),
    path("jobs/start/<slug:kind>/", jobs.JobStartView.as_view(), name="job_start"),
    path("jobs/<int:pk>/", jobs.JobDetailView.as_view(), name="job_detail"),
    path("jobs/<int:pk>/retry/", jobs.JobRetryView.as_view(), name="job_retry"),
]
