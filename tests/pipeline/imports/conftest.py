"""Importing a text as if it were a file, at a fixed moment."""

import datetime
import io
import json

import pytest

from accounts.models import Company
from pipeline.imports.mapping import FileMapping, read_mapping
from pipeline.imports.report import Report
from pipeline.imports.running import Upload, run_import

NOW = datetime.datetime(2026, 6, 15, 10, tzinfo=datetime.UTC)
PEOPLE = {
    "teams": "name,parent\nEMEA,\nNorth,EMEA\nSouth,EMEA\n",
    "reps": "name,email,team,external_id\nAnn,ann@x.test,North,a1\nBob,bob@x.test,South,b1\n",
    "accounts": "name,external_id\nAcme,A1\nBeta,A2\n",
    "products": "name,sku\nAnvil,P-1\nBolt,P-2\n",
}


@pytest.fixture
def company(db) -> Company:
    company = Company.current()
    company.time_zone, company.base_currency, company.rate_max_age_days = "Europe/Berlin", "EUR", 31
    company.save()
    return company


@pytest.fixture
def read(company):
    """Imports a text (or bytes) of a kind and gives the result."""

    def run(kind, content, *, mapping=None, now=NOW, name="rows.csv", **options):
        told = read_mapping(json.dumps(mapping)) if mapping else FileMapping()
        stream = io.BytesIO(content.encode() if isinstance(content, str) else content)
        return run_import(Upload(kind, stream, name, told, **options), now=now)

    return run


@pytest.fixture
def load(read):
    """Imports a text and gives the report."""
    return lambda *args, **options: read(*args, **options).report


@pytest.fixture
def people(load) -> None:
    """Teams, reps, accounts and products to refer to."""
    for kind, text in PEOPLE.items():
        assert not load(kind, text).problems


def counts(report: Report) -> tuple[int, int, int, int]:
    """created, updated, unchanged, skipped"""
    return report.created, report.updated, report.unchanged, report.skipped


def told(report: Report) -> list[str]:
    """The problems in words."""
    return [str(problem) for problem in report.problems]
