"""Everything under /api/v1/: each app lists its own resources in ``api/urls.py``."""

from django.urls import URLPattern, URLResolver

app_name = "api"
urlpatterns: list[URLPattern | URLResolver] = []
