"""The same settings with a fast password hash, mail kept in memory and nothing that reaches outside."""

import os

os.environ.setdefault("SECRET_KEY", "only-for-tests-" * 4)
os.environ.setdefault("ALLOWED_HOSTS", "testserver,127.0.0.1,localhost")
os.environ.pop("SENTRY_DSN", None)

from salestracker.settings.base import *  # noqa: F403
from salestracker.settings.base import BASE_DIR, BUNDLED, DATABASES, REST_FRAMEWORK, STATICFILES_DIRS, STORAGES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
# Pages are tested with the scripts that set-up bundled; where one was edited since, with those that were edited.
_own = [path.stat().st_mtime for path in (BASE_DIR / "static").rglob("*.*s*")]
_made = [path.stat().st_mtime for path in BUNDLED.rglob("*.*s*")]
if not _made or max(_own) > min(_made):
    STATICFILES_DIRS = [folder for folder in STATICFILES_DIRS if folder != BUNDLED]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
CELERY_BROKER_URL = "memory://"
CELERY_BROKER_TRANSPORT_OPTIONS = {}
REST_FRAMEWORK = {**REST_FRAMEWORK, "DEFAULT_THROTTLE_RATES": {"token": "100000/min"}}
# Nobody would miss a test database: PostgreSQL need not wait for the disk.
for _database in DATABASES.values():
    if _database["ENGINE"].endswith("postgresql"):
        _database["OPTIONS"]["options"] += " -c synchronous_commit=off"
