"""The settings of an installation, with the page that all others are compared with."""

from pathlib import Path

from salestracker.settings.base import *  # noqa: F403
from salestracker.settings.base import TEMPLATES as OF_INSTALLATION

ROOT_URLCONF = "benchmarks.urls"
TEMPLATES = [
    {**OF_INSTALLATION[0], "DIRS": [*OF_INSTALLATION[0]["DIRS"], Path(__file__).resolve().parent / "templates"]}
]
