"""What the figures of flows say about the deals that they leave out."""

import datetime

import pytest
from django.utils import timezone

from metrics.asking import ask

UNDECIDED = "1 entry is not decided yet: the deal is still in the stage"


@pytest.mark.parametrize(
    ("slug", "words", "expected"),
    [
        # H6 is a prospect still; every other entry of January is decided, H8's by being back.
        (
            "stage_conversion_rate",
            {"period": "2026-01"},
            ["1 entry is not decided yet: the deal is still in the stage"],
        ),
        ("stage_drop_off_rate", {"period": "2026-02"}, ["1 entry is not decided yet: the deal is still in the stage"]),
        ("stage_conversion_rate", {"period": "2025-12"}, []),
        # X4 came without a lead; X1 and X2 did not.
        ("time_to_close", {"period": "2026-05"}, ["1 won deal without a lead left out"]),
        ("time_to_close", {"period": "2026-04"}, []),
        (
            "time_in_stage",
            {"period": "2026-01", "known_on": "2026-03-01"},
            ["stages are shown as they are known today; only deals keep what was known when"],
        ),
    ],
)
def test_who_is_left_out_is_said(hazel, slug, words, expected):
    now = timezone.now()
    assert ask(slug, words, user=hazel, now=now).figure(now).as_json()["warnings"] == expected
    assert now.date() == datetime.date(2026, 7, 1)
