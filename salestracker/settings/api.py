"""The REST API and its description."""

from datetime import timedelta

from salestracker.env import env_rate

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "salestracker.api.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["salestracker.api.RoleAccess"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["salestracker.api.JsonBody"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "salestracker.api.Negotiation",
    "DEFAULT_SCHEMA_CLASS": "drf_standardized_errors.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "drf_standardized_errors.handler.exception_handler",
    "DEFAULT_FILTER_BACKENDS": [
        "django_filters.rest_framework.DjangoFilterBackend",
        "rest_framework.filters.SearchFilter",
    ],
    "ALLOWED_VERSIONS": ["1"],
    "DEFAULT_PAGINATION_CLASS": "salestracker.api.CursorPages",
    "DEFAULT_THROTTLE_CLASSES": ["salestracker.api.TokenThrottle"],
    "DEFAULT_THROTTLE_RATES": {"token": env_rate("API_RATE", "1000/min")},
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
KNOX_TOKEN_MODEL = "accounts.ApiToken"  # noqa: S105  the name of a model
# Knox's own table would stand empty beside ours, unknown to Django, and keep PostgreSQL from emptying the users' one.
MIGRATION_MODULES = {"knox": None}
REST_KNOX = {
    "TOKEN_TTL": timedelta(days=365),
    "AUTH_HEADER_PREFIX": "Token",
    "TOKEN_LIMIT_PER_USER": 20,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "salestracker",
    "VERSION": "1",
    "DESCRIPTION": "Sales records, figures, targets and incentive statements. Every list holds only what you may see.",
    "SERVE_INCLUDE_SCHEMA": False,
    "DEFAULT_GENERATOR_CLASS": "salestracker.api_description.Description",
    "SERVE_PUBLIC": True,
    "SERVE_PERMISSIONS": ["salestracker.api.RoleAccess"],
    "SCHEMA_PATH_PREFIX": r"/api/v1/",
    "COMPONENT_SPLIT_REQUEST": True,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "POSTPROCESSING_HOOKS": ["drf_standardized_errors.openapi_hooks.postprocess_schema_enums"],
    "ENUM_NAME_OVERRIDES": {
        "ActivityKindEnum": "pipeline.models.activity.Activity.Kind",
        "ChannelKindEnum": "pipeline.models.channel.Channel.Kind",
        "DealKindEnum": "pipeline.models.deal.Deal.Kind",
        "OutcomeEnum": "pipeline.models.stage.Outcome",
        "SurveyKindEnum": "metrics.models.survey.SurveyResponse.Kind",
        "ActivityOutcomeEnum": "pipeline.models.activity.Activity.Result",
        "ValidationErrorEnum": "drf_standardized_errors.openapi_serializers.ValidationErrorEnum.choices",
        "ClientErrorEnum": "drf_standardized_errors.openapi_serializers.ClientErrorEnum.choices",
        "ServerErrorEnum": "drf_standardized_errors.openapi_serializers.ServerErrorEnum.choices",
    },
}
DRF_STANDARDIZED_ERRORS = {"ALLOWED_ERROR_STATUS_CODES": ["400", "401", "403", "404", "429"]}
