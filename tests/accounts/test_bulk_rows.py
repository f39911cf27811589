"""Rows written past the ORM are read back as the ORM would have written them."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.bulk_rows import insert_objects, insert_rows, update_objects
from accounts.models import Holiday, JobRun, Team

pytestmark = pytest.mark.django_db
NOON = datetime.datetime(2026, 3, 29, 12, 30, 15, 123456, tzinfo=datetime.UTC)


def jobs() -> list[JobRun]:
    odd = "tab\t line\n back\\slash \\N ünï 東京"
    return [
        JobRun(kind="a", key="1", started_at=NOON, message=odd[:500], arguments={"text": odd, "list": [1, None, True]}),
        JobRun(kind="a", key="2", error="", arguments={}),
    ]


def test_every_kind_of_value_is_read_back():
    made = jobs()
    insert_objects(made)
    for row in made:
        kept = JobRun.objects.get(pk=row.pk)
        for field in JobRun._meta.concrete_fields:
            assert getattr(kept, field.attname) == getattr(row, field.attname), field.name
    assert JobRun.objects.filter(arguments__text=made[0].arguments["text"]).get() == made[0]
    assert list(JobRun.objects.filter(started_at=NOON)) == [made[0]]


def test_keys_go_on_where_the_orm_is_and_the_orm_goes_on_where_they_end():
    first = JobRun.objects.create(kind="b", key="1")
    made = [JobRun(kind="b", key=str(number)) for number in range(2, 5)]
    insert_objects(made)
    last = JobRun.objects.create(kind="b", key="9")
    keys = [first.pk, *(row.pk for row in made), last.pk]
    assert keys == sorted(set(keys))
    made[0].message = "changed"
    made[0].save()
    assert JobRun.objects.filter(kind="b").count() == 5


def test_a_record_saved_since_gives_its_key():
    above = Team(name="Above", slug="above")
    below = [Team(name="Below", slug="below", parent=above)]
    above.save()
    insert_objects(below)
    assert Team.objects.get(slug="below").parent == above


def test_a_conflict_writes_nothing_and_is_told_as_ever():
    day = datetime.date(2026, 5, 1)
    for rows in ([(day, "May"), (day, "again")], [(day, "May"), (None, "never")]):
        with pytest.raises(IntegrityError), transaction.atomic():
            insert_rows(Holiday, ("day", "name"), rows)
        assert Holiday.objects.count() == 0


def test_only_what_is_named_is_updated():
    made = jobs()
    insert_objects(made)
    for number, row in enumerate(made):
        row.finished_at, row.arguments, row.kind = NOON, {"number": number}, "not named"
    update_objects(made, ["finished_at", "arguments"])
    kept = list(JobRun.objects.filter(pk__in=[row.pk for row in made]).order_by("pk"))
    assert [(row.finished_at, row.arguments, row.kind) for row in kept] == [
        (NOON, {"number": 0}, "a"), (NOON, {"number": 1}, "a"),
    ]  # fmt: skip


def test_nothing_to_write_is_fine():
    insert_objects([])
    insert_rows(Holiday, ("day", "name"), [])
    update_objects([], ["name"])
    assert timezone.now() > NOON
