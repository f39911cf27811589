"""Two small companies worked out by hand, imported, each with who leads it: fern for changes, hazel for flows."""

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.management import call_command

from accounts.models import User
from accounts.roles import Role

DATA = Path(__file__).parents[2] / "data"
FERN, HAZEL = DATA / "changes" / "fern", DATA / "cases" / "hazel"


def imported(folder: Path, settings) -> Iterator[User]:
    """The company of a folder on 1 July 2026; its leader."""
    config = json.loads((folder / "company.json").read_text())
    settings.COMPANY_TIME_ZONE = config["time_zone"]
    settings.BASE_CURRENCY = config["base_currency"]
    with time_machine.travel("2026-07-01T10:00Z", tick=False):
        for step in config["imports"]:
            call_command("import_data", step["kind"], str(folder / step["file"]), "--json", stdout=StringIO())
        yield User.objects.create_user("lea@lead.test", "correct horse battery", name="Lea", role=Role.LEADER)


@pytest.fixture
def fern(settings, db):
    yield from imported(FERN, settings)


@pytest.fixture
def hazel(settings, db):
    yield from imported(HAZEL, settings)
