"""The settings of every installation; what differs between them is read in ``environment`` and ``databases``."""

from django.utils.translation import gettext_lazy as _

from salestracker.env import env_email, env_str
from salestracker.settings.api import *  # noqa: F403
from salestracker.settings.databases import *  # noqa: F403
from salestracker.settings.environment import *  # noqa: F403
from salestracker.settings.environment import BASE_DIR, COMPANY_TIME_ZONE, DEBUG, METRICS_TOKEN, SENTRY_DSN
from salestracker.settings.identity import *  # noqa: F403
from salestracker.settings.identity import OIDC_URL
from salestracker.settings.jobs import *  # noqa: F403
from salestracker.settings.logs import *  # noqa: F403
from salestracker.settings.release import CODE_VERSION as CODE_VERSION
from salestracker.settings.security import *  # noqa: F403

INSTALLED_APPS = [
    "salestracker.apps.SalestrackerConfig",
    "metrics.apps.MetricsConfig",
    "pipeline.apps.PipelineConfig",
    "accounts.apps.AccountsConfig",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    *(["allauth.socialaccount.providers.openid_connect"] if OIDC_URL else []),
    "allauth.usersessions",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    "django_filters",
    "django_htmx",
    "tablericons",
    "crispy_forms",
    "crispy_bootstrap5",
    "simple_history",
    "csp",
    "django_structlog",
    *(["django_prometheus"] if METRICS_TOKEN else []),
]
IMPORT_KINDS = ["metrics.imports.registry"]
"""Modules of apps above the importer that list further kinds of rows to import."""

MIDDLEWARE = [
    *(["django_prometheus.middleware.PrometheusBeforeMiddleware"] if METRICS_TOKEN else []),
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "salestracker.middleware.PrivatePagesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "salestracker.middleware.IdleSessionMiddleware",
    "salestracker.middleware.PreferencesMiddleware",
    "salestracker.middleware.AccessMiddleware",
    "salestracker.dialogs.DialogRedirectMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    *(["django_prometheus.middleware.PrometheusAfterMiddleware"] if METRICS_TOKEN else []),
]
ROOT_URLCONF = "salestracker.urls"
WSGI_APPLICATION = "salestracker.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "salestracker.navigation.navigation",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "salestracker.templatetags.fields",
                "salestracker.templatetags.formats",
                "salestracker.templatetags.graphics",
                "salestracker.templatetags.icons",
                "salestracker.templatetags.words",
            ],
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"

USE_I18N = USE_TZ = True
TIME_ZONE = COMPANY_TIME_ZONE
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German"))]
LOCALE_PATHS = [BASE_DIR / "salestracker" / "locale"]
LANGUAGE_COOKIE_NAME = "language"

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "build" / "static"
# build/vendor holds the third-party files that `build_assets` copies, build/bundled what `bundle_assets` makes of ours.
# Neither exists before the first set-up. Who works on them (DEBUG) gets our files as they are.
_VENDOR, BUNDLED = BASE_DIR / "build" / "vendor", BASE_DIR / "build" / "bundled"
STATICFILES_DIRS = [
    *([BUNDLED] if BUNDLED.is_dir() and not DEBUG else []),
    BASE_DIR / "static",
    *([("vendor", _VENDOR)] if _VENDOR.is_dir() else []),
]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": BASE_DIR / "var" / "files"},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "salestracker.static_storage.HashedModuleStorage"
    },
}
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["map", "txt", "png", "gif", "ico", "woff", "woff2", "br", "gz", "zip"]
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
EMAIL_TIMEOUT = 10
if _mail := env_email("EMAIL_URL"):
    globals().update({name: value for name, value in _mail.items() if name.startswith("EMAIL_")})
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env_str("EMAIL_FROM", "salestracker@localhost")

if SENTRY_DSN:
    import sentry_sdk

    sentry_sdk.init(dsn=SENTRY_DSN, send_default_pii=False)
