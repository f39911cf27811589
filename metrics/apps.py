from django.apps import AppConfig
from django.core.checks import register


class MetricsConfig(AppConfig):
    name = "metrics"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from metrics.checks import catalogue_is_sound, definitions_keep_their_version

        register(catalogue_is_sound, "metrics")
        register(definitions_keep_their_version, "metrics")
