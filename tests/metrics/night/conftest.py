"""A small sample company, loaded once for all tests of a file, and databases of one's own for what others do to it."""

import datetime

import pytest
from django.db import transaction

from accounts.business_dates import day_start
from accounts.models import Company
from metrics.snapshots import audits
from pipeline.sample.loading import Size, load_sample
from tests.metrics.night.ledger import night

TODAY = datetime.date(2026, 10, 5)
NIGHT = datetime.datetime(2026, 10, 5, 3, tzinfo=datetime.UTC)
SMALL = Size(reps=6, months=4, deals=90, activities=500)


@pytest.fixture(scope="module")
def sample_of_file(django_db_setup, django_db_blocker):
    """The sample and its first night, in a transaction around all tests of the file."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_sample(size=SMALL, seed=7, today=TODAY)
        night(NIGHT)
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def quick_audits(monkeypatch):
    """A few cells and deals a night, where it is not about audits: each is a question of its own."""
    monkeypatch.setattr(audits, "SAMPLED_CELLS", 24)
    monkeypatch.setattr(audits, "SAMPLED_DEALS", 20)


@pytest.fixture
def company(sample_of_file, db) -> Company:
    """The sample company at three o'clock in the night of ``TODAY``, all days before it stored."""
    return Company.current()


@pytest.fixture
def noon(company) -> datetime.datetime:
    """Noon of ``TODAY``: the working day after the night."""
    return day_start(TODAY, company.zone) + datetime.timedelta(hours=12)
