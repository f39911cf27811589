"""What must always hold and no other test holds yet; ``docs/invariants.md`` says which test holds what.

HISTORIES in the environment sets the number of random cases; a failure prints its case.
"""

import datetime
import os
import re
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.business_dates import business_date, day_start
from accounts.exports import safe_cell
from accounts.models import Account, Company
from metrics.catalogue import METRICS
from metrics.evaluate import evaluate
from metrics.numbers import ratio, text_of, wilson
from metrics.periods import DAY, containing, parse_period
from metrics.scopes import COMPANY
from pipeline.actions.outcomes import reopen_deal, win_deal
from pipeline.models import Subscription
from tests.metrics.books import NOW, at, won

ROOT = Path(__file__).resolve().parents[2]
TODAY = datetime.date(2026, 11, 20)
CASES = int(os.environ.get("HISTORIES", "500"))
ZONES = (
    "Pacific/Kiritimati",
    "Pacific/Apia",
    "Australia/Lord_Howe",
    "America/New_York",
    "Europe/Berlin",
    "Asia/Kathmandu",
)
MANY = settings(max_examples=CASES, deadline=None, print_blob=True)
SHARES = st.integers(1, 99).map(lambda percent: Fraction(percent, 100))
DAYS = st.dates(datetime.date(1999, 12, 25), datetime.date(2033, 1, 5))


def test_each_invariant_names_tests_that_are_there():
    text = (ROOT / "docs" / "invariants.md").read_text()
    assert [int(number) for number in re.findall(r"^\| (\d+) ", text, re.MULTILINE)] == list(range(1, 21))
    for file, name in re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", text):
        assert f"def {name}(" in (ROOT / file).read_text(), f"{file}::{name}"


@MANY
@given(st.integers(0, 400), st.integers(1, 400))
def test_a_rate_lies_in_its_interval(successes, n):
    successes = min(successes, n)
    low, high = (Fraction(bound) for bound in wilson(successes, n))
    rate, last_digit = Fraction(successes, n), Fraction(1, 10**11)
    assert 0 <= low <= rate + last_digit
    assert rate - last_digit <= high <= 1


@MANY
@given(margin=st.integers(1, 10**9), one=SHARES, other=SHARES, slug=st.sampled_from(["clv", "clv_discounted"]))
def test_a_lifetime_is_worth_more_where_more_stay(margin, one, other, slug):
    worth = [ratio(*METRICS[slug]._parts(margin, churn)) for churn in (one, other)]
    assert (worth[0] > worth[1]) == (one < other)


@settings(max_examples=max(25, CASES // 20), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 900), st.integers(0, 900), st.integers(1, 500)), max_size=12)
)
def test_net_retention_is_never_below_gross(db, runs):
    with transaction.atomic():
        accounts = [Account.objects.create(name=f"Account {number}") for number in range(5)]
        for account, first, length, amount in runs:
            start = TODAY - first * DAY
            Subscription.objects.create(
                account=accounts[account], monthly_amount=amount, currency="EUR", base_minor=amount * 100,
                starts_on=start, ends_on=start + length * DAY,
            )  # fmt: skip
        nrr, grr = (ask(slug, "2026-10").value.value for slug in ("nrr", "grr"))
        assert (nrr is None) == (grr is None)
        assert nrr is None or (nrr >= grr and 0 <= grr <= 1)
        transaction.set_rollback(True)


def ask(slug: str, period: str):
    span = parse_period(period, today=TODAY)
    return evaluate(slug, period=span, scope=COMPANY, company=Company.current(), today=TODAY, now=NOW)


def test_nothing_is_none_is_null_is_an_empty_cell(db):
    figure = ask("win_rate", "2026-10")
    assert figure.value.value is None
    assert figure.as_json()["value"] is None
    assert safe_cell(text_of(figure.value.value)) == ""


def test_a_close_that_moves_out_of_a_month_lowers_it(cast):
    deal = won(cast.reps["rep"], 1000, at(9, 1), at(10, 5))
    won(cast.reps["rep"], 300, at(9, 1), at(10, 6))
    assert ask("won_revenue", "2026-10").value.value == 1300
    reopen_deal(deal=deal, by=None, now=at(11, 3))
    deal.refresh_from_db()
    win_deal(deal=deal, by=None, now=at(11, 4))
    assert ask("won_revenue", "2026-10").value.value == 300
    assert ask("won_revenue", "2026-11").value.value == 1000
    assert ask("won_revenue", "2026-Q4").value.value == 1300


@pytest.mark.parametrize("slug", ["open_pipeline", "open_deals", "weighted_pipeline", "mrr", "contacts_per_open_deal"])
def test_nobody_knows_what_stands_on_a_day_to_come(cast, slug):
    won(cast.reps["rep"], 1000, at(9, 1), at(10, 5))
    figure = ask(slug, "2026-12")
    assert (figure.value.value, figure.value.n, figure.state) == (None, 0, "no_data")


@MANY
@given(st.integers(1_100_000_000, 2_050_000_000), st.sampled_from(ZONES))
def test_every_instant_lies_in_the_day_that_is_its_own(second, zone):
    there, instant = ZoneInfo(zone), datetime.datetime.fromtimestamp(second, datetime.UTC)
    day = business_date(instant, there)
    assert day_start(day, there) <= instant < day_start(day + DAY, there)


@MANY
@given(DAYS, st.sampled_from(["day", "week", "month", "quarter", "year"]))
def test_periods_follow_each_other_without_a_gap(day, unit):
    period = containing(day, unit)
    assert period.start <= day <= period.last_day
    assert containing(period.end, unit).previous() == period
    assert parse_period(period.name, today=TODAY) == period
    assert sum(part.days for part in period.split("day")) == period.days
