"""Random histories of deals: as of is the replay of events, what was known never changes, differences add up.

The replay below shares nothing with the fold: events that were known, in order of their days, laid over one another.
Twenty histories an example, 25 examples in CI; for 20,000 once by hand ``EXAMPLES=1000 pytest`` this file.
"""

import datetime
import os
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Company
from metrics.books.book import as_reported
from metrics.books.records import moved_records
from metrics.catalogue import METRICS
from metrics.dimensions import ALL
from metrics.periods import parse_period
from metrics.question import Question, Reported
from metrics.scopes import COMPANY
from pipeline.actions.deals import create_deal
from pipeline.history import Change, append_changes
from pipeline.models import Deal, DealVersion, Stage

DEALS, MOMENTS = 20, 5
OPENED = datetime.date(2026, 6, 1)
BEGAN = datetime.datetime(2026, 6, 1, 10, tzinfo=datetime.UTC)
FIRST = datetime.datetime(2026, 10, 1, 10, tzinfo=datetime.UTC)
TODAY = datetime.date(2026, 11, 20)
DAY, HOUR = datetime.timedelta(days=1), datetime.timedelta(hours=1)
DAYS = st.integers(0, 120).map(lambda n: OPENED + n * DAY)
AMOUNTS = st.integers(0, 50_000).map(lambda n: {"amount_minor": n, "rate": "1"})
OUTCOMES = st.sampled_from(["open", "won", "lost"]).map(lambda outcome: {"outcome": outcome})
STEPS = st.lists(
    st.tuples(st.integers(0, DEALS - 1), st.integers(1, MOMENTS), DAYS, AMOUNTS | OUTCOMES), min_size=30, max_size=80
)
CHECKED_DAYS = [OPENED + n * DAY for n in (0, 1, 29, 30, 60, 91, 120)]
RULES = settings(
    max_examples=int(os.environ.get("EXAMPLES", "25")), deadline=None, print_blob=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
pytestmark = pytest.mark.django_db


def moment(number: int) -> datetime.datetime:
    return FIRST + number * HOUR


@dataclass
class Replay:
    """What a deal's events say: (known at, day, patch) in the order in which they were learnt."""

    events: list[tuple[datetime.datetime, datetime.date, dict[str, Any]]] = field(default_factory=list)

    def on(self, day: datetime.date, known: datetime.datetime) -> dict[str, Any]:
        """Amount, outcome and closing day at the end of a day, as known at an instant."""
        learnt = [(on, place, patch) for place, (at, on, patch) in enumerate(self.events) if at <= known and on <= day]
        state: dict[str, Any] = {}
        by_day: dict[datetime.date, dict[str, Any]] = {}
        for on, _place, patch in sorted(learnt, key=lambda event: event[:2]):
            state = state | patch
            by_day[on] = state
        closed_on = None
        for on in sorted(by_day):
            if by_day[on]["outcome"] == "open":
                closed_on = None
            elif closed_on is None:
                closed_on = on
        return {"amount": state["amount_minor"], "outcome": state["outcome"], "closed_on": closed_on}


@pytest.fixture
def deals(cast) -> list[Deal]:
    return [
        create_deal(by=None, now=BEGAN, name=f"Deal {number}", owner=cast.reps["rep"], amount=Decimal(100))
        for number in range(DEALS)
    ]


def learn(deals: list[Deal], steps: list[tuple[int, int, datetime.date, dict[str, Any]]]) -> dict[int, Replay]:
    """Write the steps moment by moment; the same steps for the replay."""
    ordered = Stage.objects.order_by("-position").values_list("outcome", "pk")
    stages = dict(ordered)
    replays = {deal.pk: Replay([(BEGAN, OPENED, {"amount_minor": 10_000, "outcome": "open"})]) for deal in deals}
    for number in range(1, MOMENTS + 1):
        changes = []
        for place, at, day, patch in steps:
            if at != number:
                continue
            deal = deals[place]
            replays[deal.pk].events.append((moment(number), day, patch))
            more = {}
            if "outcome" in patch:
                closed = None if patch["outcome"] == "open" else f"{day}T12:00:00+00:00"
                more = {"closed_at": closed, "stage": stages[patch["outcome"]]}
            changes.append(Change(deal.pk, {**patch, **more}, day))
        append_changes(changes, now=moment(number), company=Company.current())
    return replays


def undone(check: Any) -> None:
    """Run a check and take back what it wrote: the next example begins with the same deals."""
    with transaction.atomic():
        check()
        transaction.set_rollback(True)


@RULES
@given(steps=STEPS)
def test_as_of_is_the_replay_of_what_was_known(deals, steps):
    """Also as known at each earlier moment, asked after everything was learnt: those answers never change."""

    def check() -> None:
        replays = learn(deals, steps)
        for number in range(MOMENTS + 1):
            known = moment(number)
            for day in CHECKED_DAYS:
                rows = DealVersion.objects.known_on(known).valid_on(day).filter(deal__in=replays)
                found = {row.deal_id: (row.amount_minor, row.outcome, row.closed_on) for row in rows}
                expected = {pk: tuple(replay.on(day, known).values()) for pk, replay in replays.items()}
                assert found == expected, (number, day)

    undone(check)


@RULES
@given(steps=STEPS, frozen=st.integers(0, MOMENTS), month=st.sampled_from(["2026-06", "2026-08", "2026-Q3"]))
def test_the_difference_list_adds_up_to_the_difference(deals, steps, frozen, month):
    """For totals, rates and levels; won revenue also against the replay."""

    def check() -> None:
        replays = learn(deals, steps)
        period = parse_period(month, today=TODAY)
        now = Question(period, COMPANY, Company.current(), TODAY, TODAY)
        then = as_reported(now, Reported(0, month, moment(frozen)))
        for slug in ("won_revenue", "deals_won", "win_rate", "average_deal_size", "open_pipeline"):
            metric = METRICS[slug]
            rows = moved_records(metric, then, now)
            before, after = metric.parts(then)[ALL], metric.parts(now)[ALL]
            cents = Decimal(100) if metric.unit == "money" else Decimal(1)
            moved = sum((row.numerator for row in rows), Decimal(0)) * cents
            assert moved == (after.numerator or 0) - (before.numerator or 0), slug
            if before.denominator is not None or after.denominator is not None:
                below = sum((row.denominator for row in rows), Decimal(0))
                assert below == (after.denominator or 0) - (before.denominator or 0), slug
        for q, known in ((then, moment(frozen)), (now, moment(MOMENTS))):
            states = [replay.on(TODAY, known) for replay in replays.values()]
            won = [
                state["amount"]
                for state in states
                if state["outcome"] == "won" and period.start <= state["closed_on"] < period.end
            ]
            parts = METRICS["won_revenue"].parts(q)[ALL]
            assert (parts.value or 0, parts.n) == (sum(won), len(won))

    undone(check)
