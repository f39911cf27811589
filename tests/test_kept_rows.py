"""Rows that are written back are those that were made, whatever else is in the database."""

import pytest
import time_machine

from accounts.models import Team
from pipeline.models import Deal
from tests.access.traces import digest
from tests.cast import NOW, make_cast
from tests.metrics.books import write_book

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(scope="module")
def kept() -> dict[str, object]:
    return {}


@pytest.mark.parametrize("turn", range(3))
def test_the_database_is_the_same_each_time(turn, kept):
    """Sequences of PostgreSQL go on after a rollback: keys are those of the first time there, too."""
    cast = make_cast()
    book = write_book(cast)
    found = digest()
    del found["django_content_type"], found["auth_permission"]
    assert kept.setdefault("digest", found) == found
    assert book["first"].owner == cast.reps["rep"]
    assert Deal.objects.get(pk=book["first"].pk).owner.user == cast.rep
    fresh = Team.objects.create(name="West", slug="west")
    assert fresh.pk > cast.south.pk


def test_another_database_is_not_taken_for_the_first(kept):
    Team.objects.create(name="First of all", slug="first")
    cast = make_cast()
    assert Team.objects.count() == 4
    assert cast.north.pk in Team.objects.values_list("pk", flat=True)
