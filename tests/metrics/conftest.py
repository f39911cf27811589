"""Small companies of files, each loaded once for the tests of a file that ask for it one after the other."""

import datetime
import json
from collections.abc import Iterator
from contextlib import ExitStack
from io import StringIO
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from tests.metrics.frozen.quarter import freeze_period
from tests.metrics.night.own_database import OwnDatabases

CASES = Path(__file__).parent.parent / "data" / "cases"


class LoadedCompany:
    """The company that is in the database, in a transaction around the tests that use it."""

    def __init__(self) -> None:
        self.name = ""
        self._around = ExitStack()

    def load(self, name: str) -> None:
        """Make ``name`` the company, unless it is."""
        if name == self.name:
            return
        self.leave()
        config = json.loads((CASES / name / "company.json").read_text())
        self._around.enter_context(
            override_settings(
                COMPANY_TIME_ZONE=config["time_zone"],
                BASE_CURRENCY=config["base_currency"],
                FISCAL_YEAR_START_MONTH=config["fiscal_year_start_month"],
                RATE_MAX_AGE_DAYS=config["rate_max_age_days"],
            )
        )
        self._around.enter_context(transaction.atomic())
        self._around.callback(transaction.set_rollback, True)
        self.name = name
        for step in config["imports"]:
            with pytest.MonkeyPatch.context() as clock:
                if "at" in step:
                    moment = datetime.datetime.fromisoformat(step["at"])
                    clock.setattr(timezone, "now", lambda moment=moment: moment)
                if "command" in step:
                    call_command(
                        step["command"], *(_file_or_word(name, one) for one in step["arguments"]), stdout=StringIO()
                    )
                elif "freeze" in step:
                    freeze_period(step["freeze"], by=None, now=moment)
                else:
                    file = str(CASES / name / step["file"])
                    call_command("import_data", step["kind"], file, "--json", stdout=StringIO())
        call_command("snapshot", stdout=StringIO())

    def leave(self) -> None:
        """Take it away again."""
        self.name = ""
        self._around.close()
        cache.clear()


def _file_or_word(company: str, word: str) -> str:
    """An argument that names a file of the company as its path."""
    path = CASES / company / word
    return str(path) if path.is_file() else word


@pytest.fixture(scope="module")
def loaded_company(django_db_setup, django_db_blocker) -> Iterator[LoadedCompany]:
    with django_db_blocker.unblock():
        company = LoadedCompany()
        yield company
        company.leave()


@pytest.fixture
def company_of_file(request: pytest.FixtureRequest, loaded_company: LoadedCompany) -> Path:
    """The folder of the company that a test is parametrized with; before ``db``, that undoes what the test writes."""
    name = request.node.callspec.params["company"]
    loaded_company.load(name)
    return CASES / name


@pytest.fixture
def own_databases(django_db_setup, django_db_blocker, tmp_path):
    """Makes databases that other processes may write, and takes them away again."""
    databases = OwnDatabases(tmp_path)
    with django_db_blocker.unblock():
        yield databases
        databases.drop_all()
