"""How many deals were opened again, where the only close did not hold."""

import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from metrics.asking import ask
from pipeline.actions.deals import create_deal
from pipeline.actions.outcomes import reopen_deal, win_deal
from tests.metrics.everyone import everyone


def noon(day: int) -> datetime.datetime:
    return datetime.datetime(2026, 6, day, 12, tzinfo=datetime.UTC)


@pytest.fixture
def reopened(cast):
    """Opened on 2 June 2026, won on the 10th, open again from the 15th on; nothing else was ever closed."""
    deal = create_deal(by=None, now=noon(2), name="Back", owner=cast.reps["rep"], amount=Decimal(100))
    win_deal(deal=deal, by=None, now=noon(10))
    reopen_deal(deal=deal, by=None, now=noon(15))


@pytest.mark.parametrize(
    ("period", "as_of", "value"),
    [
        ("2026-06-09", "", None),  # nothing could be reopened
        ("2026-06-10", "", "0"),
        ("2026-06-15", "", "1"),
        ("2026-06", "", "1"),
        ("2026-07", "2026-07-31", "0"),  # a month without one, though no deal is closed any more
        ("2026-06", "2026-06-09", None),
        ("2026-06", "2026-06-14", "0"),
    ],
)
def test_a_close_that_did_not_hold_was_one(reopened, period, as_of, value):
    now = timezone.now()
    figure = ask("reopened_deals", {"period": period, "as_of": as_of}, user=everyone(), now=now).figure(now)
    assert figure.as_json()["value"] == value
