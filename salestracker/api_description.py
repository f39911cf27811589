"""How the API is described in OpenAPI."""

from typing import Any, ClassVar

from django.conf import settings
from django.utils.translation import get_language
from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from drf_spectacular.generators import SchemaGenerator
from rest_framework.request import Request


class TokenScheme(KnoxTokenScheme):
    """Describes it as Knox's own are described."""

    target_class = "salestracker.api.TokenAuthentication"


class Description(SchemaGenerator):
    """The description of the API, written once per language: it takes most of a second and is the same for all."""

    written: ClassVar[dict[str, dict[str, Any]]] = {}

    def get_schema(self, request: Request | None = None, public: bool = False) -> dict[str, Any]:
        language = get_language() or ""
        if request is None or not public or self.api_version or language not in dict(settings.LANGUAGES):
            return super().get_schema(request, public)
        if language not in self.written:
            self.written[language] = super().get_schema(request, public)
        return self.written[language]
