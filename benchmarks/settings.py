"""The settings of an installation, with the pages that all others are compared with."""

from pathlib import Path
from typing import Any

from salestracker.settings.base import *  # noqa: F403
from salestracker.settings.base import DATABASES as OF_DATABASES
from salestracker.settings.base import REST_FRAMEWORK as OF_API
from salestracker.settings.base import TEMPLATES as OF_TEMPLATES

STEADY = "-c jit=off -c max_parallel_workers_per_gather=0"
"""One core for a statement and no compiling: else the same query takes now this long, now that."""


def _steady(database: dict[str, Any]) -> dict[str, Any]:
    if not database["ENGINE"].endswith("postgresql"):
        return database
    given = database["OPTIONS"]
    return {**database, "OPTIONS": {**given, "options": f"{given.get('options', '')} {STEADY}".strip()}}


DATABASES = {name: _steady(database) for name, database in OF_DATABASES.items()}
ROOT_URLCONF = "benchmarks.urls"
TEMPLATES = [
    {**OF_TEMPLATES[0], "DIRS": [*OF_TEMPLATES[0]["DIRS"], Path(__file__).resolve().parent / "templates"]},
]
REST_FRAMEWORK = {**OF_API, "DEFAULT_THROTTLE_RATES": {"token": "100000/min"}}
