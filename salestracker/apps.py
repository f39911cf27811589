from django.apps import AppConfig
from django.core.checks import Tags, register


class SalestrackerConfig(AppConfig):
    name = "salestracker"

    def ready(self) -> None:
        from salestracker.checks import every_route_has_access

        register(every_route_has_access, Tags.security)
