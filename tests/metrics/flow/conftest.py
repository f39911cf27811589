"""Fern, a small company whose pipeline of February 2026 was worked out by hand, and who leads it."""

import json
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.management import call_command

from accounts.models import User
from accounts.roles import Role

FERN = Path(__file__).parents[2] / "data" / "changes" / "fern"


@pytest.fixture
def fern(settings, db):
    config = json.loads((FERN / "company.json").read_text())
    settings.COMPANY_TIME_ZONE = config["time_zone"]
    settings.BASE_CURRENCY = config["base_currency"]
    with time_machine.travel("2026-07-01T10:00Z", tick=False):
        for step in config["imports"]:
            call_command("import_data", step["kind"], str(FERN / step["file"]), "--json", stdout=StringIO())
        yield User.objects.create_user("lea@fern.test", "correct horse battery", name="Lea", role=Role.LEADER)
