"""The rows behind pipeline coverage make both of its parts, targets included; what is not there is said."""

import pytest
from django.utils import timezone

from metrics.catalogue import METRICS
from tests.metrics.everyone import everyone
from tests.metrics.test_margin_records import ask, parts_differ
from tests.metrics.test_worked_cases import company  # noqa: F401

COVERAGE = METRICS["pipeline_coverage"]
ASKED = [
    {"period": "2025-Q2"},
    {"period": "2025-Q1"},
    {"period": "2025-Q3"},
    {"period": "2025-07", "as_of": "2025-06-30"},
    {"period": "2025-Q2", "scope": "team:north"},
    {"period": "2025-Q3", "scope": "rep:nell@willow.test"},
]


def warnings(**words):
    now = timezone.now()
    return ask("pipeline_coverage", words, user=everyone(), now=now).figure(now).warnings


@pytest.mark.parametrize("company", ["willow"], indirect=True)
def test_rows_make_the_figure_and_gaps_are_said(company):  # noqa: F811
    assert [words for words in ASKED if parts_differ(COVERAGE, words)] == []
    assert warnings(period="2025-Q1") == ["the target is reached: nothing is left to cover"]
    assert warnings(period="2025-Q3", scope="rep:sven@willow.test") == [
        "no target for won_revenue of this scope and period"
    ]
    assert warnings(period="2025-Q2") == ["1 deal without amount"]
