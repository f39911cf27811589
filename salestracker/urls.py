from csp.decorators import csp_update
from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from salestracker import health, monitoring

handler400 = "salestracker.errors.bad_request"
handler403 = "salestracker.errors.not_allowed"
handler404 = "salestracker.errors.not_found"
handler500 = "salestracker.errors.failed"

# The page's one inline style, which sets its box sizes.
api_docs = csp_update({"style-src": ["'sha256-MMpT0iDxyjALd9PdfepImGX3DBfJPXZ4IlDWdPAgtn0='"]})(
    SpectacularSwaggerSplitView.as_view(url_name="api-schema")
)

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", monitoring.counters, name="counters"),
    path("language/", set_language, name="language"),
    path("auth/", include("allauth.account.urls")),
    path("auth/2fa/", include("allauth.mfa.urls")),
    path("auth/sessions/", include("allauth.usersessions.urls")),
    path("auth/company/", include("allauth.socialaccount.urls")),
    path("admin/", admin.site.urls),
    path("api/schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("api/docs/", api_docs, name="api-docs"),
    path("api/v1/", include("salestracker.api_urls")),
    path("", include("metrics.urls")),
    path("", include("pipeline.urls")),
    path("", include("accounts.urls")),
]
if settings.OIDC_URL:
    urlpatterns.append(path("auth/company/", include("allauth.socialaccount.providers.openid_connect.urls")))
