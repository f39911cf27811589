"""The catalogue: sound definitions, a page that says what they say, and no change without its version."""

from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import call_command
from django.db.models import Q

from metrics import checks, fingerprints
from metrics.catalogue import METRICS
from metrics.facts.fact import CLOSED
from metrics.measures.measure import Measure

WIN_RATE = METRICS["win_rate"]


def only(monkeypatch, *metrics):
    monkeypatch.setattr(checks, "METRICS", {metric.slug: metric for metric in metrics})


def test_the_page_and_the_lock_say_what_the_catalogue_says():
    call_command("write_catalogue", "--check", stdout=StringIO())


def test_the_catalogue_is_sound():
    assert checks.catalogue_is_sound() == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"help": " "}, "win_rate: help is missing."),
        ({"example": ""}, "win_rate: example is missing."),
        ({"unit": "furlongs"}, "win_rate: unit 'furlongs' is not among"),
        ({"better": "best"}, "win_rate: better 'best' is not among"),
        ({"dimensions": ("rep", "weather")}, "win_rate: unknown dimension 'weather'."),
        ({"dimensions": ("activity_kind",)}, "win_rate: its measure won does not carry activity_kind."),
    ],
)
def test_a_definition_that_cannot_be_right_is_named(monkeypatch, change, words):
    only(monkeypatch, replace(WIN_RATE, **change))
    assert words in checks.catalogue_is_sound()[0].msg


def test_a_key_means_one_thing(monkeypatch):
    other = replace(WIN_RATE, slug="other", top=Measure("won", CLOSED, Q(outcome="lost")))
    only(monkeypatch, WIN_RATE, other)
    assert [error.id for error in checks.catalogue_is_sound()] == ["metrics.E002"]


@pytest.mark.parametrize(
    "changed",
    [
        replace(WIN_RATE, top=Measure("won", CLOSED, Q(outcome="lost"))),
        replace(WIN_RATE, bottom=Measure("closed", CLOSED, Q(kind="new"))),
        replace(WIN_RATE, unit="ratio"),
        replace(WIN_RATE, top=replace(WIN_RATE.top, value="base_minor")),
        replace(WIN_RATE, top=replace(WIN_RATE.top, fact=replace(CLOSED, date="opened_on"))),
    ],
)
def test_a_definition_changes_with_its_version_or_not_at_all(changed):
    assert fingerprints.silently_changed([changed]) == ["win_rate"]
    assert fingerprints.silently_changed([replace(changed, version=2)]) == []


def test_better_words_need_no_new_version():
    assert fingerprints.silently_changed([replace(WIN_RATE, help="Won of decided.", example="1 of 2: 50 %")]) == []
