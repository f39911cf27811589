"""Touches of campaigns: whom they reached, and when."""

import datetime

import pytest

from pipeline.imports.undoing import undo_import
from pipeline.models import ImportRun, Lead, Touch
from tests.pipeline.imports.conftest import NOW, counts, told

pytestmark = pytest.mark.django_db
HEAD = "campaign,lead,contact,kind,at\n"


@pytest.fixture
def reached(load, people):
    load("campaigns", "name\nSpring\n")
    load("contacts", "external_id,account,name\nK1,A1,Kim\n")
    load("leads", "external_id,name,company,created_at\nL1,Lia,Alder,2026-05-01\n")


def test_a_touch_is_the_same_when_all_that_it_says_is_the_same(load, reached):
    text = HEAD + "Spring,L1,,click,2026-05-03T10:00:00Z\nSpring,,K1,click,2026-05-03T10:00:00Z\n"
    assert counts(load("touches", text)) == (2, 0, 0, 0)
    assert counts(load("touches", text)) == (0, 0, 2, 0)
    assert counts(load("touches", text.replace("L1,,click", "L1,,form"))) == (1, 0, 1, 0)
    at = datetime.datetime(2026, 5, 3, 10, tzinfo=datetime.UTC)
    assert list(Touch.objects.order_by("pk").values_list("lead__name", "contact__name", "kind", "at")) == [
        ("Lia", None, "click", at), (None, "Kim", "click", at), ("Lia", None, "form", at),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("Spring,,,click,2026-05-03", "row 2, lead: or contact is required, and not both"),
        ("Spring,L1,K1,click,2026-05-03", "row 2, lead: or contact is required, and not both"),
        ("Spring,L1,,click,2126-05-03", "row 2, at: lies in the future."),
        ("Spring,L1,,,2026-05-03", "row 2, kind: "),
        ("Spring,L1,,click,", "row 2, at: "),
        ("Spring,L9,,click,2026-05-03", "row 2, lead: there is no lead “L9”"),
        ("Autumn,L1,,click,2026-05-03", "row 2, campaign: there is no campaign “Autumn”"),
    ],
)
def test_touches_that_cannot_be(load, reached, row, problem):
    assert told(load("touches", HEAD + row + "\n"))[0].startswith(problem)
    assert not Touch.objects.exists()


def test_taken_back_before_the_lead_that_it_reached(load, reached):
    made = load("touches", HEAD + "Spring,L1,,click,2026-05-03\n").import_id
    leads = ImportRun.objects.get(kind="leads")
    kept = undo_import(run=leads, by=None, now=NOW)
    assert [(left.name, left.reason) for left in kept.left] == [("Lia (Alder)", "others refer to it.")]
    undone = undo_import(run=ImportRun.objects.get(pk=made), by=None, now=NOW)
    assert (undone.removed, undone.left) == (1, [])
    assert Lead.objects.live().count() == 1
    assert not Touch.objects.exists()
