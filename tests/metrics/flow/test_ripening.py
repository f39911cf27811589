"""What still matures, worked by hand.

Ten wins up to 30 June 2026 took 1, 9, 9, 10, 11, 19, 19, 24, 25 and 81 days. The ninth tenth lies a tenth of the
way from 25 to 81: 30.6 days, so on the 31st day a deal is ripe. On 30 June those opened from 31 May on are not: X3, R1
and O1.
"""

import datetime

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from metrics.asking import ask
from tests.metrics.everyone import everyone

YOUNG = "{} younger than 31 days, within which nine of ten wins come: still maturing"


@pytest.fixture
def leader(client, hazel):
    client.force_login(hazel)
    return client


def told(slug, period, as_of="2026-06-30", **words):
    now = timezone.now()
    found = ask(slug, {"period": period, "as_of": as_of, **words}, user=everyone(), now=now).figure(now)
    return found.state, [line for line in found.warnings if "maturing" in line]


def test_young_cohorts_mature(leader):
    """One company serves all, because to import it takes longest."""
    check_states()
    check_scopes()
    check_stages()
    check_the_page(leader)


def check_states():
    assert told("created_win_rate", "2026-05") == ("maturing", [YOUNG.format("1 case is")])
    assert told("created_win_rate", "2026-06") == ("maturing", [YOUNG.format("2 cases are")])
    assert told("created_win_rate", "2026-Q2") == ("maturing", [YOUNG.format("3 cases are")])
    assert told("created_win_rate", "2026-04") == ("final", [])
    assert told("created_win_rate", "2026-05-01..2026-05-30") == ("final", [])
    assert told("created_win_rate", "2026-05-31") == ("maturing", [YOUNG.format("1 case is")])
    assert told("created_win_rate", "2026-05", "2026-07-01") == ("final", [])
    assert told("created_win_rate", "2026") == ("to_date", [])
    # On 31 January H1 alone was won: nobody can say how long it takes
    assert told("created_win_rate", "2026-01", "2026-01-31") == ("final", [])
    assert told("lead_qualification_rate", "2026-05", "2026-05-31") == ("final", [])
    assert told("win_rate", "2026-06") == ("final", [])


def check_scopes():
    """How long it takes is the company's; the cases are the scope's: X3 and O1 are Ida's."""
    assert told("created_win_rate", "2026-06", scope="rep:ida@hazel.test") == ("maturing", [YOUNG.format("1 case is")])
    assert told("created_win_rate", "2026-05", scope="rep:jon@hazel.test") == ("final", [])


def check_stages():
    """H6 is a prospect since 31 January; on the 9th H9 was lost at once."""
    assert told("stage_conversion_rate", "2026-01-31") == ("no_data", [])
    assert told("stage_conversion_rate", "2026-01", "2026-06-30")[0] == "maturing"
    assert told("stage_conversion_rate", "2026-01-06", "2026-06-30") == ("final", [])


def check_the_page(leader):
    address = reverse("metrics:metric", args=["created_win_rate"])
    page = leader.get(address, {"period": "2026-05", "as_of": "2026-06-30"}).context
    assert page["notes"] == [YOUNG.format("1 case is")]
    labels = [row["label"] for row in page["course"]["rows"]]
    assert labels[-2:] == ["April 2026", "May 2026, maturing"]
    facts = {
        str(fact["label"]): str(fact["value"]) for fact in page["provenance"]
    }  # no night was run: all of it is live
    assert facts["Source"] == "Live from the records"
    assert facts["Code version"] == settings.CODE_VERSION
    running = leader.get(address, {"period": "2026-Q3", "as_of": "2026-07-01"}).context
    assert (running["figure"].state, running["notes"]) == ("no_data", [])
    assert timezone.now().date() == datetime.date(2026, 7, 1)
