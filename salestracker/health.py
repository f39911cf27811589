"""Whether this process runs, and whether it can serve: for load balancers and supervisors."""

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when every part works, else 503; no details, because anybody may ask."""
    parts = {"database": database_answers(), "broker": broker_answers()}
    parts["migrations"] = parts["database"] and migrations_applied()
    words = {name: "ok" if fine else "failing" for name, fine in parts.items()}
    return JsonResponse(words, status=200 if all(parts.values()) else 503)


def database_answers() -> bool:
    try:
        for alias in settings.DATABASES:
            with connections[alias].cursor() as cursor:
                cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def broker_answers() -> bool:
    """True without Redis too: then nothing waits for a broker."""
    if not settings.REDIS_URL:
        return True
    try:
        cache.get("readyz")
    except OSError:
        return False
    except Exception as error:
        if type(error).__module__.startswith("redis."):
            return False
        raise
    return True


def migrations_applied() -> bool:
    executor = MigrationExecutor(connections["default"])
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())
