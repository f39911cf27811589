"""Everything under /api/v1/: each app lists its own resources in ``api/urls.py``."""

from accounts.api.urls import urlpatterns as accounts
from metrics.api.urls import urlpatterns as metrics
from pipeline.api.urls import urlpatterns as pipeline

app_name = "api"
urlpatterns = [*accounts, *pipeline, *metrics]
