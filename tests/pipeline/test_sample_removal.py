"""Taking the sample company away takes exactly that away."""

import pytest

from accounts.models import Company
from pipeline.history import refold_deals
from pipeline.models import (
    Activity,
    ChangedDay,
    Channel,
    Deal,
)
from pipeline.sample.loading import sample_is_loaded
from pipeline.sample.removal import remove_sample
from tests.pipeline.sample_company import TODAY, load, own_records, rows_of_all_tables

pytestmark = pytest.mark.django_db


@pytest.fixture
def sample(db) -> Company:
    load()
    return Company.current()


def test_removal_leaves_an_empty_database_as_it_was(db):
    Company.current()
    before = rows_of_all_tables()
    load()
    _gone, stays = remove_sample()
    assert stays == {}
    assert rows_of_all_tables() == before
    assert not sample_is_loaded()


def test_removal_leaves_own_records_alone(db):
    own = own_records()
    before = rows_of_all_tables()
    load()
    _gone, stays = remove_sample()
    after = rows_of_all_tables()
    changed = after.pop("pipeline.ChangedDay") - before.pop("pipeline.ChangedDay")
    assert stays == {}
    assert after == before
    assert changed == len(ChangedDay.Subject), "the figures of the sample's days have to be computed again"
    assert Deal.objects.get() == own
    assert Channel.objects.get().name == "Website"


def test_what_own_records_refer_to_stays_until_they_are_gone(db):
    own = own_records()
    load()
    company = Company.current()
    deal = Deal.objects.filter(is_sample=True).exclude(account=None).first()
    activity = Activity.objects.create(
        kind="note",
        owner=own.owner,
        deal=deal,
        done_at=own.opened_at,
        done_on=TODAY,
    )
    _gone, stays = remove_sample()
    assert stays["deals"] == stays["accounts"] == 1
    assert Activity.objects.get(pk=activity.pk).deal == deal
    assert Deal.objects.filter(is_sample=True).get() == deal
    assert refold_deals([deal.pk], now=own.opened_at, company=company) == 0, "its history is whole"
    activity.delete()
    _gone, stays = remove_sample()
    assert stays == {}
    assert not Deal.objects.filter(is_sample=True).exists()
