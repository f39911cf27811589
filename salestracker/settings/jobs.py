"""Celery. The database holds the jobs (``accounts.JobRun``); a broker only wakes workers."""

import hashlib
from typing import Any

from salestracker.settings.databases import DATABASES
from salestracker.settings.environment import REDIS_URL, VAR_DIR

CELERY_BROKER_URL = REDIS_URL or "memory://"
CELERY_TASK_ALWAYS_EAGER = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_PUBLISH_RETRY_POLICY = {
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 400_000
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# visibility_timeout must exceed the hard time limit, else a long task runs twice.
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = (
    {
        "visibility_timeout": 1200,
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
        "socket_keepalive": True,
        "health_check_interval": 30,
    }
    if REDIS_URL
    else {}
)
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat")
# The hourly tick asks which days are complete and have no run, so it catches up and needs no local night hour.
CELERY_BEAT_SCHEDULE = {
    "tick": {"task": "metrics.tasks.tick", "schedule": 3600.0},
    "sweep": {"task": "metrics.tasks.sweep", "schedule": 60.0},
}

# Without Redis the cache is a folder: shared by all web workers, and never mixed up between two databases.
_database = hashlib.sha256(f"{DATABASES['default'].get('HOST')}/{DATABASES['default']['NAME']}".encode())
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 1},
    }
    if REDIS_URL
    else {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": str(VAR_DIR / "cache"),
        "OPTIONS": {"MAX_ENTRIES": 5000},
    }
}
CACHES["default"]["KEY_PREFIX"] = _database.hexdigest()[:12]
